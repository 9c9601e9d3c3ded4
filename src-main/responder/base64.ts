/** Base64 (RFC 4648 §4) without btoa and Buffer, which the pure rooms do not have. Linear. */
import { textOf } from './units';

const LETTERS = Uint8Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', (letter) =>
  letter.charCodeAt(0),
);
const PAD = 0x3d;

const letterOf = (bits: number): number => LETTERS[bits & 0x3f] ?? PAD;

export function encodeBase64(bytes: Uint8Array): string {
  const letters = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let to = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    letters[to] = letterOf(group >> 18);
    letters[to + 1] = letterOf(group >> 12);
    letters[to + 2] = at + 1 < bytes.length ? letterOf(group >> 6) : PAD;
    letters[to + 3] = at + 2 < bytes.length ? letterOf(group) : PAD;
    to += 4;
  }
  return textOf(letters);
}
