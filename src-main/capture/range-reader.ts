/**
 * Reads a range of a stream back from where its packets stand. Packets that lie close together in one file are read
 * at once: a stream of one-byte reads would else cost a system call a byte.
 */
import { MAX_READ_MARKS, type ByteRange } from '../contract/connections';
import type { JournalFile } from './journal-file';
import type { Segments } from './segments';
import type { IndexRun, StreamIndex } from './stream-index';

/** The most that is read from a file at once. */
const WINDOW_BYTES = 1024 * 1024;
/** Up to here a loop is faster than what a call has to set up. */
const SHORT_BYTES = 64;

interface Wanted {
  readonly offset: number;
  readonly length: number;
}

export async function readRange(
  index: StreamIndex,
  { offset, length }: Wanted,
  segments: Segments,
  file: JournalFile,
): Promise<ByteRange> {
  const { streamBytes, keptFrom } = index;
  const start = Math.min(Math.max(offset, keptFrom), streamBytes);
  const end = Math.min(Math.max(start, offset + length), streamBytes);
  // What comes after a gap is asked for on its own.
  const run = index.run(start, end, start < end ? MAX_READ_MARKS : 0);
  if (start >= end || run.count === 0) {
    return { offset: start, bytes: new Uint8Array(0), streamBytes, keptFrom, reads: [] };
  }
  const from = Math.max(start, run.offsets[0] ?? start);
  const bytes = new Uint8Array(Math.min(end, run.offsets[run.count] ?? end) - from);
  await new RangeReader({ run, from, bytes }, segments, file).fill();
  return { offset: from, bytes, streamBytes, keptFrom, reads: run.reads };
}

interface Target {
  readonly run: IndexRun;
  /** Offset in the stream of the first byte wanted. */
  readonly from: number;
  readonly bytes: Uint8Array;
}

class RangeReader {
  constructor(
    private readonly target: Target,
    private readonly segments: Segments,
    private readonly file: JournalFile,
  ) {}

  async fill(): Promise<void> {
    for (let entry = 0; entry < this.target.run.count;) {
      entry = this.#isInMemory(entry) ? this.#takeFromMemory(entry) : await this.#takeFromFile(entry);
    }
  }

  #position(entry: number): number {
    return this.target.run.positions[entry] ?? 0;
  }

  #isInMemory(entry: number): boolean {
    return this.#position(entry) >= this.file.inMemoryFrom;
  }

  /** Copies the entries of one slab; the one after them. */
  #takeFromMemory(first: number): number {
    const slab = this.file.slabWith(this.#position(first));
    if (slab === null) throw new Error('the bytes are not where the index says');
    let entry = first;
    while (entry < this.target.run.count && slab.holds(this.#position(entry))) {
      this.#take(entry, slab.bytes, slab.position);
      entry += 1;
    }
    return entry;
  }

  /** Copies entries that lie near each other in one file; the one after them. */
  async #takeFromFile(first: number): Promise<number> {
    const position = this.#position(first);
    const segment = this.segments.holding(position);
    if (segment === null || segment.file === null) throw new Error('the segment is gone');
    const farthest = Math.min(position + WINDOW_BYTES, segment.start + segment.bytes, this.file.inMemoryFrom);
    let after = first + 1;
    while (after < this.target.run.count && this.#positionAfter(after) <= farthest) after += 1;
    const window = new Uint8Array(this.#positionAfter(after - 1) - position);
    await segment.file.read(window, position - segment.start);
    if (segment.isDropped) throw new Error('the segment is gone');
    for (let entry = first; entry < after; entry += 1) this.#take(entry, window, position);
    return after;
  }

  /** Where the bytes of an entry end in the journal. */
  #positionAfter(entry: number): number {
    const { offsets } = this.target.run;
    return this.#position(entry) + (offsets[entry + 1] ?? 0) - (offsets[entry] ?? 0);
  }

  /** Copies what is wanted of an entry from memory that begins at a position. */
  #take(entry: number, memory: Uint8Array, memoryPosition: number): void {
    const { run, from, bytes } = this.target;
    const offset = run.offsets[entry] ?? 0;
    const start = Math.max(offset, from);
    const end = Math.min(run.offsets[entry + 1] ?? 0, from + bytes.length);
    const at = this.#position(entry) - memoryPosition + start - offset;
    const to = start - from;
    const length = end - start;
    if (length > SHORT_BYTES) bytes.set(memory.subarray(at, at + length), to);
    else for (let byte = 0; byte < length; byte += 1) bytes[to + byte] = memory[at + byte] ?? 0;
  }
}
