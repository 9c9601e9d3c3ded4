/**
 * Takes the elements of a message one after the other. It stops at the first that is not all there yet, or that its
 * surroundings do not hold; from then on every take gives null, so that a reader need not ask after each of them.
 */
import type { TlsFault, TlsFaultReason } from './faults';
import type { MessageBytes, Place } from './message-bytes';
import type { TlsKind, TlsSpan } from './span-kinds';

/** What an element is: known before its bytes are read, or said by their value. */
export interface Words {
  readonly kind: TlsKind;
  readonly name?: string | null;
  readonly rfc?: string | null;
}

export interface Numbered {
  readonly value: number;
  readonly place: Place;
}

export class Cursor {
  readonly spans: TlsSpan[] = [];
  at = 0;
  fault: TlsFault | null = null;
  #isShort = false;

  constructor(readonly message: MessageBytes) {}

  /** Nothing more can be taken: for want of bytes, or because of the fault. */
  get isStopped(): boolean {
    return this.#isShort || this.fault !== null;
  }

  /** A number of so many bytes; `end` is where what holds it ends. */
  number(width: 1 | 2 | 3, end: number, wordsOf: (value: number) => Words): Numbered | null {
    const from = this.at;
    if (!this.#reserve(width, end, wordsOf)) return null;
    let value = 0;
    for (let index = from; index < from + width; index += 1) value = value * 256 + (this.message.byte(index) as number);
    this.at = from + width;
    this.mark(from, this.at, wordsOf(value));
    return { value, place: this.message.place(from, this.at) };
  }

  bytes(length: number, end: number, words: Words): Place | null {
    const from = this.at;
    if (!this.#reserve(length, end, () => words)) return null;
    this.at = from + length;
    this.mark(from, this.at, words);
    return this.message.place(from, this.at);
  }

  /** The length in front of a list or a string: gives where that ends. */
  vector(width: 1 | 2, end: number, name: string): number | null {
    const length = this.number(width, end, () => ({ kind: 'tls-length', name }));
    if (length === null) return null;
    const last = this.at + length.value;
    if (last <= end) return last;
    this.fail('beyond-end', length.place.start);
    return null;
  }

  /** Takes elements up to `end`. */
  each(end: number, take: () => void): void {
    while (this.at < end && !this.isStopped) take();
  }

  /** Nothing may be left before `end`. */
  close(end: number): void {
    if (!this.isStopped && this.at < end) this.fail('left-over', this.message.offsetOf(this.at));
  }

  fail(reason: TlsFaultReason, offset: number): void {
    this.fault ??= { reason, offset };
  }

  /** Goes on after something that could not be read, and gives what was wrong with it. */
  recover(end: number): TlsFault | null {
    const { fault } = this;
    if (fault === null) return null;
    this.mark(this.at, end, { kind: 'tls-garbage' });
    this.at = end;
    this.fault = null;
    if (end > this.message.length) this.#isShort = true;
    return fault;
  }

  mark(from: number, to: number, { kind, name = null, rfc = null }: Words): void {
    this.message.addSpans(this.spans, { from, to }, { kind, name, rfc });
  }

  #reserve(length: number, end: number, wordsOf: (value: number) => Words): boolean {
    if (this.isStopped) return false;
    if (this.at + length > end) this.fail('beyond-end', this.message.offsetOf(this.at));
    else if (this.at + length > this.message.length) {
      this.#isShort = true;
      // An element under way is shown as what it will be, without a value.
      this.mark(this.at, this.message.length, { ...wordsOf(0), name: null });
      this.at = this.message.length;
    }
    return !this.isStopped;
  }
}
