/**
 * Where the bytes of one direction stand in the journal: one entry a packet, in typed arrays that grow by doubling
 * (25 bytes an entry). Offsets ascend, so a range is found by bisection.
 */
import type { ReadMark } from '../contract/connections';

export const INDEX_ENTRY_BYTES = 25;

/** The position of bytes that were not kept. */
export const NOT_KEPT = -1;

const FIRST_CAPACITY = 8;

export interface IndexEntry {
  readonly offset: number;
  readonly length: number;
  /** In the journal, over all segments; `NOT_KEPT` for bytes that could not be written. */
  readonly position: number;
  readonly atMs: number;
  /** The rest of a read that did not fit one packet. */
  readonly continues: boolean;
}

export class StreamIndex {
  #offsets = new Float64Array(FIRST_CAPACITY);
  #positions = new Float64Array(FIRST_CAPACITY);
  #times = new Float64Array(FIRST_CAPACITY);
  #continues = new Uint8Array(FIRST_CAPACITY);
  /** Entries before this one are of dropped segments. */
  #first = 0;
  #count = 0;
  #streamBytes = 0;

  get streamBytes(): number {
    return this.#streamBytes;
  }

  /** The first offset still kept. */
  get keptFrom(): number {
    return this.#first < this.#count ? (this.#offsets[this.#first] ?? 0) : this.#streamBytes;
  }

  /** Bytes that were not kept make one entry however many follow each other: a full disk must not fill the memory. */
  add(length: number, position: number, atMs: number, continues: boolean): void {
    if (position === NOT_KEPT && this.#endsInGap) {
      this.#streamBytes += length;
      return;
    }
    if (this.#count === this.#offsets.length) this.#makeRoom();
    const at = this.#count;
    this.#offsets[at] = this.#streamBytes;
    this.#positions[at] = position;
    this.#times[at] = atMs;
    this.#continues[at] = continues ? 1 : 0;
    this.#count += 1;
    this.#streamBytes += length;
  }

  /** Forgets what stands before a position: its segment is gone. A gap right after it goes as well. */
  dropBefore(position: number): void {
    const before = this.#first;
    while (this.#first < this.#count && (this.#positions[this.#first] ?? 0) < position) this.#first += 1;
    // A closed connection adds no entry that would make room: what it no longer needs is given back here.
    const kept = this.#count - this.#first;
    if (this.#first > before && kept * 4 <= this.#offsets.length) this.#resize(Math.max(FIRST_CAPACITY, kept * 2));
  }

  /** The entries that overlap a range, in order, at most `limit`. */
  overlapping(start: number, end: number, limit: number): IndexEntry[] {
    const entries: IndexEntry[] = [];
    for (let at = this.#find(start); at < this.#count && entries.length < limit; at += 1) {
      const entry = this.#entry(at);
      if (entry.offset >= end) break;
      entries.push(entry);
    }
    return entries;
  }

  /** The whole read that an entry of this offset belongs to, as far as it is kept. */
  readWith(offset: number): ReadMark {
    let first = this.#find(offset);
    let last = first;
    while (this.#continues[first] === 1 && first > this.#first && this.#positions[first - 1] !== NOT_KEPT) first -= 1;
    while (last + 1 < this.#count && this.#continues[last + 1] === 1 && this.#positions[last + 1] !== NOT_KEPT)
      last += 1;
    const { offset: start, atMs } = this.#entry(first);
    const end = this.#entry(last);
    return { offset: start, length: end.offset + end.length - start, atMs };
  }

  /** Would bytes that are not kept add nothing to tell? At the very beginning they do not either. */
  get #endsInGap(): boolean {
    return this.#first === this.#count || this.#positions[this.#count - 1] === NOT_KEPT;
  }

  #entry(at: number): IndexEntry {
    const offset = this.#offsets[at] ?? 0;
    const next = at + 1 < this.#count ? (this.#offsets[at + 1] ?? 0) : this.#streamBytes;
    return {
      offset,
      length: next - offset,
      position: this.#positions[at] ?? NOT_KEPT,
      atMs: this.#times[at] ?? 0,
      continues: this.#continues[at] === 1,
    };
  }

  /** The last entry that begins at or before an offset, or the first one kept. */
  #find(offset: number): number {
    let low = this.#first;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#offsets[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return Math.max(this.#first, low - 1);
  }

  /** Room is made by closing up over dropped entries where they are half of all, else by doubling. */
  #makeRoom(): void {
    this.#resize(this.#first * 2 >= this.#count ? Math.max(FIRST_CAPACITY, this.#count) : this.#count * 2);
  }

  #resize(capacity: number): void {
    const kept = this.#count - this.#first;
    this.#offsets = moved(new Float64Array(capacity), this.#offsets, this.#first, this.#count);
    this.#positions = moved(new Float64Array(capacity), this.#positions, this.#first, this.#count);
    this.#times = moved(new Float64Array(capacity), this.#times, this.#first, this.#count);
    this.#continues = moved(new Uint8Array(capacity), this.#continues, this.#first, this.#count);
    this.#first = 0;
    this.#count = kept;
  }
}

function moved<Items extends Float64Array | Uint8Array>(to: Items, from: Items, start: number, end: number): Items {
  to.set(from.subarray(start, end));
  return to;
}
