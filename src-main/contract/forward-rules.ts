/**
 * What may stand in the rules of the forward and SOCKS modes, and where a tunnel may lead: each check says what is wrong
 * as the rest of a sentence, for the command line, a call and the settings file alike.
 */
import { formatAddress, parseAddress } from './address';
import { parseIpRange } from './ip-range';
import { mistake, type Mistake } from './proxy-mistakes';
import { MAX_FORWARD_ENTRIES, MAX_FORWARD_ENTRY_CHARS, type ForwardRules } from './proxy-state';
import { formatUpstreamUrl, hostNameOf, parseUpstreamUrl } from './upstream-url';

const NO_PATTERN = 'it is a host such as example.com, all below one such as *.example.com, or *';

/** Null where it is a range such as `10.0.0.0/8`, or one address. */
export function allowProblem(range: string): string | null {
  const parsed = parseIpRange(range);
  return typeof parsed === 'string' ? parsed : null;
}

/** `Example.COM` → `example.com`, `*.Example.com` → `*.example.com`, `*`. Null where it is none of them. */
function hostPattern(text: string): string | null {
  if (text === '*') return text;
  const isBelow = text.startsWith('*.');
  const host = isBelow ? text.slice(2) : text;
  const parsed = parseUpstreamUrl(`https://${host}`);
  if (typeof parsed === 'string' || parsed.port !== 443 || /[/?#]/.test(host)) return null;
  // Nothing lies below an address.
  const isAddress = parsed.host.includes(':') || /^[\d.]+$/.test(parsed.host);
  return isBelow && isAddress ? null : `${isBelow ? '*.' : ''}${hostNameOf(host)}`;
}

export const hostPatternProblem = (text: string): string | null => (hostPattern(text) === null ? NO_PATTERN : null);

interface RuleList {
  /** Null: it may stand there. */
  readonly problem: (entry: string) => string | null;
  /** One spelling of an entry without problems. */
  readonly plain: (entry: string) => string;
}

const HOSTS: RuleList = { problem: hostPatternProblem, plain: (entry) => hostPattern(entry) ?? entry };

/** The rules that are lists, in the order their mistakes are told. */
const LISTS = {
  allow: { problem: allowProblem, plain: (entry) => entry },
  intercept: HOSTS,
  insecure: HOSTS,
} as const satisfies Record<Exclude<keyof ForwardRules, 'allowPrivate'>, RuleList>;

export type RuleListName = keyof typeof LISTS;
export const RULE_LIST_NAMES = Object.keys(LISTS) as readonly RuleListName[];

/** What keeps an entry out of a list, as the rest of a sentence; null: nothing. */
export const entryProblem = (name: RuleListName, entry: string): string | null => LISTS[name].problem(entry);

function entryMistakes(name: RuleListName, entries: readonly string[]): Mistake[] {
  if (entries.length > MAX_FORWARD_ENTRIES) return [mistake([name], `it takes at most ${MAX_FORWARD_ENTRIES} entries`)];
  return entries.flatMap((entry, index) => {
    const isLong = entry.length > MAX_FORWARD_ENTRY_CHARS;
    const reason = isLong ? `it is longer than ${MAX_FORWARD_ENTRY_CHARS} characters` : entryProblem(name, entry);
    return reason === null ? [] : [mistake([name, index], reason)];
  });
}

export const forwardMistakes = (rules: ForwardRules): readonly Mistake[] =>
  RULE_LIST_NAMES.flatMap((name) => entryMistakes(name, rules[name]));

const plainList = (name: RuleListName, rules: ForwardRules): readonly string[] => [
  ...new Set(rules[name].map(LISTS[name].plain)),
];

/** Rules without mistakes in one spelling, each entry once. */
export const plainForwardRules = (rules: ForwardRules): ForwardRules => ({
  allow: plainList('allow', rules),
  allowPrivate: rules.allowPrivate,
  intercept: plainList('intercept', rules),
  insecure: plainList('insecure', rules),
});

/** `host:port` in one spelling; a port alone is one of this machine. Null where it is neither. */
export function tunnelTarget(text: string): string | null {
  const address = parseAddress(text);
  if (!address.ok) return null;
  const parsed = parseUpstreamUrl(`http://${formatAddress(address.value)}`);
  if (typeof parsed === 'string' || formatUpstreamUrl(parsed).length > MAX_FORWARD_ENTRY_CHARS) return null;
  return formatAddress(parsed);
}

/** Whether a host is one of the patterns. What lies below `*.example.com` does, at any depth; the host itself does not. */
export function hostMatcher(patterns: readonly string[]): (host: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.startsWith('*')));
  const above = patterns.filter((pattern) => pattern.startsWith('*.')).map((pattern) => pattern.slice(1));
  const takesAll = patterns.includes('*');
  return (text) => {
    const host = hostNameOf(text.includes(':') ? `[${text}]` : text);
    return takesAll || exact.has(host) || above.some((suffix) => host.endsWith(suffix));
  };
}
