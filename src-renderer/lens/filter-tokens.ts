/** Cuts a filter text into terms; every character of the text belongs to exactly one token, for the highlighting. */

export type TokenKind = 'space' | 'negation' | 'key' | 'value' | 'text';

export interface FilterToken {
  readonly kind: TokenKind;
  readonly text: string;
}

/** One condition. `key` is null for free text; quotes are taken off `value`. */
export interface FilterTerm {
  readonly negated: boolean;
  readonly key: string | null;
  readonly value: string;
}

export interface TokenizedFilter {
  readonly tokens: readonly FilterToken[];
  readonly terms: readonly FilterTerm[];
}

const SPACE = /\s+/y;
/** `-key:"two words"`; a quote left open reaches to the end, since the person is still typing. */
const TERM = /(-?)(?:([A-Za-z]+:)(?!\/\/))?("[^"]*"?|[^\s"]*)/y;

const unquote = (text: string): string => (text.startsWith('"') ? text.slice(1).replace(/"$/, '') : text);

export function tokenizeFilter(text: string, keys: ReadonlySet<string>): TokenizedFilter {
  const tokens: FilterToken[] = [];
  const terms: FilterTerm[] = [];
  const push = (kind: TokenKind, part: string) => part !== '' && tokens.push({ kind, text: part });
  for (let at = 0; at < text.length;) {
    const [space] = matchAt(SPACE, text, at);
    push('space', space);
    at += space.length;
    const [whole, minus = '', keyed = '', raw = ''] = matchAt(TERM, text, at);
    // A stray quote inside a word matches nothing else; it is text like any other.
    const key = keys.has(keyed.slice(0, -1).toLowerCase()) ? keyed : '';
    const value = keyed === key ? raw : keyed + raw;
    const rest = whole === '' ? text.slice(at, at + 1) : value;
    push('negation', minus);
    push('key', key);
    push(key === '' ? 'text' : 'value', rest);
    at += whole === '' ? rest.length : whole.length;
    if (key !== '' || rest !== '')
      terms.push({
        negated: minus !== '',
        key: key === '' ? null : key.slice(0, -1).toLowerCase(),
        value: unquote(rest),
      });
  }
  return { tokens, terms };
}

function matchAt(pattern: RegExp, text: string, at: number): readonly [string, ...(string | undefined)[]] {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found === null ? [''] : [found[0], ...found.slice(1)];
}
