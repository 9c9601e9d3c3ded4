/**
 * The raw stream as rows of text. A row ends after LF, at the last column (LF stays with its CR), or at a page edge:
 * so the rows of a page follow from that page alone, and any place of a stream of any size can be laid out without
 * reading what stands before it.
 */

const LF = 0x0a;
const CR = 0x0d;
const DEL = 0x7f;

/** Names of the control bytes (ASCII, RFC 20). The control pictures of Unicode are missing from many fonts. */
const CONTROL_NAMES =
  'NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
    ' ',
  );

export interface TextRow {
  readonly start: number;
  readonly end: number;
  /** Does a line begin here, and not the rest of a wrapped one? */
  readonly opensLine: boolean;
}

const hexPair = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');

export const isControl = (byte: number): boolean => byte < 0x20 || byte === DEL;

/** One byte as visible text: controls by name (`CR`, `LF`, `NUL`), bytes above 0x7F as `\\xNN`. */
export function visible(byte: number): string {
  if (byte > DEL) return `\\x${hexPair(byte)}`;
  return isControl(byte) ? (CONTROL_NAMES[byte] ?? 'DEL') : String.fromCharCode(byte);
}

/** Latin-1 text with what would be invisible in it as `\\xNN`; letters with accents stay letters. */
export const visibleText = (text: string): string =>
  text.replace(/[\x00-\x08\x0a-\x1f\x7f-\xa0\xad]/g, (character) => `\\x${hexPair(character.charCodeAt(0))}`);

/** How many columns a byte takes. */
export const columnsOf = (byte: number): number => visible(byte).length;

export interface TextPage {
  readonly bytes: Uint8Array;
  /** Offset of the first byte of the page. */
  readonly start: number;
  /** Is the byte before the page a LF, or is there none? */
  readonly opensLine: boolean;
}

/** The rows of one page, in order; together they hold each of its bytes once. */
export function layoutPage(page: TextPage, columns: number): TextRow[] {
  const rows: TextRow[] = [];
  let rowAt = 0;
  let opensLine = page.opensLine;
  let used = 0;
  const close = (end: number, nextOpensLine: boolean) => {
    rows.push({ start: page.start + rowAt, end: page.start + end, opensLine });
    rowAt = end;
    opensLine = nextOpensLine;
    used = 0;
  };
  for (let at = 0; at < page.bytes.length; at += 1) {
    const byte = page.bytes[at] as number;
    const width = columnsOf(byte);
    const endsLine = byte === LF && page.bytes[at - 1] === CR;
    if (used > 0 && used + width > columns && !endsLine) close(at, false);
    used += width;
    if (byte === LF) close(at + 1, true);
  }
  if (rowAt < page.bytes.length) close(page.bytes.length, false);
  return rows;
}

/** Index of the row that holds an offset; the nearest row where none does. Rows are in order. */
export function rowHolding(rows: readonly TextRow[], offset: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((rows[middle] as TextRow).start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
