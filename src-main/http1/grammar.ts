/**
 * The bytes the grammar of RFC 9110 and RFC 9112 is made of, as tables of 256 entries: one look-up a byte is the
 * whole cost of validating it. A table holds 1 where the byte may stand and 0 where it may not.
 */

export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const DQUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const EQUALS = 0x3d;
export const BACKSLASH = 0x5c;
export const DEL = 0x7f;
export const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

type Range = readonly [from: number, to: number];

const ALPHA: readonly Range[] = [
  [0x41, 0x5a],
  [0x61, 0x7a],
];
const DIGITS: Range = [DIGIT_0, DIGIT_9];
const OBS_TEXT: Range = [0x80, 0xff];

function table(ranges: readonly Range[], marks = '', except = ''): Uint8Array {
  const entries = new Uint8Array(256);
  for (const [from, to] of ranges) entries.fill(1, from, to + 1);
  for (const mark of marks) entries[mark.charCodeAt(0)] = 1;
  for (const mark of except) entries[mark.charCodeAt(0)] = 0;
  return entries;
}

/** tchar (RFC 9110 §5.6.2) */
export const TCHAR = table([...ALPHA, DIGITS], "!#$%&'*+-.^_`|~");

/**
 * What may stand in a request target: visible ASCII without "#", for a fragment is never sent (RFC 9110 §4.2.5).
 * Wider than RFC 3986, which has no place for `"<>\^{|}` and the grave accent: clients send them, browsers some of
 * them in queries, and none of them can be taken for the end of the target. What follows a "%" is not checked: nothing
 * here decodes it. `target.ts` refuses these where the rules say so.
 */
export const TARGET_CHAR = table([[0x21, 0x7e]], '', '#');

/** pchar without its percent-encodings, and what else stands in path and query (RFC 3986 §3.3, §3.4). */
export const PATH_QUERY_CHAR = table([...ALPHA, DIGITS], "-._~!$&'()*+,;=:@/?");

/** field-content, SP and HTAB (RFC 9110 §5.5); reason-phrase has the same bytes (RFC 9112 §4). */
export const FIELD_CONTENT = table([[0x20, 0x7e], OBS_TEXT], '\t');

/** qdtext (RFC 9110 §5.6.4) */
export const QDTEXT = table([[0x20, 0x7e], OBS_TEXT], '\t', '"\\');

/** What may follow a backslash in a quoted-string (RFC 9110 §5.6.4). */
export const QUOTED_PAIR = FIELD_CONTENT;

/** reg-name without its percent-encodings (RFC 3986 §3.2.2) */
export const REG_NAME_CHAR = table([...ALPHA, DIGITS], "-._~!$&'()*+,;=");

export const NOT_HEX = 0xff;

/** The value of a HEXDIG; `NOT_HEX` for every other byte. */
export const HEX_VALUE = new Uint8Array(256).fill(NOT_HEX);
for (let value = 0; value < 16; value += 1) {
  const digit = value.toString(16);
  HEX_VALUE[digit.charCodeAt(0)] = value;
  HEX_VALUE[digit.toUpperCase().charCodeAt(0)] = value;
}

/** ASCII letters in lower case, every other byte as it is. */
export const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));

export const isDigit = (byte: number): boolean => byte >= DIGIT_0 && byte <= DIGIT_9;
export const isOws = (byte: number): boolean => byte === SP || byte === HTAB;
