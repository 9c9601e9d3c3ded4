/**
 * Walking through text rows of a stream of any size. A place is the offset of a row's first byte; where the rows of
 * a page are not known yet, the page's last byte stands for its last row.
 */
import { columnsOf, isControl, rowHolding, visible, type TextRow } from './text-lines';
import { RunBuilder, type PaintedBytes, type Run } from './hex-rows';
import type { Paint } from './paint';

const LF = 0x0a;
const CR = 0x0d;
const STAYS: ReadonlySet<Paint> = new Set<Paint>(['odd', 'fault', 'garbage']);

export interface TextSource {
  readonly pageBytes: number;
  readonly streamBytes: number;
  /** The rows of a page; null while it is not loaded. */
  rowsOf(page: number): readonly TextRow[] | null;
}

const lastPage = ({ streamBytes, pageBytes }: TextSource): number =>
  Math.max(0, Math.ceil(streamBytes / pageBytes) - 1);

/** The place `by` rows after (or, negative, before) the row that holds `offset`. Stops where rows are not known. */
export function walk(source: TextSource, offset: number, by: number): number {
  let page = Math.min(lastPage(source), Math.floor(offset / source.pageBytes));
  let rows = source.rowsOf(page);
  if (rows === null || rows.length === 0) return offset;
  let index = rowHolding(rows, offset) + by;
  while (index < 0) {
    if (page === 0) return (rows[0] as TextRow).start;
    page -= 1;
    rows = source.rowsOf(page);
    if (rows === null || rows.length === 0) return (page + 1) * source.pageBytes - 1;
    index += rows.length;
  }
  while (index >= rows.length) {
    if (page >= lastPage(source)) return (rows.at(-1) as TextRow).start;
    index -= rows.length;
    page += 1;
    const next = source.rowsOf(page);
    if (next === null || next.length === 0) return page * source.pageBytes;
    rows = next;
  }
  return (rows[index] as TextRow).start;
}

/**
 * The rows of one screen from a place on, the last one of which may be cut off. Near the end of the stream the screen
 * is filled from before the place, so that the last row is whole.
 */
export function screenRows(whole: TextSource, offset: number, count: number): TextRow[] {
  const source = withoutNewPage(whole);
  const last = walk(source, source.streamBytes, 0);
  const latestStart = source.rowsOf(lastPage(source)) === null ? offset : walk(source, last, 2 - count);
  let place = walk(source, Math.min(offset, latestStart), 0);
  const rows: TextRow[] = [];
  while (rows.length < count) {
    const page = Math.floor(place / source.pageBytes);
    const known = source.rowsOf(page);
    if (known === null || known.length === 0) break;
    rows.push(...known.slice(rowHolding(known, place), rowHolding(known, place) + count - rows.length));
    if (page >= lastPage(source)) break;
    place = (page + 1) * source.pageBytes;
  }
  return rows;
}

/** While the last page of a growing stream is still on its way, the page before it is the last one to be shown. */
function withoutNewPage(source: TextSource): TextSource {
  const last = lastPage(source);
  if (last === 0 || source.rowsOf(last) !== null || source.rowsOf(last - 1) === null) return source;
  return { ...source, streamBytes: last * source.pageBytes };
}

/** A row as runs of equal paint. Controls are painted apart, unless something is wrong with them. */
export function textRuns(row: TextRow, source: PaintedBytes): Run[] {
  const builder = new RunBuilder();
  for (let offset = row.start; offset < row.end; offset += 1) {
    const index = offset - source.start;
    const byte = source.bytes[index];
    const paint = source.paints[index] ?? 'plain';
    if (byte === undefined) continue;
    if (!isControl(byte) || STAYS.has(paint)) builder.add(visible(byte), paint);
    else if (byte === LF && source.bytes[index - 1] === CR && offset > row.start) builder.add('LF', 'control');
    else builder.begin(visible(byte), 'control');
  }
  return builder.runs;
}

/** The columns a range of bytes takes in a row; null where they do not meet. */
export function textColumns(
  row: TextRow,
  source: PaintedBytes,
  range: { readonly start: number; readonly end: number },
): { readonly from: number; readonly to: number } | null {
  const start = Math.max(row.start, range.start);
  const end = Math.min(row.end, range.end);
  if (start >= end) return null;
  const from = columnsBetween(row.start, start, source);
  return { from, to: from + columnsBetween(start, end, source) };
}

const columnsBetween = (start: number, end: number, source: PaintedBytes): number => {
  let columns = 0;
  for (let offset = start; offset < end; offset += 1) columns += columnsOf(source.bytes[offset - source.start] ?? 0);
  return columns;
};

/** The byte at a column of a row; its last byte beyond the end. */
export function byteAtColumn(row: TextRow, source: PaintedBytes, column: number): number {
  let used = 0;
  for (let offset = row.start; offset < row.end; offset += 1) {
    used += columnsOf(source.bytes[offset - source.start] ?? 0);
    if (column < used) return offset;
  }
  return row.end - 1;
}
