/**
 * Four bytes looked at as one number: of a value, which is what most bytes of a head belong to, that takes a third of
 * the time off. A quick look that only ever accepts; what it does not like is left to be looked at a byte at a time.
 */
import { NO_BYTES } from './bytes';

export const WORD_BYTES = 4;

export const NO_WORDS = new DataView(NO_BYTES.buffer);

let memory: ArrayBufferLike = NO_BYTES.buffer;
let words = NO_WORDS;

/** The memory these bytes lie in. Reads nearly always come in the same one, so its view is made once. */
export function wordsAround(bytes: Uint8Array): DataView {
  if (bytes.buffer !== memory) {
    memory = bytes.buffer;
    words = new DataView(memory);
  }
  return words;
}

/**
 * All four bytes of a word are visible ASCII or SP where
 *
 *     (word | (word - SPACES) | (word + ONES)) & BIT_7
 *
 * is zero: of bytes without bit 7, those below SP get it when SP is taken off, and DEL alone gets it when one is added. A
 * carry comes out of none but a byte that has bit 7, and a borrow out of none but one below SP; each is found by that
 * byte. Written out where it is used, for a call costs as much.
 */
export const BIT_7 = 0x80808080 | 0;
export const ONES = 0x01010101;
export const SPACES = 0x20202020;
