/**
 * Rows of sixteen bytes as runs of equal paint. One element per run keeps a screen of rows at some hundred
 * elements; one per byte would be thousands.
 */
import type { Paint } from './paint';

export const ROW_BYTES = 16;
const GROUP_BYTES = 8;
const CELL_COLUMNS = 3;
/** Width of the hex part in characters: sixteen cells and the gap between the two groups. */
export const HEX_COLUMNS = ROW_BYTES * CELL_COLUMNS + 1;

export interface Run {
  readonly text: string;
  readonly paint: Paint;
}

/** A stretch of loaded bytes with what to paint each of them in; rows are cut from it. */
export interface PaintedBytes {
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly paints: readonly Paint[];
}

export interface HexRow {
  readonly offset: number;
  readonly hex: readonly Run[];
  readonly text: readonly Run[];
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const isPrintable = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e;

export const rowCount = (streamBytes: number): number => Math.ceil(streamBytes / ROW_BYTES);
export const rowOf = (offset: number): number => Math.floor(offset / ROW_BYTES);

/** Offsets as people know them from hex dumps: eight digits, more where the stream is longer than 4 GiB. */
export const offsetLabel = (offset: number): string => offset.toString(16).padStart(8, '0');

/** Where the cell of a column begins, in characters. */
export const cellColumn = (column: number): number => column * CELL_COLUMNS + (column >= GROUP_BYTES ? 1 : 0);

/** The column whose cell is at a place given in characters; the nearest one where there is none. */
export function columnAt(character: number): number {
  const beforeGap = GROUP_BYTES * CELL_COLUMNS;
  const shifted = character > beforeGap ? Math.max(beforeGap, character - 1) : character;
  return Math.min(ROW_BYTES - 1, Math.max(0, Math.floor(shifted / CELL_COLUMNS)));
}

const cellText = (column: number, byte: number | undefined): string =>
  `${byte === undefined ? '  ' : HEX[byte]}${column === GROUP_BYTES - 1 ? '  ' : ' '}`;

/** Collects equal neighbours into one run. */
export class RunBuilder {
  readonly runs: { text: string; paint: Paint }[] = [];

  add(text: string, paint: Paint): void {
    const last = this.runs.at(-1);
    if (last?.paint === paint) last.text += text;
    else this.begin(text, paint);
  }

  begin(text: string, paint: Paint): void {
    this.runs.push({ text, paint });
  }
}

/** The row that begins at `offset` (a multiple of sixteen); cells outside the painted bytes stay blank. */
export function hexRow(offset: number, source: PaintedBytes): HexRow {
  const hex = new RunBuilder();
  const text = new RunBuilder();
  for (let column = 0; column < ROW_BYTES; column += 1) {
    const index = offset + column - source.start;
    const byte = source.bytes[index];
    const paint = source.paints[index] ?? 'plain';
    hex.add(cellText(column, byte), paint);
    if (byte === undefined) text.add(' ', paint);
    else text.add(isPrintable(byte) ? String.fromCharCode(byte) : '·', paint);
  }
  return { offset, hex: hex.runs, text: text.runs };
}

export interface ColumnRange {
  readonly from: number;
  /** One past the last column. */
  readonly to: number;
}

/** The columns of one row that a range of offsets covers; null where they do not meet. `end` is exclusive. */
export function columnsIn(offset: number, range: { readonly start: number; readonly end: number }): ColumnRange | null {
  const from = Math.max(0, range.start - offset);
  const to = Math.min(ROW_BYTES, range.end - offset);
  return from < to ? { from, to } : null;
}
