/** Bytes as text: Latin-1 is one character a byte. */
import { COMMA, LOWER, isOws } from './grammar';

export const NO_BYTES: Uint8Array = new Uint8Array(0);

/** Arguments of one call live on the stack, so a long text is made in pieces. */
const PIECE_BYTES = 4096;
/** Up to here naming the characters one by one is faster than making a view to apply. */
const MAX_NAMED_BYTES = 128;

const { fromCharCode } = String;

type Decode = (bytes: Uint8Array, start: number, end: number) => string;

let decode: Decode = latin1ByHand;

/** Hands in a decoder of the platform, which is faster than any that can be written here. */
export function decodeLatin1With(decoder: Decode): void {
  decode = decoder;
}

export const latin1: Decode = (bytes, start, end) => decode(bytes, start, end);

export function latin1ByHand(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= MAX_NAMED_BYTES) return shortLatin1(bytes, start, end);
  let text = '';
  for (let at = start; at < end; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, Math.min(end, at + PIECE_BYTES));
    text += Reflect.apply(fromCharCode, null, piece) as string;
  }
  return text;
}

function shortLatin1(b: Uint8Array, start: number, end: number): string {
  let text = '';
  let i = start;
  for (; i + 8 <= end; i += 8) {
    text += fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!, b[i + 6]!, b[i + 7]!);
  }
  if (i + 4 <= end) {
    text += fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!);
    i += 4;
  }
  for (; i < end; i += 1) text += fromCharCode(b[i]!);
  return text;
}

export const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Is this the same as `lower`, which is in lower case, without regard to the case of ASCII letters? */
export function equalsLower(bytes: Uint8Array, start: number, end: number, lower: Uint8Array): boolean {
  const { length } = lower;
  if (end - start !== length) return false;
  for (let at = 0; at < length; at += 1) if (LOWER[bytes[start + at]!] !== lower[at]) return false;
  return true;
}

export function equalBytes(bytes: Uint8Array, start: number, end: number, other: Uint8Array): boolean {
  const { length } = other;
  if (end - start !== length) return false;
  for (let at = 0; at < length; at += 1) if (bytes[start + at] !== other[at]) return false;
  return true;
}

/**
 * Calls `take` for each element of a comma-separated list, without the white space around it. Empty elements are
 * left out, as RFC 9110 §5.6.1.2 has recipients do.
 */
export function eachElement(
  bytes: Uint8Array,
  start: number,
  end: number,
  take: (start: number, end: number) => void,
): void {
  let from = start;
  for (let at = start; at <= end; at += 1) {
    if (at < end && bytes[at] !== COMMA) continue;
    let first = from;
    let last = at;
    while (first < last && isOws(bytes[first]!)) first += 1;
    while (last > first && isOws(bytes[last - 1]!)) last -= 1;
    if (first < last) take(first, last);
    from = at + 1;
  }
}

const FIRST_CAPACITY_BYTES = 1024;

/** Bytes of a section that came in pieces. Grows by doubling, so many pieces cost linear time. */
export class Gathered {
  bytes: Uint8Array = NO_BYTES;
  length = 0;

  append(from: Uint8Array, start: number, end: number): void {
    const needed = this.length + end - start;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2, FIRST_CAPACITY_BYTES));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(from.subarray(start, end), this.length);
    this.length = needed;
  }

  /** Lets the memory go: an idle connection holds none. */
  clear(): void {
    this.bytes = NO_BYTES;
    this.length = 0;
  }
}
