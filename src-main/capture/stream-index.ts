/**
 * Where the bytes of one direction stand in the journal: one entry a packet, three numbers each, in one array
 * that grows by doubling: an array for each of the three would cost an idle connection more than all its entries, and
 * every packet three cache lines. Offsets ascend, so a range is found by bisection.
 */
import type { ReadMark } from '../contract/connections';

/** Offset in the stream, position in the journal (and a half, where it continues the entry before), time. */
const NUMBERS = 3;
const POSITION = 1;
const TIME = 2;
/** Positions are whole numbers below 2^52: a half more is kept exactly. */
const CONTINUES = 0.5;

export const INDEX_ENTRY_BYTES = NUMBERS * Float64Array.BYTES_PER_ELEMENT;

/** The position of bytes that were not kept. */
export const NOT_KEPT = -1;

/** Up to here a plain array: a typed one costs more than the entries it holds. Beyond, off V8's bounded heap. */
const FEW_ENTRIES = 16;

/** Neighbouring entries, in columns: hundreds of thousands of objects would hold up the event loop. */
export interface IndexRun {
  readonly count: number;
  /** Where each begins in the stream, and where the last one ends. */
  readonly offsets: Float64Array;
  /** In the journal, over all segments. */
  readonly positions: Float64Array;
  /** The reads or writes they belong to, whole, the first ones. */
  readonly reads: readonly ReadMark[];
}

export class StreamIndex {
  #entries: number[] | Float64Array = NO_ENTRIES;
  /** Entries before this one are of dropped segments. */
  #first = 0;
  #count = 0;
  #streamBytes = 0;

  get streamBytes(): number {
    return this.#streamBytes;
  }

  /** The first offset still kept. */
  get keptFrom(): number {
    return this.#first < this.#count ? this.#offset(this.#first) : this.#streamBytes;
  }

  /** Bytes that were not kept make one entry however many follow each other: a full disk must not fill the memory. */
  add(length: number, position: number, atMs: number, continues: boolean): void {
    if (position === NOT_KEPT && this.#endsInGap) {
      this.#streamBytes += length;
      return;
    }
    if (this.#count * NUMBERS === this.#entries.length) this.#makeRoom();
    const at = this.#count * NUMBERS;
    this.#entries[at] = this.#streamBytes;
    this.#entries[at + POSITION] = continues ? position + CONTINUES : position;
    this.#entries[at + TIME] = atMs;
    this.#count += 1;
    this.#streamBytes += length;
  }

  /** Forgets what stands before a position: its segment is gone. A gap right after it goes as well. */
  dropBefore(position: number): void {
    const before = this.#first;
    while (this.#first < this.#count && this.#position(this.#first) < position) this.#first += 1;
    // A closed connection adds no entry that would make room: what it no longer needs is given back here.
    const kept = this.#count - this.#first;
    if (this.#first > before && kept * 4 <= this.#entries.length / NUMBERS) this.#resize(Math.max(1, kept * 2));
  }

  /** The entries that overlap a range: the first run of them without a gap, with at most `maxReads` marks. */
  run(start: number, end: number, maxReads: number): IndexRun {
    let first = this.#find(start);
    while (first < this.#count && this.#position(first) === NOT_KEPT) first += 1;
    let after = first;
    while (after < this.#count && this.#offset(after) < end && this.#position(after) !== NOT_KEPT) after += 1;
    const count = after - first;
    const offsets = new Float64Array(count + 1);
    const positions = new Float64Array(count);
    const reads: ReadMark[] = [];
    for (let at = 0; at < count; at += 1) {
      offsets[at] = this.#offset(first + at);
      positions[at] = this.#position(first + at);
      const isRead = at === 0 || !this.#isContinued(first + at);
      if (isRead && reads.length < maxReads) reads.push(this.#readWith(first + at));
    }
    offsets[count] = this.#end(after - 1);
    return { count, offsets, positions, reads };
  }

  /** A read that took several packets is one read, as far as it is kept. */
  #readWith(entry: number): ReadMark {
    let first = entry;
    let last = entry;
    while (this.#isContinued(first) && first > this.#first && this.#position(first - 1) !== NOT_KEPT) first -= 1;
    while (last + 1 < this.#count && this.#isContinued(last + 1) && this.#position(last + 1) !== NOT_KEPT) last += 1;
    const offset = this.#offset(first);
    return { offset, length: this.#end(last) - offset, atMs: this.#entries[first * NUMBERS + TIME] ?? 0 };
  }

  /** Would bytes that are not kept add nothing to tell? At the very beginning they do not either. */
  get #endsInGap(): boolean {
    return this.#first === this.#count || this.#position(this.#count - 1) === NOT_KEPT;
  }

  #offset(entry: number): number {
    return this.#entries[entry * NUMBERS] ?? 0;
  }

  #position(entry: number): number {
    return Math.floor(this.#entries[entry * NUMBERS + POSITION] ?? NOT_KEPT);
  }

  #isContinued(entry: number): boolean {
    const position = this.#entries[entry * NUMBERS + POSITION] ?? NOT_KEPT;
    return position !== Math.floor(position);
  }

  #end(entry: number): number {
    return entry + 1 < this.#count ? this.#offset(entry + 1) : this.#streamBytes;
  }

  /** The last entry that begins at or before an offset, or the first one kept. */
  #find(offset: number): number {
    let low = this.#first;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#offset(middle) <= offset) low = middle + 1;
      else high = middle;
    }
    return Math.max(this.#first, low - 1);
  }

  /** Room is made by closing up over dropped entries where they are half of all, else by doubling. */
  #makeRoom(): void {
    const isHalfDropped = this.#first * 2 >= this.#count;
    this.#resize(Math.max(1, isHalfDropped ? this.#count : this.#count * 2));
  }

  #resize(capacity: number): void {
    const kept = this.#entries.slice(this.#first * NUMBERS, this.#count * NUMBERS);
    if (capacity > FEW_ENTRIES) {
      this.#entries = new Float64Array(capacity * NUMBERS);
      this.#entries.set(kept);
    } else {
      this.#entries = fewEntries(capacity);
      for (let at = 0; at < kept.length; at += 1) this.#entries[at] = kept[at] ?? 0;
    }
    this.#count -= this.#first;
    this.#first = 0;
  }
}

const NO_ENTRIES: number[] = [];

/** Made of a number with a fraction, so that V8 keeps plain doubles. */
const fewEntries = (capacity: number): number[] => Array<number>(capacity * NUMBERS).fill(0.5);
