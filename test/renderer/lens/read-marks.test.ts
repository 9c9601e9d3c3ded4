import { describe, expect, it } from 'vitest';
import type { ReadMark, TimelineBar } from '@contract/connections';
import { gutterNote, joinMarks, markAt, marksBeginningIn, placeOfRead } from '../../../src-renderer/lens/read-marks';

const mark = (offset: number, length: number, atMs = offset): ReadMark => ({ offset, length, atMs });
const bar = (bytes: number, count: number, direction: 'in' | 'out' = 'in'): TimelineBar => ({
  direction,
  fromMs: 0,
  toMs: 1,
  bytes,
  count,
  phase: 'headers',
});

describe('read marks', () => {
  const marks = [mark(0, 4), mark(4, 10), mark(20, 2)];

  it('tell which read brought a byte', () => {
    expect([0, 3, 4, 13, 14, 20].map((offset) => markAt(marks, offset)?.offset ?? null)).toEqual([
      0,
      0,
      4,
      4,
      null,
      20,
    ]);
  });

  it('tell which reads begin in a row', () => {
    expect(marksBeginningIn(marks, 1, 20)).toEqual([mark(4, 10)]);
  });

  it('are joined without telling a read twice that two pages know', () => {
    expect(
      joinMarks([
        [mark(0, 4), mark(4, 10)],
        [mark(4, 10), mark(14, 1)],
      ]),
    ).toEqual([mark(0, 4), mark(4, 10), mark(14, 1)]);
  });
});

describe('the number of a read', () => {
  it('counts the runs before and the reads of its own run', () => {
    const marks = [mark(10, 5), mark(15, 5), mark(20, 5)];
    const bars = [bar(10, 4), bar(999, 7, 'out'), bar(15, 3)];
    expect(placeOfRead(marks[1] as ReadMark, marks, { direction: 'in', bars, bytes: 25 })).toEqual({
      number: 6,
      total: 7,
    });
  });

  it('is not guessed where the beginning of its run is not loaded', () => {
    const marks = [mark(15, 5)];
    expect(
      placeOfRead(marks[0] as ReadMark, marks, { direction: 'in', bars: [bar(25, 3)], bytes: 25 }).number,
    ).toBeNull();
  });

  it('is not guessed where the oldest runs are no longer kept', () => {
    const marks = [mark(0, 5)];
    expect(
      placeOfRead(marks[0] as ReadMark, marks, { direction: 'in', bars: [bar(5, 1)], bytes: 100 }).number,
    ).toBeNull();
  });
});

describe('the gutter', () => {
  it('says nothing where no read begins', () => {
    expect(gutterNote([mark(0, 40)], 16, 32)).toBeNull();
  });

  it('tells the time since the read before and how many more begin in the row', () => {
    const marks = [mark(0, 4, 100), mark(4, 4, 350), mark(8, 4, 400)];
    expect(gutterNote(marks, 4, 20)).toEqual({ first: marks[1], more: 1, deltaMs: 250 });
    expect(gutterNote(marks, 0, 4)).toEqual({ first: marks[0], more: 0, deltaMs: null });
  });
});
