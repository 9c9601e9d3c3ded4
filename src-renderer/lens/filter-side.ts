/** The side of the proxy a filter asks for, as a quick choice beside it sets it in the filter's own text. */
import type { Side } from '@contract/connections';
import { tokenizeFilter } from './filter-tokens';

export type SideChoice = 'all' | Side;

const SIDE_KEYS: ReadonlySet<string> = new Set(['side']);

/** The last term wins; a term that is turned round is no choice. */
export function sideIn(text: string): SideChoice {
  const term = tokenizeFilter(text, SIDE_KEYS).terms.findLast(({ key, negated }) => key === 'side' && !negated);
  return term?.value === 'client' || term?.value === 'upstream' ? term.value : 'all';
}

/** The text with the side put first, in place of whatever it says of sides. */
export function withSide(text: string, side: SideChoice): string {
  const { tokens } = tokenizeFilter(text, SIDE_KEYS);
  const isOfSide = (place: number): boolean => {
    const [token, before] = [tokens[place], tokens[place - 1]];
    if (token?.kind === 'key' || before?.kind === 'key') return true;
    return token?.kind === 'negation' && tokens[place + 1]?.kind === 'key';
  };
  const kept = tokens.filter((_, place) => !isOfSide(place));
  const rest = kept
    .filter(({ kind }, place) => kind !== 'space' || kept[place - 1]?.kind !== 'space')
    .map(({ kind, text: own }) => (kind === 'space' ? ' ' : own))
    .join('')
    .trim();
  if (side === 'all') return rest;
  return `side:${side} ${rest}`;
}
