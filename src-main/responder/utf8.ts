/**
 * UTF-8 without TextEncoder and TextDecoder, which the pure rooms do not have. Linear; strict when decoding.
 */
import { textOf } from './units';

const REPLACEMENT = 0xfffd;

const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff;

/** The character at a place of a text; a surrogate without its partner is U+FFFD. */
function characterAt(text: string, at: number): number {
  const code = text.codePointAt(at) ?? REPLACEMENT;
  return isSurrogate(code) ? REPLACEMENT : code;
}

/** How many bytes follow the first one of a character. */
const continuationsOf = (code: number): number => (code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3);

function byteLength(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) < 0x80) bytes += 1;
    else {
      const code = characterAt(text, at);
      bytes += continuationsOf(code) + 1;
      if (code > 0xffff) at += 1;
    }
  }
  return bytes;
}

/** The high bits of a lead byte, by the number of continuation bytes after it. */
const LEAD = [0, 0xc0, 0xe0, 0xf0];

function putWide(bytes: Uint8Array, at: number, code: number): number {
  const continuations = continuationsOf(code);
  bytes[at] = (LEAD[continuations] ?? 0) | (code >> (6 * continuations));
  for (let left = continuations - 1; left >= 0; left -= 1) {
    bytes[at + continuations - left] = 0x80 | ((code >> (6 * left)) & 0x3f);
  }
  return at + continuations + 1;
}

/** A surrogate without its partner becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(byteLength(text));
  let to = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) {
      bytes[to] = unit;
      to += 1;
    } else {
      const code = characterAt(text, at);
      to = putWide(bytes, to, code);
      if (code > 0xffff) at += 1;
    }
  }
  return bytes;
}

/** How many continuation bytes follow a lead byte; -1 where it is none (Unicode 15, table 3-7). */
function continuationsAfter(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 1;
  if (lead >= 0xe0 && lead <= 0xef) return 2;
  return lead >= 0xf0 && lead <= 0xf4 ? 3 : -1;
}

const SMALLEST = [0, 0x80, 0x800, 0x10000];

/** Overlong forms and surrogates would give one character two spellings, so they are refused. */
const isAllowed = (code: number, continuations: number): boolean =>
  code >= (SMALLEST[continuations] ?? 0) && code <= 0x10ffff && !isSurrogate(code);

/** The character whose lead byte stands here; -1 where there is none. */
function decodeWide(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  const continuations = continuationsAfter(lead);
  if (continuations < 0) return -1;
  let code = lead & (0x3f >> continuations);
  for (let ahead = 1; ahead <= continuations; ahead += 1) {
    const next = bytes[at + ahead];
    if (next === undefined || (next & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (next & 0x3f);
  }
  return isAllowed(code, continuations) ? code : -1;
}

/** UTF-16 units made into text at a time; one string for each character would cost far more than the characters. */
const UNITS = 8192;

/** Null where the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  const units = new Uint16Array(UNITS);
  let filled = 0;
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at] ?? 0;
    const code = lead < 0x80 ? lead : decodeWide(bytes, at);
    if (code < 0) return null;
    at += continuationsOf(code) + 1;
    // Above U+FFFF a pair of surrogates stands for the character.
    units[filled] = code > 0xffff ? 0xd7c0 + (code >> 10) : code;
    if (code > 0xffff) units[filled + 1] = 0xdc00 + (code & 0x3ff);
    filled += code > 0xffff ? 2 : 1;
    if (filled < UNITS - 1) continue;
    text += textOf(units, filled);
    filled = 0;
  }
  return text + textOf(units, filled);
}
