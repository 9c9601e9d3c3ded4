import { expect, it } from 'vitest';
import { NOT_KEPT, StreamIndex } from '../../src-main/capture/stream-index';

const LIMIT = 100;

it('keeps one entry for bytes that were not kept, however many reads they were', () => {
  const index = new StreamIndex();
  index.add(10, 0, 1, false);
  for (let read = 0; read < 1_000; read += 1) index.add(1, NOT_KEPT, 2, false);
  index.add(10, 500, 3, false);
  expect(index.streamBytes).toBe(1_020);
  expect(index.overlapping(0, 1_020, LIMIT).map(({ offset, length }) => [offset, length])).toEqual([
    [0, 10],
    [10, 1_000],
    [1_010, 10],
  ]);
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
  expect(index.overlapping(1_998, 2_002, LIMIT).map(({ offset, position }) => [offset, position])).toEqual([
    [1_998, 99_900],
    [2_000, 100_000],
  ]);
});

it('tells the whole read from any of its packets, without what was not kept', () => {
  const index = new StreamIndex();
  index.add(10, 0, 1, false);
  index.add(60, 100, 2, false);
  index.add(60, 200, 2, true);
  index.add(60, NOT_KEPT, 2, true);
  index.add(60, 300, 2, true);
  expect(index.readWith(70)).toEqual({ offset: 10, length: 120, atMs: 2 });
  expect(index.readWith(190)).toEqual({ offset: 190, length: 60, atMs: 2 });
});
