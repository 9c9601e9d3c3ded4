/** What a request costs, written as text: `1 POST=5 /search=10 GET:/export=20`. The first rule that fits counts. */
import { pathAndQuery } from './request-target';

export interface CostRule {
  /** Null: any. */
  readonly method: string | null;
  /** The beginning of path and query, whole segments. Null: any. */
  readonly prefix: string | null;
  readonly cost: number;
}

export interface RequestCosts {
  readonly rules: readonly CostRule[];
  /** What a request costs that no rule fits. */
  readonly otherwise: number;
}

export const MAX_COST_RULES = 20;
const MAX_COST = 1_000_000;

/** One rule: `5`, `POST=5`, `/search=10`, `GET:/export=20`. */
const RULE = /^(?:([!#$%&'*+.^_`|~0-9A-Za-z-]*?):?(\/[!-~]*)?=)?(\d{1,7}(?:\.\d{1,3})?)$/;

/** Null where the text is no list of costs. */
export function readCosts(text: string): RequestCosts | null {
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words.length === 0 || words.length > MAX_COST_RULES) return null;
  const rules: CostRule[] = [];
  let otherwise = 1;
  for (const word of words) {
    const match = RULE.exec(word);
    if (match === null) return null;
    const [, method = '', prefix = '', digits] = match;
    const cost = Number(digits);
    if (cost > MAX_COST) return null;
    if (word.includes('=') && method === '' && prefix === '') return null;
    if (method === '' && prefix === '') otherwise = cost;
    else rules.push({ method: method === '' ? null : method, prefix: prefix === '' ? null : prefix, cost });
  }
  return { rules, otherwise };
}

const isBelow = (origin: string, prefix: string): boolean => {
  if (!origin.startsWith(prefix)) return false;
  const next = origin[prefix.length];
  return next === undefined || next === '/' || next === '?' || prefix.endsWith('/');
};

export function costOf({ rules, otherwise }: RequestCosts, method: string, target: string): number {
  if (rules.length === 0) return otherwise;
  const origin = pathAndQuery(target);
  for (const rule of rules) {
    if (rule.method !== null && rule.method !== method) continue;
    if (rule.prefix === null || isBelow(origin, rule.prefix)) return rule.cost;
  }
  return otherwise;
}
