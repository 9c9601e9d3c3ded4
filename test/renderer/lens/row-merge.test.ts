import { describe, expect, test } from 'vitest';
import { mergeRows, rowIndex, rowsUpTo } from '../../../src-renderer/lens/row-merge';
import { makeRow, manyRows } from '../../support/rows';

const ids = (rows: readonly { id: number }[]) => rows.map((row) => row.id);
const rows = [1, 3, 5].map((id) => makeRow({ id }));

describe('mergeRows', () => {
  test('puts changed rows in the place of the old ones', () => {
    const changed = makeRow({ id: 3, status: 404 });
    const merged = mergeRows(rows, { changed: [changed], dropped: [] });
    expect(ids(merged)).toEqual([1, 3, 5]);
    expect(merged[1]).toBe(changed);
  });

  test('keeps the order by id whatever order rows come in', () => {
    const changed = [9, 2, 4].map((id) => makeRow({ id }));
    expect(ids(mergeRows(rows, { changed, dropped: [] }))).toEqual([1, 2, 3, 4, 5, 9]);
  });

  test('leaves dropped rows out, also one that changed in the same batch', () => {
    expect(ids(mergeRows(rows, { changed: [makeRow({ id: 3 })], dropped: [1, 3] }))).toEqual([5]);
  });

  test('a changed row that no longer passes leaves the list', () => {
    const changed = [makeRow({ id: 3, status: 500 }), makeRow({ id: 7, status: 200 })];
    expect(ids(mergeRows(rows, { changed, dropped: [] }, (row) => row.status === 200))).toEqual([1, 5, 7]);
  });

  test('the last of two changes to one row wins', () => {
    const changed = [makeRow({ id: 3, status: 404 }), makeRow({ id: 3, status: 500 })];
    expect(mergeRows(rows, { changed, dropped: [] })[1]?.status).toBe(500);
  });

  test('gives the same array where nothing changed', () => {
    expect(mergeRows(rows, { changed: [], dropped: [] })).toBe(rows);
  });

  test('equals a naive merge for many random changes', () => {
    let merged: readonly ReturnType<typeof makeRow>[] = manyRows(50);
    const naive = new Map(merged.map((row) => [row.id, row]));
    for (let round = 1; round <= 40; round++) {
      const changed = [7, 11, 13].map((factor) => makeRow({ id: 1 + ((round * factor) % 90), revision: round }));
      const dropped = [1 + ((round * 17) % 90)];
      for (const row of changed) naive.set(row.id, row);
      for (const id of dropped) naive.delete(id);
      merged = mergeRows(merged, { changed, dropped });
      expect(merged).toEqual([...naive.values()].sort((a, b) => a.id - b.id));
    }
  });
});

test('finds a row by its id, and misses one that is not there', () => {
  expect([1, 3, 5, 4, 6].map((id) => rowIndex(rows, id))).toEqual([0, 1, 2, -1, -1]);
});

test('counts the rows up to an id', () => {
  expect([0, 1, 2, 5, 9].map((id) => rowsUpTo(rows, id))).toEqual([0, 1, 1, 3, 3]);
});
