/**
 * A head as it is put together, and then as bytes: one buffer, made once.
 *
 * Lines are joined as text, for the platform joins and encodes text faster than bytes can be copied one by one; then the
 * bytes are looked at, each line where it is known to begin and end. So no value can end its own line, whoever chose
 * it, and what could do so is a bug of the caller, never sent.
 */
import { BugError } from '../contract/errors';
import type { FieldSink } from './forwarded-fields';
import { FIELD_CONTENT, TARGET_CHAR, TCHAR } from './grammar';
import { takeRoom } from './slab';
import { BIT_6, BIT_7, NO_WORDS, ONES, WORD_BYTES } from './words';

/** Writes text of one character a byte into room of its length. */
type Encode = (text: string, into: Uint8Array) => void;

let encode: Encode = encodeLatin1ByHand;

/** Hands in an encoder of the platform, which is faster than any that can be written here. */
export function encodeLatin1With(encoder: Encode): void {
  encode = encoder;
}

export function encodeLatin1ByHand(text: string, into: Uint8Array): void {
  for (let at = 0; at < text.length; at += 1) into[at] = text.charCodeAt(at);
}

/** Would be cut to its low byte. V8 does not even look at a text that it knows to be of one byte a character. */
const WIDE = /[\u0100-\uffff]/;

const FIRST_LINES = 64;
/** Kept for the next head; more lines than this get room of their own. */
const MAX_KEPT_LINES = 4096;

/** One for all heads: a head is begun and finished in one call, and no other is begun meanwhile. */
let places = new Int32Array(FIRST_LINES * 2);

/** Takes field lines as a sink, too. One head at a time: `begin`, lines, `finish`. */
export class HeadText implements FieldSink {
  #text = '';
  /** For each line: index of its colon and of the first character after it. */
  #places = places;
  #lines = 0;
  #start = 0;

  /** With the start line, without its line end. It is checked by who makes it: see `isTarget` and `isToken`. */
  begin(startLine: string): void {
    this.#text = `${startLine}\r\n`;
    this.#start = this.#text.length;
    this.#places = places;
    this.#lines = 0;
  }

  line(name: string, value: string): void {
    const at = this.#lines * 2;
    if (at === this.#places.length) this.#grow();
    this.#places[at] = this.#text.length + name.length;
    this.#text += `${name}: ${value}\r\n`;
    this.#places[at + 1] = this.#text.length;
    this.#lines += 1;
  }

  kept(_line: number, name: string, value: string): void {
    this.line(name, value);
  }

  changed(_line: number, name: string, value: string): void {
    this.line(name, value);
  }

  removed(): void {}

  added(name: string, value: string): void {
    this.line(name, value);
  }

  /** @throws BugError where a line holds what it may not hold. */
  finish(): Uint8Array {
    const text = `${this.#text}\r\n`;
    this.#text = '';
    if (WIDE.test(text)) throw new BugError('a field holds a character that is no byte');
    const bytes = takeRoom(text.length);
    encode(text, bytes);
    this.#check(bytes);
    return bytes;
  }

  #check(bytes: Uint8Array): void {
    if (!isContent(bytes, 0, this.#start - 2)) throw new BugError('a start line holds a byte it may not hold');
    let start = this.#start;
    for (let line = 0; line < this.#lines; line += 1) {
      const colon = this.#places[line * 2]!;
      const end = this.#places[line * 2 + 1]!;
      if (!isName(bytes, start, colon)) throw new BugError('a field name is not a token');
      if (!isContent(bytes, colon + 2, end - 2)) throw new BugError('a field value holds a byte no field may hold');
      start = end;
    }
  }

  #grow(): void {
    const grown = new Int32Array(this.#places.length * 2);
    grown.set(this.#places);
    this.#places = grown;
    if (grown.length <= MAX_KEPT_LINES * 2) places = grown;
  }
}

function isName(bytes: Uint8Array, start: number, end: number): boolean {
  const tchar = TCHAR;
  for (let at = start; at < end; at += 1) if (tchar[bytes[at]!] !== 1) return false;
  return start < end;
}

/** Of our own, beside `wordsAround`: that one is for the memory that reads come in, and heads lie in other. */
let words = NO_WORDS;

function wordsOf(bytes: Uint8Array): DataView {
  if (bytes.buffer !== words.buffer) words = new DataView(bytes.buffer);
  return words;
}

/** Four bytes at a time while all of them are visible ASCII or SP: `words.ts` says how that is told. */
function isContent(bytes: Uint8Array, start: number, end: number): boolean {
  const content = FIELD_CONTENT;
  const view = wordsOf(bytes);
  const { byteOffset } = bytes;
  const wordStop = end - WORD_BYTES;
  for (let at = start; at < end;) {
    if (at <= wordStop) {
      const word = view.getInt32(at + byteOffset, true);
      if (((((word | (word << 1)) & BIT_6) ^ BIT_6) | ((word | (word + ONES)) & BIT_7)) === 0) {
        at += WORD_BYTES;
        continue;
      }
    }
    if (content[bytes[at]!] !== 1) return false;
    at += 1;
  }
  return true;
}

const isOnly = (text: string, table: Uint8Array): boolean => {
  for (let at = 0; at < text.length; at += 1) if (table[text.charCodeAt(at)] !== 1) return false;
  return text !== '';
};

export const isToken = (text: string): boolean => isOnly(text, TCHAR);
export const isTarget = (text: string): boolean => isOnly(text, TARGET_CHAR);
