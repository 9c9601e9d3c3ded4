import { expect, it } from 'vitest';
import { NumberRows } from '../../src-main/inspector/number-rows';

function add(rows: NumberRows, first: number, second: number): void {
  const at = rows.add();
  rows.numbers[at] = first;
  rows.numbers[at + 1] = second;
}

const held = (rows: NumberRows): number[] => [...rows.numbers.subarray(0, rows.count * 2)];

it('holds rows in the order they were added', () => {
  const rows = new NumberRows(2);
  for (let row = 0; row < 9; row += 1) add(rows, row, row + 0.5);
  expect(held(rows)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5]);
});

it('begins with as many empty rows as it is told', () => {
  const rows = new NumberRows(2, 5);
  add(rows, 1, 2);
  expect(held(rows)).toEqual([...Array<number>(10).fill(NaN), 1, 2]);
});

// Where rows were dropped, what stood in the place of a new one is of a row before.
it('adds an empty row over what was dropped', () => {
  const rows = new NumberRows(2);
  for (let row = 1; row <= 4; row += 1) add(rows, row, row);
  rows.drop(2);
  rows.addEmpty();
  expect(held(rows)).toEqual([3, 3, 4, 4, NaN, NaN]);
});

it('makes no new array as long as rows come and go, and holds at most twice what it needs', () => {
  const rows = new NumberRows(2);
  const arrays = new Set<Float64Array>();
  for (let row = 0; row < 5_000; row += 1) {
    add(rows, row, row);
    if (rows.count < 500) continue;
    arrays.add(rows.numbers);
    rows.drop(250);
  }
  expect(arrays.size).toBe(1);
  expect(rows.numbers.length).toBeLessThanOrEqual(2 * 2 * 500);
});

it('gives memory back where few rows are left', () => {
  const rows = new NumberRows(2);
  for (let row = 0; row < 500; row += 1) add(rows, row, row);
  rows.drop(496);
  expect(held(rows)).toEqual([496, 496, 497, 497, 498, 498, 499, 499]);
  expect(rows.numbers.length).toBeLessThanOrEqual(2 * 2 * 4);
  rows.drop(4);
  expect([rows.count, rows.numbers.length]).toEqual([0, 0]);
});
