import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  cellColumn,
  columnAt,
  columnsIn,
  hexRow,
  offsetLabel,
  ROW_BYTES,
  rowCount,
  type PaintedBytes,
} from '../../../src-renderer/lens/hex-rows';
import type { Paint } from '../../../src-renderer/lens/paint';

const paint = fc.constantFrom<Paint>('method', 'name', 'value', 'body');
const painted = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 255 }), paint), { minLength: 1, maxLength: 100 })
  .map((cells): PaintedBytes => ({
    start: 0,
    bytes: Uint8Array.from(cells, ([byte]) => byte),
    paints: cells.map(([, kind]) => kind),
  }));
const rowsOf = (source: PaintedBytes) =>
  Array.from({ length: rowCount(source.bytes.length) }, (_, index) => hexRow(index * ROW_BYTES, source));
const join = (runs: readonly { readonly text: string }[]) => runs.map(({ text }) => text).join('');

describe('hex rows', () => {
  test.prop([painted])('hold every byte once, in order', (source) => {
    const pairs = rowsOf(source).flatMap((row) => join(row.hex).split(' ').filter(Boolean));
    expect(pairs.map((pair) => Number.parseInt(pair, 16))).toEqual([...source.bytes]);
  });

  test.prop([painted])('never have two neighbours of one paint', (source) => {
    for (const { hex, text } of rowsOf(source)) {
      for (const runs of [hex, text]) {
        expect(runs.slice(1).every((run, index) => run.paint !== runs[index]?.paint)).toBe(true);
      }
    }
  });

  test.prop([painted])('are of one width, however many bytes they hold', (source) => {
    for (const row of rowsOf(source)) expect([join(row.hex).length, join(row.text).length]).toEqual([49, 16]);
  });

  it('show what cannot be printed as a dot', () => {
    const bytes = Uint8Array.of(0x0d, 0x0a, 0x41, 0xff);
    expect(join(hexRow(0, { start: 0, bytes, paints: [] }).text)).toBe(`··A·${' '.repeat(12)}`);
  });

  it('leave cells blank for bytes before the first one held', () => {
    const row = hexRow(16, { start: 18, bytes: Uint8Array.of(0x41), paints: ['body'] });
    expect(join(row.hex).startsWith('      41 ')).toBe(true);
  });

  it('name offsets beyond 4 GiB in full', () => {
    expect([offsetLabel(0x19), offsetLabel(0x1_2345_6789)]).toEqual(['00000019', '123456789']);
  });
});

describe('columns', () => {
  it('find the cell under each of its characters', () => {
    for (let column = 0; column < ROW_BYTES; column += 1) {
      expect([columnAt(cellColumn(column)), columnAt(cellColumn(column) + 1.9)]).toEqual([column, column]);
    }
  });

  it('stay within the row beyond its edges', () => {
    expect([columnAt(-4), columnAt(400)]).toEqual([0, 15]);
  });

  it('tell which cells of a row a range covers', () => {
    const range = { start: 20, end: 40 };
    expect([0, 16, 32, 48].map((offset) => columnsIn(offset, range))).toEqual([
      null,
      { from: 4, to: 16 },
      { from: 0, to: 8 },
      null,
    ]);
  });
});
