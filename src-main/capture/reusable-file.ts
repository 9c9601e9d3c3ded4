/**
 * A segment's file that may be used again for another segment. Under load the system spends more time on making the
 * pages of new files and dropping those of deleted ones than on what is written to them; a file that is written over
 * keeps its pages.
 *
 * The file opens at every moment all the same: before it takes the place of the live one, it is laid out with blocks
 * that say nothing, and each write ends with such a block up to the next one. Where the program was killed in the
 * middle of a write, zeros follow what was written: a reader has every whole packet before them, says that the file is
 * damaged there (of one that only grows it says that it is cut short), and takes no bytes of the earlier segment for
 * packets. `trim` cuts the blocks off.
 */
import { joined, MIN_BLOCK_BYTES, vacantParts } from './pcapng-blocks';
import type { SegmentFile } from './segment-file';

/** Each write is followed by half of this on average. */
const CELL_BYTES = 64 * 1024;
/** Laying out more at once would keep what is recorded waiting. Every cell takes an address of the write. */
const MAX_LAID_OUT_BYTES = 64 * 1024 * 1024;

let emptyCell: Uint8Array | null = null;

export class ReusableFile {
  /** Where the last write ended. */
  #end = 0;
  /** A multiple of `CELL_BYTES`; from `#end` to here stand blocks that say nothing. */
  #laidOutBytes = 0;

  constructor(private readonly file: SegmentFile) {}

  async write(parts: readonly Uint8Array[], position: number): Promise<void> {
    const end = parts.reduce((sum, part) => sum + part.length, position);
    const isInside = end < this.#laidOutBytes;
    await this.file.write(isInside ? [...parts, ...vacantParts(cellEnd(end) - end)] : parts, position);
    this.#end = end;
    if (isInside) this.#laidOutBytes = Math.max(this.#laidOutBytes, cellEnd(end));
  }

  read(into: Uint8Array, position: number): Promise<void> {
    return this.file.read(into, position);
  }

  close(): Promise<void> {
    return this.file.close();
  }

  /** Makes all of the file but its header blocks that say nothing. False: it is too long for that, or empty. */
  async layOut(headerBytes: number): Promise<boolean> {
    const lengthBytes = Math.ceil(Math.max(this.#end, this.#laidOutBytes) / CELL_BYTES) * CELL_BYTES;
    if (lengthBytes === 0 || lengthBytes > MAX_LAID_OUT_BYTES) return false;
    emptyCell ??= joined(vacantParts(CELL_BYTES));
    const cells = Array<Uint8Array>(lengthBytes / CELL_BYTES).fill(emptyCell);
    cells[0] = joined(vacantParts(CELL_BYTES - headerBytes));
    await this.file.write(cells, headerBytes);
    this.#end = headerBytes;
    this.#laidOutBytes = lengthBytes;
    return true;
  }

  /** Ends the file where the last write did. */
  async trim(): Promise<void> {
    if (this.#end < this.#laidOutBytes) await this.file.truncate(this.#end);
    this.#laidOutBytes = 0;
  }
}

/** The end of the cell, where a block has room before it; else of the next one. */
const cellEnd = (position: number): number => Math.ceil((position + MIN_BLOCK_BYTES) / CELL_BYTES) * CELL_BYTES;
