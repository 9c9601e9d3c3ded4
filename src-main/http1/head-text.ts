/**
 * A head as it is put together: bytes in a room that heads are cut from, one after the other.
 *
 * What is kept of a parsed head is copied in runs of lines, for the platform copies a thousand bytes in the time in which
 * forty can be written one by one. What ends a name and a line is never copied: those bytes are written here. And the
 * bytes of each line are looked at where it is known to begin and end; of those that are our own and the same each time,
 * when they are made. So no value can end its own line, whoever chose it, and what could do so is a bug of the caller,
 * never sent.
 */
import { BugError } from '../contract/errors';
import { bytesOf } from './bytes';
import type { Fields } from './events';
import { FieldLines } from './fields';
import type { FieldSink, OwnLines } from './forwarded-fields';
import { COLON, CR, FIELD_CONTENT, LF, SP, TARGET_CHAR, TCHAR } from './grammar';
import { BIT_7, ONES, SPACES, WORD_BYTES } from './words';

/** Writes text of one character a byte from this index on, where there is room for it. */
type Encode = (text: string, into: Uint8Array, at: number) => void;

let encode: Encode = encodeLatin1ByHand;

/** Hands in an encoder of the platform, which is faster for long texts than any that can be written here. */
export function encodeLatin1With(encoder: Encode): void {
  encode = encoder;
}

export function encodeLatin1ByHand(text: string, into: Uint8Array, at: number): void {
  for (let index = 0; index < text.length; index += 1) into[at + index] = text.charCodeAt(index);
}

/** Would be cut to its low byte. V8 does not even look at a text that it knows to be of one byte a character. */
const WIDE = /[\u0100-\uffff]/;

/** Up to here writing the characters one by one is faster than a call of the platform. */
const MAX_SHORT_LENGTH = 40;

/** The end of a name or of a line, and the space before the next part of a start line. */
const AFTER_BYTES = 4;

const UNWRITABLE = 'a line holds a byte no field may hold';

/** Heads are cut from it one after the other; it is freed with the last of them that is still held. */
interface Room {
  readonly bytes: Uint8Array;
  readonly words: DataView;
  /** Bytes given out. */
  used: number;
}

const ROOM_BYTES = 64 * 1024;
/** More than nearly all heads have: with less left the next one begins a new room. */
const MIN_FREE_BYTES = 4 * 1024;

function makeRoom(bytes: number): Room {
  const made = new Uint8Array(bytes);
  return { bytes: made, words: new DataView(made.buffer), used: 0 };
}

/** Of the head that was finished last. Whoever writes a head takes it away, so that no two are ever written in one. */
let spare: Room | null = null;
const NO_ROOM = makeRoom(0);

/** What was written. */
export interface WrittenHead {
  readonly bytes: Uint8Array;
  /** Index of the first byte after the start line and its line end. */
  readonly fieldsStart: number;
  readonly fieldCount: number;
}

/** Takes what becomes of the lines of one parsed section: `begin`, lines, `finish`. */
export class HeadText implements FieldSink {
  /** Null: its lines are known by name and value alone. */
  readonly #section: FieldLines | null;
  #room = spare ?? makeRoom(ROOM_BYTES);
  #start = this.#room.used;
  #at = this.#start;
  #fieldsStart = 0;
  #fieldCount = 0;
  /** Lines that are kept, one after the other, and are not yet written: the first one, and the one after the last. */
  #runStart = 0;
  #runEnd = 0;

  constructor(private readonly fields: Fields) {
    this.#section = fields instanceof FieldLines ? fields : null;
    spare = null;
  }

  /** With the parts of the start line. They are checked by who makes them: see `isTarget` and `isToken`. */
  begin(first: string, second?: string, third?: string): void {
    this.#content(first);
    if (second !== undefined) this.#part(second);
    if (third !== undefined) this.#part(third);
    this.#endLine();
    this.#fieldsStart = this.#at - this.#start;
  }

  kept(line: number): void {
    if (line !== this.#runEnd) {
      this.#writeRun();
      this.#runStart = line;
    }
    this.#runEnd = line + 1;
  }

  changed(line: number, value: string): void {
    this.added(this.fields.name(line), value);
  }

  removed(): void {}

  added(name: string, value: string): void {
    this.#writeRun();
    this.#line(name, value);
  }

  addedAll({ pairs, bytes }: OwnLines): void {
    this.#writeRun();
    this.#reserve(bytes.length);
    this.#room.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    this.#fieldCount += pairs.length;
  }

  /** @throws BugError, as all of these do, where a line holds what it may not hold. */
  finish(): WrittenHead {
    this.#writeRun();
    this.#reserve(0);
    this.#endLine();
    const room = this.#room;
    room.used = this.#at;
    const bytes = room.bytes.subarray(this.#start, this.#at);
    if (room.bytes.length === ROOM_BYTES && ROOM_BYTES - room.used >= MIN_FREE_BYTES) spare = room;
    this.#room = NO_ROOM;
    return { bytes, fieldsStart: this.#fieldsStart, fieldCount: this.#fieldCount };
  }

  #writeRun(): void {
    const { fields } = this;
    const end = this.#runEnd;
    let line = this.#section === null ? this.#runStart : this.#copyRun(this.#section, this.#runStart, end);
    for (; line < end; line += 1) this.#line(fields.name(line), fields.value(line));
    this.#runStart = end;
  }

  /** Returns the first line that does not stand there as it is to be written. */
  #copyRun(section: FieldLines, first: number, end: number): number {
    if (first === end) return end;
    const from = section.nameStart(first);
    const text = section.textBetween(from, section.valueEnd(end - 1));
    if (text.length !== section.valueEnd(end - 1) - from) return first;
    this.#reserve(text.length);
    this.#encode(text);
    const { bytes, words } = this.#room;
    const shift = this.#at - from;
    let line = first;
    for (; line < end; line += 1) {
      const start = section.nameStart(line) + shift;
      const colon = section.nameEnd(line) + shift;
      const valueStart = section.valueStart(line) + shift;
      const valueEnd = section.valueEnd(line) + shift;
      if (start !== this.#at || valueStart !== colon + 2 || valueEnd < valueStart) break;
      if (!isName(bytes, start, colon) || !isContent(bytes, words, valueStart, valueEnd)) break;
      bytes[colon] = COLON;
      bytes[colon + 1] = SP;
      bytes[valueEnd] = CR;
      bytes[valueEnd + 1] = LF;
      this.#at = valueEnd + 2;
    }
    this.#fieldCount += line - first;
    return line;
  }

  #line(name: string, value: string): void {
    this.#name(name);
    this.#content(value);
    this.#endLine();
    this.#fieldCount += 1;
  }

  #name(name: string): void {
    const { length } = name;
    this.#reserve(length);
    const { bytes } = this.#room;
    const at = this.#at;
    if (length === 0 || !write(name, bytes, at, TCHAR)) throw new BugError('a field name is not a token');
    bytes[at + length] = COLON;
    bytes[at + length + 1] = SP;
    this.#at = at + length + 2;
  }

  #part(text: string): void {
    this.#room.bytes[this.#at] = SP;
    this.#at += 1;
    this.#content(text);
  }

  #content(text: string): void {
    const { length } = text;
    this.#reserve(length);
    const { bytes, words } = this.#room;
    const at = this.#at;
    if (length <= MAX_SHORT_LENGTH) {
      if (!write(text, bytes, at, FIELD_CONTENT)) throw new BugError(UNWRITABLE);
    } else {
      this.#encode(text);
      if (!isContent(bytes, words, at, at + length)) throw new BugError(UNWRITABLE);
    }
    this.#at = at + length;
  }

  /** Where the next byte goes, and unchecked. */
  #encode(text: string): void {
    if (WIDE.test(text)) throw new BugError('a field holds a character that is no byte');
    if (text.length <= MAX_SHORT_LENGTH) encodeLatin1ByHand(text, this.#room.bytes, this.#at);
    else encode(text, this.#room.bytes, this.#at);
  }

  #endLine(): void {
    this.#room.bytes[this.#at] = CR;
    this.#room.bytes[this.#at + 1] = LF;
    this.#at += 2;
  }

  /** For as many bytes, and what is written after them before room is asked for again. */
  #reserve(bytes: number): void {
    if (this.#at + bytes + AFTER_BYTES > this.#room.bytes.length) this.#grow(bytes);
  }

  /** What is written so far moves; a head that is longer than a room gets one of its own. */
  #grow(bytes: number): void {
    const written = this.#room.bytes.subarray(this.#start, this.#at);
    const needed = written.length + bytes + AFTER_BYTES;
    this.#room = makeRoom(needed > ROOM_BYTES ? needed * 2 : ROOM_BYTES);
    this.#room.bytes.set(written);
    this.#start = 0;
    this.#at = written.length;
  }
}

/** @throws BugError where a line holds what it may not hold. */
export function ownLines(pairs: OwnLines['pairs']): OwnLines {
  let text = '';
  for (const [name, value] of pairs) {
    if (!isToken(name)) throw new BugError('a field name is not a token');
    if (value !== '' && !isOnly(value, FIELD_CONTENT)) throw new BugError(UNWRITABLE);
    text += `${name}: ${value}\r\n`;
  }
  return { pairs, bytes: bytesOf(text) };
}

/** False: it holds what the table does not have. */
function write(text: string, into: Uint8Array, at: number, table: Uint8Array): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (table[code] !== 1) return false;
    into[at + index] = code;
  }
  return true;
}

function isName(bytes: Uint8Array, start: number, end: number): boolean {
  const tchar = TCHAR;
  for (let at = start; at < end; at += 1) if (tchar[bytes[at]!] !== 1) return false;
  return start < end;
}

/** Four bytes at a time while all of them are visible ASCII or SP: `words.ts` says how that is told. */
function isContent(bytes: Uint8Array, words: DataView, start: number, end: number): boolean {
  const content = FIELD_CONTENT;
  const wordStop = end - WORD_BYTES;
  for (let at = start; at < end;) {
    if (at <= wordStop) {
      const word = words.getInt32(at, true);
      if (((word | (word - SPACES) | (word + ONES)) & BIT_7) === 0) {
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
