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
 *     (((word | (word << 1)) & BIT_6) ^ BIT_6) | ((word | (word + ONES)) & BIT_7)
 *
 * is zero: those have bit 5 or bit 6, do not have bit 7, and DEL alone of them gets it when one is added. A carry out of
 * a byte comes from one that has bit 7 and is found by that. Written out where it is used, for a call costs as much.
 */
export const BIT_6 = 0x40404040;
export const BIT_7 = 0x80808080 | 0;
export const ONES = 0x01010101;
