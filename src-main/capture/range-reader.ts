/**
 * Reads a range of a stream back from where its packets stand. Packets that lie close together in one file are read
 * at once: a stream of one-byte reads would else cost a system call a byte.
 */
import { MAX_RANGE_BYTES, MAX_READ_MARKS, type ByteRange, type ReadMark } from '../contract/connections';
import type { JournalFile } from './journal-file';
import type { Segments } from './segments';
import { NOT_KEPT, type IndexEntry, type StreamIndex } from './stream-index';

/** The most that is read from a file at once. */
const WINDOW_BYTES = 1024 * 1024;

interface Wanted {
  readonly offset: number;
  readonly length: number;
}

/** A part of the range that stands in one place of the journal. */
interface Piece {
  readonly position: number;
  readonly length: number;
  /** Where it goes in the result. */
  readonly to: number;
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
  const kept = keptRun(start < end ? index.overlapping(start, end, MAX_RANGE_BYTES) : []);
  const from = Math.max(start, kept[0]?.offset ?? start);
  const last = kept.at(-1);
  const to = last === undefined ? from : Math.min(end, last.offset + last.length);
  const bytes = new Uint8Array(to - from);
  const pieces = kept.map((entry) => pieceOf(entry, from, to));
  await fill(bytes, pieces, segments, file);
  return { offset: from, bytes, streamBytes, keptFrom, reads: marksOf(kept, index) };
}

/** The first run of entries without a gap: what comes after a gap is asked for on its own. */
function keptRun(entries: readonly IndexEntry[]): readonly IndexEntry[] {
  const first = entries.findIndex(({ position }) => position !== NOT_KEPT);
  if (first === -1) return [];
  const gap = entries.findIndex(({ position }, at) => at > first && position === NOT_KEPT);
  return entries.slice(first, gap === -1 ? undefined : gap);
}

function pieceOf({ offset, length, position }: IndexEntry, from: number, to: number): Piece {
  const start = Math.max(offset, from);
  const end = Math.min(offset + length, to);
  return { position: position + start - offset, length: end - start, to: start - from };
}

/** A read that took several packets is one read, also where the range holds only some of them. */
function marksOf(entries: readonly IndexEntry[], index: StreamIndex): readonly ReadMark[] {
  const marks: ReadMark[] = [];
  for (const [at, { offset, continues }] of entries.entries()) {
    if (marks.length === MAX_READ_MARKS) break;
    if (at === 0 || !continues) marks.push(index.readWith(offset));
  }
  return marks;
}

async function fill(into: Uint8Array, pieces: readonly Piece[], segments: Segments, file: JournalFile): Promise<void> {
  let run: Piece[] = [];
  for (const piece of pieces) {
    const slab = file.slabWith(piece.position);
    if (slab !== null) {
      const at = piece.position - slab.position;
      into.set(slab.bytes.subarray(at, at + piece.length), piece.to);
      continue;
    }
    if (!continuesRun(run, piece, segments)) {
      await fillRun(into, run, segments);
      run = [];
    }
    run.push(piece);
  }
  await fillRun(into, run, segments);
}

function continuesRun(run: readonly Piece[], piece: Piece, segments: Segments): boolean {
  const [first] = run;
  if (first === undefined) return true;
  const isNear = piece.position + piece.length - first.position <= WINDOW_BYTES;
  return isNear && segments.holding(first.position) === segments.holding(piece.position);
}

async function fillRun(into: Uint8Array, run: readonly Piece[], segments: Segments): Promise<void> {
  const first = run[0];
  const last = run.at(-1);
  if (first === undefined || last === undefined) return;
  const segment = segments.holding(first.position);
  if (segment === null || segment.file === null) throw new Error('the segment is gone');
  const window = new Uint8Array(last.position + last.length - first.position);
  await segment.file.read(window, first.position - segment.start);
  if (segment.isDropped) throw new Error('the segment is gone');
  for (const { position, length, to } of run) {
    const at = position - first.position;
    into.set(window.subarray(at, at + length), to);
  }
}
