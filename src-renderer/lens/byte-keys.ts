/** Where the arrow keys take the cursor of the byte view. */

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

export interface CursorSpace {
  readonly cursor: number;
  /** Bytes of a row. */
  readonly rowBytes: number;
  /** Whole rows seen at once. */
  readonly pageRows: number;
  readonly streamBytes: number;
}

/** The new offset; null where the key does not move the cursor. */
export function movedCursor(press: KeyPress, space: CursorSpace): number | null {
  const target = targetOf(press, space);
  if (target === null || press.altKey || space.streamBytes === 0) return null;
  return Math.min(space.streamBytes - 1, Math.max(0, target));
}

function targetOf(
  { key, ctrlKey, metaKey }: KeyPress,
  { cursor, rowBytes, pageRows, streamBytes }: CursorSpace,
): number | null {
  const withControl = ctrlKey || metaKey;
  const rowStart = cursor - (cursor % rowBytes);
  switch (key) {
    case 'ArrowLeft':
      return cursor - 1;
    case 'ArrowRight':
      return cursor + 1;
    case 'ArrowUp':
      return cursor < rowBytes ? cursor : cursor - rowBytes;
    case 'ArrowDown':
      return cursor + rowBytes < streamBytes ? cursor + rowBytes : cursor;
    case 'PageUp':
      return Math.max(cursor % rowBytes, cursor - rowBytes * pageRows);
    case 'PageDown':
      return cursor + rowBytes * pageRows;
    case 'Home':
      return withControl ? 0 : rowStart;
    case 'End':
      return withControl ? streamBytes - 1 : rowStart + rowBytes - 1;
    default:
      return null;
  }
}

/** Reads an offset as a person types it: `0x1f`, `1fh`, `31`; null where it is none. */
export function parseOffset(text: string): number | null {
  const trimmed = text.trim().replaceAll(/[_,\s]/g, '');
  const hex = /^0x([0-9a-f]+)$|^([0-9a-f]+)h$/i.exec(trimmed);
  const value =
    hex === null ? (/^\d+$/.test(trimmed) ? Number(trimmed) : NaN) : Number.parseInt((hex[1] ?? hex[2]) as string, 16);
  return Number.isSafeInteger(value) ? value : null;
}
