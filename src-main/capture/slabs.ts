/**
 * The bytes of the journal on their way to disk. Records are cut from slabs of 1 MiB; a slab is handed to the disk
 * when it is full or when the pump is asked to flush. A position counts bytes over the whole session and never
 * changes; a record lies in one slab.
 */
import type { Segment } from './segments';

export const SLAB_BYTES = 1024 * 1024;

export class Slab {
  readonly bytes = new Uint8Array(SLAB_BYTES);
  readonly view = new DataView(this.bytes.buffer);
  filled = 0;
  /** Bytes that are on disk. */
  written = 0;
  /** A write of what it has is asked for and has not begun. */
  isQueued = false;

  constructor(
    public segment: Segment,
    /** Position of the slab's first byte. */
    public position: number,
  ) {}

  /** The same memory for other bytes. */
  reuse(segment: Segment, position: number): this {
    this.segment = segment;
    this.position = position;
    this.filled = 0;
    this.written = 0;
    return this;
  }

  get isWritten(): boolean {
    return this.written === this.filled;
  }

  /** The next bytes are the caller's to write: where they begin. */
  take(length: number): number {
    const at = this.filled;
    this.filled = at + length;
    return at;
  }

  hasRoom(length: number): boolean {
    return this.filled + length <= SLAB_BYTES;
  }

  holds(position: number): boolean {
    return position >= this.position && position < this.position + this.filled;
  }
}
