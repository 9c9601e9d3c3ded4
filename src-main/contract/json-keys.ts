/** A key given twice in one object: `JSON.parse` keeps the last one without a word (RFC 8259 §4 leaves it open). */

interface Level {
  /** Null in an array. */
  readonly keys: Set<string> | null;
  /** The key, or the index, of the value that is being read. */
  at: string;
  index: number;
}

/** Strings, and the signs that structure is made of; what lies between them is of no interest here. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/gs;

const joined = (levels: readonly Level[]): string =>
  levels
    .map(({ keys, at, index }) => (keys === null ? `[${index}]` : `.${at}`))
    .join('')
    .replace(/^\./, '');

/**
 * Where a key comes a second time, as a path (`upstreams.api`); null where none does.
 *
 * @param text JSON that `JSON.parse` takes; of other text the answer says nothing.
 */
export function repeatedKey(text: string): string | null {
  const levels: Level[] = [];
  let isKeyNext = false;
  for (const [token] of text.matchAll(TOKENS)) {
    const level = levels.at(-1);
    if (token === '{' || token === '[') {
      levels.push({ keys: token === '{' ? new Set() : null, at: '', index: 0 });
      isKeyNext = token === '{';
    } else if (token === '}' || token === ']') {
      levels.pop();
      isKeyNext = false;
    } else if (token === ',') {
      if (level !== undefined) level.index += 1;
      isKeyNext = level?.keys instanceof Set;
    } else if (isKeyNext && level?.keys instanceof Set && token !== ':') {
      level.at = JSON.parse(token) as string;
      if (level.keys.has(level.at)) return joined(levels);
      level.keys.add(level.at);
      isKeyNext = false;
    }
  }
  return null;
}
