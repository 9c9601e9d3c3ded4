/** UTF-8 without TextEncoder and TextDecoder, which the pure rooms do not have. Linear; strict when decoding. */

const REPLACEMENT = 0xfffd;
/** Characters handed to one `String.fromCodePoint`; more arguments could overflow the stack. */
const RUN_LENGTH = 4096;

function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** The high bits of a lead byte, by the number of continuation bytes after it. */
const LEAD = [0, 0xc0, 0xe0, 0xf0];

function put(bytes: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    bytes[at] = code;
    return at + 1;
  }
  const continuations = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  bytes[at] = (LEAD[continuations] ?? 0) | (code >> (6 * continuations));
  for (let left = continuations - 1; left >= 0; left -= 1) {
    bytes[at + continuations - left] = 0x80 | ((code >> (6 * left)) & 0x3f);
  }
  return at + continuations + 1;
}

/** A surrogate without its partner becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(byteLength(text));
  let at = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    at = put(bytes, at, code >= 0xd800 && code <= 0xdfff ? REPLACEMENT : code);
  }
  return bytes;
}

/** How many continuation bytes follow a lead byte; -1 where it is none (Unicode 15, table 3-7). */
function continuationsAfter(lead: number): number {
  if (lead < 0x80) return 0;
  if (lead >= 0xc2 && lead <= 0xdf) return 1;
  if (lead >= 0xe0 && lead <= 0xef) return 2;
  return lead >= 0xf0 && lead <= 0xf4 ? 3 : -1;
}

const SMALLEST = [0, 0x80, 0x800, 0x10000];

/** Overlong forms and surrogates would give one character two spellings, so they are refused. */
const isAllowed = (code: number, continuations: number): boolean =>
  code >= (SMALLEST[continuations] ?? 0) && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);

function codeAt(bytes: Uint8Array, at: number, continuations: number): number {
  const lead = bytes[at] ?? 0;
  if (continuations === 0) return lead;
  let code = lead & (0x3f >> continuations);
  for (let ahead = 1; ahead <= continuations; ahead += 1) {
    const next = bytes[at + ahead];
    if (next === undefined || (next & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (next & 0x3f);
  }
  return isAllowed(code, continuations) ? code : -1;
}

/** Null where the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  let text = '';
  let run: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const continuations = continuationsAfter(bytes[at] ?? 0);
    const code = continuations < 0 ? -1 : codeAt(bytes, at, continuations);
    if (code < 0) return null;
    run.push(code);
    at += continuations + 1;
    if (run.length === RUN_LENGTH) {
      text += String.fromCodePoint(...run);
      run = [];
    }
  }
  return text + String.fromCodePoint(...run);
}
