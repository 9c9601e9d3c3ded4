import { expect, it } from 'vitest';
import { NOT_KEPT, StreamIndex, type IndexRun } from '../../src-main/capture/stream-index';

const LIMIT = 100;

/** Offset and length of each entry of a run. */
const entries = ({ count, offsets }: IndexRun): number[][] =>
  Array.from({ length: count }, (_, at) => [offsets[at] ?? 0, (offsets[at + 1] ?? 0) - (offsets[at] ?? 0)]);

it('keeps one entry for bytes that were not kept, however many reads they were', () => {
  const index = new StreamIndex();
  index.add(10, 0, 1, false);
  for (let read = 0; read < 1_000; read += 1) index.add(1, NOT_KEPT, 2, false);
  index.add(10, 500, 3, false);
  expect(index.streamBytes).toBe(1_020);
  expect(entries(index.run(0, 1_020, LIMIT))).toEqual([[0, 10]]);
  expect(entries(index.run(10, 1_020, LIMIT))).toEqual([[1_010, 10]]);
});

it('begins at the first byte kept where the first ones were not', () => {
  const index = new StreamIndex();
  index.add(7, NOT_KEPT, 1, false);
  expect(index.keptFrom).toBe(7);
  index.add(5, 100, 2, false);
  expect(index.keptFrom).toBe(7);
});

it('begins after a gap that follows what was dropped', () => {
  const index = new StreamIndex();
  index.add(10, 0, 1, false);
  index.add(4, NOT_KEPT, 2, false);
  index.add(10, 500, 3, false);
  index.dropBefore(400);
  expect(index.keptFrom).toBe(14);
});

it('finds the same entries after dropping most of them', () => {
  const index = new StreamIndex();
  for (let read = 0; read < 1_000; read += 1) index.add(2, read * 100, read, false);
  index.dropBefore(99_000);
  index.add(2, 100_000, 1_000, false);
  expect(index.keptFrom).toBe(1_980);
  const { offsets, positions } = index.run(1_998, 2_002, LIMIT);
  expect([Array.from(offsets), Array.from(positions)]).toEqual([
    [1_998, 2_000, 2_002],
    [99_900, 100_000],
  ]);
});

it('tells the whole read from any of its packets, without what was not kept', () => {
  const index = new StreamIndex();
  index.add(10, 0, 1, false);
  index.add(60, 100, 2, false);
  index.add(60, 200, 2, true);
  index.add(60, NOT_KEPT, 2, true);
  index.add(60, 300, 2, true);
  expect(index.run(70, 80, LIMIT).reads).toEqual([{ offset: 10, length: 120, atMs: 2 }]);
  expect(index.run(190, 200, LIMIT).reads).toEqual([{ offset: 190, length: 60, atMs: 2 }]);
});
