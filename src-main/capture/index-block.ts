/**
 * Neighbouring entries of an index, three 32-bit numbers each, counted from where the block begins: half of what they
 * would take as they are. An entry that is too far from there does not fit, and another block has to begin with it.
 */
import { NOT_KEPT, type IndexEntries } from './index-entries';

/** Offset, place, time. */
const WORDS = 3;
const PLACE = 1;
const TIME = 2;
/** A place is twice a position in the journal, and one more where the entry continues the one before. */
const CONTINUES = 1;
/** Of bytes that were not kept; other places begin at 2. */
const NO_PLACE = 0;

/** A finer cut would cost more for what each block is besides, a coarser one leaves more unused at the end. */
export const BLOCK_ENTRIES = 256;
/** The block and its array as V8 keeps them, without the entries: measured. */
const BLOCK_BYTES = 512;

/** What an entry costs where there are many. */
export const INDEX_ENTRY_BYTES = WORDS * Uint32Array.BYTES_PER_ELEMENT + BLOCK_BYTES / BLOCK_ENTRIES;

/**
 * Arrays of dropped blocks, for the next ones: a busy journal drops and begins hundreds a second, and V8 would collect
 * its whole heap every few seconds for the sake of their memory. Some 1.5 MB, about as many as one segment drops.
 */
const MAX_FREE_ARRAYS = 512;
const freeArrays: Uint32Array[] = [];

const isUint32 = (number: number): boolean => number >>> 0 === number;

export class IndexBlock implements IndexEntries {
  readonly #words: Uint32Array;
  #filled = 0;
  /** The first position that was kept. */
  #startPosition = NOT_KEPT;

  /** Begins at an offset and a time, with room for so many entries. */
  constructor(
    readonly first: number,
    capacity: number,
    private readonly startOffset: number,
    private readonly startMicros: number,
  ) {
    const free = capacity === BLOCK_ENTRIES ? freeArrays.pop() : undefined;
    this.#words = free ?? new Uint32Array(capacity * WORDS);
  }

  get after(): number {
    return this.first + this.#filled / WORDS;
  }

  /** False: the block is full, or the entry too far from its beginning. */
  add(offset: number, position: number, micros: number, continues: boolean): boolean {
    const at = this.#filled;
    if (at === this.#words.length) return false;
    const place = this.#placeOf(position) + (continues ? CONTINUES : 0);
    const sinceOffset = offset - this.startOffset;
    const sinceMicros = micros - this.startMicros;
    if (!isUint32(place) || !isUint32(sinceOffset) || !isUint32(sinceMicros)) return false;
    this.#words[at] = sinceOffset;
    this.#words[at + PLACE] = place;
    this.#words[at + TIME] = sinceMicros;
    this.#filled = at + WORDS;
    return true;
  }

  /** A block of the entries from one on, with room for no more. */
  from(entry: number): IndexBlock {
    const rest = new IndexBlock(entry, this.after - entry, this.startOffset, this.startMicros);
    rest.#words.set(this.#words.subarray((entry - this.first) * WORDS, this.#filled));
    rest.#filled = rest.#words.length;
    rest.#startPosition = this.#startPosition;
    return rest;
  }

  /** Nothing is asked of it any more. */
  letGo(): void {
    const isWhole = this.#words.length === BLOCK_ENTRIES * WORDS;
    if (isWhole && freeArrays.length < MAX_FREE_ARRAYS) freeArrays.push(this.#words);
  }

  offset(entry: number): number {
    return this.startOffset + this.#word(entry, 0);
  }

  position(entry: number): number {
    const half = this.#word(entry, PLACE) >>> 1;
    return half === NO_PLACE ? NOT_KEPT : this.#startPosition + half - 1;
  }

  continues(entry: number): boolean {
    return (this.#word(entry, PLACE) & CONTINUES) !== 0;
  }

  micros(entry: number): number {
    return this.startMicros + this.#word(entry, TIME);
  }

  #placeOf(position: number): number {
    if (position === NOT_KEPT) return NO_PLACE;
    if (this.#startPosition === NOT_KEPT) this.#startPosition = position;
    return (position - this.#startPosition + 1) * 2;
  }

  #word(entry: number, which: number): number {
    return this.#words[(entry - this.first) * WORDS + which] ?? 0;
  }
}
