import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { columnsOf, layoutPage, rowHolding, visible, visibleText } from '../../../src-renderer/lens/text-lines';
import { ascii } from '../../support/fake-connection';

const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
const columns = fc.integer({ min: 4, max: 60 });
const layout = (text: string | Uint8Array, width: number) =>
  layoutPage({ bytes: typeof text === 'string' ? ascii(text) : text, start: 0, opensLine: true }, width);

describe('text rows', () => {
  test.prop([bytes, columns])('hold every byte once, in order', (input, width) => {
    const rows = layout(input, width);
    expect(rows.flatMap(({ start, end }) => [...input.subarray(start, end)])).toEqual([...input]);
  });

  test.prop([bytes, columns])(
    'are no wider than the columns, but for the LF that stays with its CR',
    (input, width) => {
      for (const { start, end } of layout(input, width)) {
        const used = [...input.subarray(start, end)].reduce((sum, byte) => sum + columnsOf(byte), 0);
        const keepsLf = input[end - 1] === 0x0a && input[end - 2] === 0x0d;
        expect(used).toBeLessThanOrEqual(width + (keepsLf ? columnsOf(0x0a) : 0));
      }
    },
  );

  test.prop([bytes, columns])('find the row of any byte', (input, width) => {
    const rows = layout(input, width);
    input.forEach((_, offset) => {
      const row = rows[rowHolding(rows, offset)];
      expect(row !== undefined && row.start <= offset && offset < row.end).toBe(true);
    });
  });

  it('end after LF and tell where a line begins', () => {
    expect(layout('ab\r\nabcdefgh', 8)).toEqual([
      { start: 0, end: 4, opensLine: true },
      { start: 4, end: 12, opensLine: true },
    ]);
    expect(layout('abcdefghij', 8).map(({ opensLine }) => opensLine)).toEqual([true, false]);
  });

  it('keep CR and LF on one row', () => {
    expect(layout('abcdef\r\nx', 8).map(({ start, end }) => [start, end])).toEqual([
      [0, 8],
      [8, 9],
    ]);
  });

  it('show every byte, controls by name', () => {
    expect([0x0d, 0x0a, 0x00, 0x1b, 0x7f, 0x41, 0xe9].map(visible)).toEqual([
      'CR',
      'LF',
      'NUL',
      'ESC',
      'DEL',
      'A',
      '\\xE9',
    ]);
  });

  it('make invisible characters of Latin-1 text visible and leave the others', () => {
    expect(visibleText('J\u00fcrgen\u0082\u0000\u00a0\t')).toBe('J\u00fcrgen\\x82\\x00\\xA0\t');
  });
});
