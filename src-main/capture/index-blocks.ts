/**
 * The index of a direction with many packets, in blocks that never move: nothing is copied as it grows, and the oldest
 * ones go as a whole.
 */
import { firstWhere } from './bisection';
import { BLOCK_ENTRIES, IndexBlock } from './index-block';
import type { IndexEntries } from './index-entries';

/** The first blocks have room for as many entries as there are before them, but never for fewer than these. */
const MIN_BLOCK_ENTRIES = 32;

export class IndexBlocks implements IndexEntries {
  readonly #blocks: IndexBlock[] = [];
  /** The one that entries are added to. */
  #last: IndexBlock;
  /** The one last asked about: neighbours are asked about next. */
  #current: IndexBlock;

  /** With those entries, of which there is at least one. */
  constructor(entries: IndexEntries) {
    this.#last = this.#begin(0, entries.offset(entries.first), entries.micros(entries.first));
    this.#current = this.#last;
    for (let entry = entries.first; entry < entries.after; entry += 1) {
      this.add(entries.offset(entry), entries.position(entry), entries.micros(entry), entries.continues(entry));
    }
  }

  get first(): number {
    return this.#blockAt(0).first;
  }

  get after(): number {
    return this.#last.after;
  }

  add(offset: number, position: number, micros: number, continues: boolean): void {
    if (this.#last.add(offset, position, micros, continues)) return;
    this.#last = this.#begin(this.#last.after, offset, micros);
    this.#last.add(offset, position, micros, continues);
  }

  /** Forgets the entries before one that is there. */
  dropBefore(entry: number): void {
    const at = this.#blockNumberOf(entry);
    const block = this.#blockAt(at).from(entry);
    if (this.#last === this.#blockAt(at)) this.#last = block;
    this.#current = block;
    for (const dropped of this.#blocks.splice(0, at + 1, block)) dropped.letGo();
  }

  offset(entry: number): number {
    return this.#blockOf(entry).offset(entry);
  }

  position(entry: number): number {
    return this.#blockOf(entry).position(entry);
  }

  continues(entry: number): boolean {
    return this.#blockOf(entry).continues(entry);
  }

  micros(entry: number): number {
    return this.#blockOf(entry).micros(entry);
  }

  #begin(first: number, offset: number, micros: number): IndexBlock {
    const before = first - (this.#blocks[0]?.first ?? first);
    const capacity = Math.max(MIN_BLOCK_ENTRIES, Math.min(before, BLOCK_ENTRIES));
    const block = new IndexBlock(first, capacity, offset, micros);
    this.#blocks.push(block);
    return block;
  }

  #blockOf(entry: number): IndexBlock {
    const current = this.#current;
    if (entry >= current.first && entry < current.after) return current;
    this.#current = this.#blockAt(this.#blockNumberOf(entry));
    return this.#current;
  }

  #blockNumberOf(entry: number): number {
    return firstWhere(0, this.#blocks.length - 1, (at) => this.#blockAt(at).after > entry);
  }

  #blockAt(at: number): IndexBlock {
    return this.#blocks[at] ?? this.#last;
  }
}
