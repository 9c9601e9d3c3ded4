import { describe, expect, it } from 'vitest';
import type { Paint } from '../../../src-renderer/lens/paint';
import { layoutPage } from '../../../src-renderer/lens/text-lines';
import {
  byteAtColumn,
  screenRows,
  textColumns,
  textRuns,
  walk,
  type TextSource,
} from '../../../src-renderer/lens/text-walk';
import { ascii } from '../../support/fake-connection';

const painted = (text: string, paint: Paint = 'value') => ({
  start: 0,
  bytes: ascii(text),
  paints: new Array<Paint>(text.length).fill(paint),
});

describe('runs of a text row', () => {
  it('set control bytes apart from text, CR LF as one', () => {
    const source = painted('a\0\r\n');
    expect(textRuns({ start: 0, end: 4, opensLine: true }, source)).toEqual([
      { text: 'a', paint: 'value' },
      { text: 'NUL', paint: 'control' },
      { text: 'CRLF', paint: 'control' },
    ]);
  });

  it('leave a fault its colour', () => {
    expect(textRuns({ start: 0, end: 1, opensLine: true }, painted('\0', 'fault'))).toEqual([
      { text: 'NUL', paint: 'fault' },
    ]);
  });

  it('map bytes to columns and back', () => {
    const row = { start: 0, end: 4, opensLine: true };
    const source = painted('a\0bc');
    expect(textColumns(row, source, { start: 1, end: 3 })).toEqual({ from: 1, to: 5 });
    expect([0, 1, 3, 4, 99].map((column) => byteAtColumn(row, source, column))).toEqual([0, 1, 1, 2, 3]);
  });
});

describe('walking', () => {
  const PAGE = 32;
  const text = 'line of text\n'.repeat(20);
  const source = (loaded: (page: number) => boolean = () => true): TextSource => ({
    pageBytes: PAGE,
    streamBytes: text.length,
    rowsOf: (page) =>
      loaded(page)
        ? layoutPage(
            { bytes: ascii(text.slice(page * PAGE, (page + 1) * PAGE)), start: page * PAGE, opensLine: false },
            40,
          )
        : null,
  });

  it('goes forth and back over page edges to where it began', () => {
    const there = walk(source(), 0, 9);
    expect(there).toBeGreaterThan(PAGE * 2);
    expect(walk(source(), there, -9)).toBe(0);
  });

  it('stops at both ends', () => {
    expect(walk(source(), 0, -5)).toBe(0);
    expect(walk(source(), 0, 1_000)).toBe(walk(source(), text.length, 0));
  });

  it('asks for a page it does not know by stopping in it', () => {
    const stop = walk(
      source((page) => page > 0),
      PAGE,
      -1,
    );
    expect(Math.floor(stop / PAGE)).toBe(0);
  });

  it('fills the last screen from before the end', () => {
    const rows = screenRows(source(), text.length, 6);
    expect([rows.length, rows.at(-1)?.end]).toEqual([5, text.length]);
  });

  it('keeps showing the page before while a new last page is on its way', () => {
    const last = Math.ceil(text.length / PAGE) - 1;
    const rows = screenRows(
      source((page) => page !== last),
      text.length,
      6,
    );
    expect(rows.at(-1)?.end).toBe(last * PAGE);
  });
});
