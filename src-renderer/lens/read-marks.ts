/** Which read or write brought a byte, and when: for the gutter of the hex view and the info bar. */
import type { Direction, ReadMark, TimelineBar } from '@contract/connections';

/** The mark that holds an offset. Marks are in order of offset and do not overlap. */
export function markAt(marks: readonly ReadMark[], offset: number): ReadMark | null {
  let low = 0;
  let high = marks.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const mark = marks[middle] as ReadMark;
    if (offset < mark.offset) high = middle - 1;
    else if (offset >= mark.offset + mark.length) low = middle + 1;
    else return mark;
  }
  return null;
}

/** The marks whose first byte lies in the range; `end` is exclusive. */
export const marksBeginningIn = (marks: readonly ReadMark[], start: number, end: number): ReadMark[] =>
  marks.filter((mark) => mark.offset >= start && mark.offset < end);

/** Joins the marks of neighbouring pages; a read that crosses a page edge is told by both. */
export function joinMarks(lists: readonly (readonly ReadMark[])[]): ReadMark[] {
  const joined: ReadMark[] = [];
  for (const mark of lists.flat()) {
    if (mark.offset > (joined.at(-1)?.offset ?? -1)) joined.push(mark);
  }
  return joined;
}

export interface ReadPlace {
  /** 1, 2, 3 …; null where the reads before it are not loaded. */
  readonly number: number | null;
  readonly total: number;
}

/**
 * The number of a read within its direction. The bars of the timeline say how many reads came before a run; within
 * the run the loaded marks are counted, if they reach back to its beginning.
 */
export function placeOfRead(
  mark: ReadMark,
  marks: readonly ReadMark[],
  stream: { readonly direction: Direction; readonly bars: readonly TimelineBar[]; readonly bytes: number },
): ReadPlace {
  const bars = stream.bars.filter((bar) => bar.direction === stream.direction);
  const total = bars.reduce((sum, bar) => sum + bar.count, 0);
  const kept = bars.reduce((sum, bar) => sum + bar.bytes, 0);
  if (kept !== stream.bytes) return { number: null, total };
  let before = 0;
  let runStart = 0;
  for (const bar of bars) {
    if (mark.offset < runStart + bar.bytes) break;
    before += bar.count;
    runStart += bar.bytes;
  }
  const inRun = marks.filter((candidate) => candidate.offset >= runStart && candidate.offset <= mark.offset);
  const reachesBack = inRun[0]?.offset === runStart && isGapless(inRun);
  return { number: reachesBack ? before + inRun.length : null, total };
}

const isGapless = (marks: readonly ReadMark[]): boolean =>
  marks.every((mark, index) => {
    const previous = marks[index - 1];
    return previous === undefined || previous.offset + previous.length === mark.offset;
  });

/** What the gutter beside a row tells: the time of the first read that begins in it and how many more do. */
export interface GutterNote {
  readonly first: ReadMark;
  readonly more: number;
  /** Since the read before the first one; null for the first read of the stream. */
  readonly deltaMs: number | null;
}

export function gutterNote(marks: readonly ReadMark[], start: number, end: number): GutterNote | null {
  const begins = marksBeginningIn(marks, start, end);
  const [first] = begins;
  if (first === undefined) return null;
  const previous = first.offset === 0 ? null : markAt(marks, first.offset - 1);
  return { first, more: begins.length - 1, deltaMs: previous === null ? null : first.atMs - previous.atMs };
}
