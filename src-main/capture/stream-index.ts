/**
 * Where the bytes of one direction stand in the journal: one entry a packet, with its offset in the stream, its
 * position in the journal and its time. Offsets ascend, so a range is found by bisection.
 */
import type { ReadMark } from '../contract/connections';
import { firstWhere } from './bisection';
import { countOf, FewEntries, NO_ENTRIES, withEntry } from './few-entries';
import { IndexBlocks } from './index-blocks';
import { NOT_KEPT, type IndexEntries } from './index-entries';

/** Beyond, blocks cost less than plain numbers, and are off V8's bounded heap. */
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
  #kept: number[] | IndexBlocks = NO_ENTRIES;
  #streamBytes = 0;

  get streamBytes(): number {
    return this.#streamBytes;
  }

  /** The first offset still kept. */
  get keptFrom(): number {
    const entries = this.#entries;
    return entries.first < entries.after ? entries.offset(entries.first) : this.#streamBytes;
  }

  /** Bytes that were not kept make one entry however many follow each other: a full disk must not fill the memory. */
  add(length: number, position: number, atMs: number, continues: boolean): void {
    const offset = this.#streamBytes;
    this.#streamBytes += length;
    if (position === NOT_KEPT && this.#endsInGap) return;
    const micros = microsFrom(atMs);
    if (Array.isArray(this.#kept)) {
      if (countOf(this.#kept) < FEW_ENTRIES) {
        this.#kept = withEntry(this.#kept, offset, position, micros, continues);
        return;
      }
      this.#kept = new IndexBlocks(new FewEntries(this.#kept));
    }
    this.#kept.add(offset, position, micros, continues);
  }

  /** Forgets what stands before a position: its segment is gone. A gap right after it goes as well. */
  dropBefore(position: number): void {
    const entries = this.#entries;
    let { first } = entries;
    while (first < entries.after && entries.position(first) < position) first += 1;
    if (first === entries.first) return;
    if (Array.isArray(this.#kept) || entries.after - first <= FEW_ENTRIES) this.#kept = fewFrom(entries, first);
    else this.#kept.dropBefore(first);
  }

  /** The entries that overlap a range: the first run of them without a gap, with at most `maxReads` marks. */
  run(start: number, end: number, maxReads: number): IndexRun {
    const entries = this.#entries;
    let first = this.#find(entries, start);
    while (first < entries.after && entries.position(first) === NOT_KEPT) first += 1;
    const most = firstWhere(first, entries.after, (entry) => entries.offset(entry) >= end) - first;
    const offsets = new Float64Array(most + 1);
    const positions = new Float64Array(most);
    const reads: ReadMark[] = [];
    let count = 0;
    for (; count < most; count += 1) {
      const entry = first + count;
      const position = entries.position(entry);
      if (position === NOT_KEPT) break;
      offsets[count] = entries.offset(entry);
      positions[count] = position;
      const isRead = reads.length < maxReads && (count === 0 || !entries.continues(entry));
      if (isRead) reads.push(this.#readWith(entries, entry));
    }
    offsets[count] = this.#end(entries, first + count - 1);
    return { count, offsets: offsets.subarray(0, count + 1), positions: positions.subarray(0, count), reads };
  }

  get #entries(): IndexEntries {
    return Array.isArray(this.#kept) ? new FewEntries(this.#kept) : this.#kept;
  }

  /** A read that took several packets is one read, as far as it is kept. */
  #readWith(entries: IndexEntries, entry: number): ReadMark {
    let first = entry;
    let last = entry;
    while (first > entries.first && entries.continues(first) && entries.position(first - 1) !== NOT_KEPT) first -= 1;
    for (let next = last + 1; next < entries.after && entries.continues(next); next += 1) {
      if (entries.position(next) === NOT_KEPT) break;
      last = next;
    }
    const offset = entries.offset(first);
    return { offset, length: this.#end(entries, last) - offset, atMs: millisOf(entries.micros(first)) };
  }

  /** Would bytes that are not kept add nothing to tell? At the very beginning they do not either. */
  get #endsInGap(): boolean {
    const { first, after } = this.#entries;
    return first === after || this.#entries.position(after - 1) === NOT_KEPT;
  }

  #end(entries: IndexEntries, entry: number): number {
    return entry + 1 < entries.after ? entries.offset(entry + 1) : this.#streamBytes;
  }

  /** The last entry that begins at or before an offset, or the first one kept. */
  #find(entries: IndexEntries, offset: number): number {
    const later = firstWhere(entries.first, entries.after, (entry) => entries.offset(entry) > offset);
    return Math.max(entries.first, later - 1);
  }
}

const millisOf = (micros: number): number => micros / 1_000;

/** Times are kept in whole microseconds, rounded up: nothing may seem to come before its connection was opened. */
function microsFrom(atMs: number): number {
  const micros = Math.round(atMs * 1_000);
  return millisOf(micros) < atMs ? micros + 1 : micros;
}

/** Plain numbers of the entries from one on. */
function fewFrom(entries: IndexEntries, first: number): number[] {
  let numbers = NO_ENTRIES;
  for (let entry = first; entry < entries.after; entry += 1) {
    numbers = withEntry(
      numbers,
      entries.offset(entry),
      entries.position(entry),
      entries.micros(entry),
      entries.continues(entry),
    );
  }
  return numbers;
}
