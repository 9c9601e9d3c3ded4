import type { Inflater } from '@websocket/inflater';
import {
  ZStream,
  Z_BLOCK,
  Z_BUF_ERROR,
  Z_OK,
  Z_STREAM_END,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
} from 'pako';

/** What is handed on at once; small, so that a bomb is noticed soon. */
const OUTPUT_BYTES = 64 * 1024;
/**
 * In `data_type`, as zlib documents it for Z_BLOCK: the last thing read was the end of a block. To it is added 64 where
 * that was the final one, and how many bits of the last byte were not looked at.
 */
const BLOCK_ENDED = 128;

/** Raw DEFLATE by zlib's own steps, one block at a time: the platform's DecompressionStream cannot tell where one ends. */
class RawInflater implements Inflater {
  readonly #stream = new ZStream();
  readonly #output = new Uint8Array(OUTPUT_BYTES);
  #hasEnded = false;

  constructor(windowBits: number) {
    // A negative number says that there is neither a header nor a checksum.
    zlibInflateInit2(this.#stream, -windowBits);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get isBetweenBlocks(): boolean {
    return this.#hasEnded || this.#stream.data_type === BLOCK_ENDED;
  }

  inflate(bytes: Uint8Array, take: (inflated: Uint8Array) => boolean): string | null {
    const stream = this.#stream;
    stream.input = bytes;
    stream.next_in = 0;
    stream.avail_in = bytes.length;
    do {
      stream.output = this.#output;
      stream.next_out = 0;
      stream.avail_out = OUTPUT_BYTES;
      const status = zlibInflate(stream, Z_BLOCK);
      this.#hasEnded = status === Z_STREAM_END;
      if (stream.next_out > 0 && !take(this.#output.subarray(0, stream.next_out))) return null;
      // As Chromium does: what follows a final block does not refer back beyond it.
      if (this.#hasEnded) zlibInflateReset(stream);
      // Z_BUF_ERROR: all was read, and more is wanted.
      else if (status !== Z_OK && status !== Z_BUF_ERROR) return stream.msg;
    } while (stream.avail_in > 0 || stream.avail_out === 0 || this.#isAfterBlock());
    return null;
  }

  reset(): void {
    zlibInflateReset(this.#stream);
    this.#hasEnded = false;
  }

  /** Is there still something to be made of what was read: a next block in the bits left over, or the end of all? */
  #isAfterBlock(): boolean {
    const { data_type: place } = this.#stream;
    return (place & BLOCK_ENDED) !== 0 && place !== BLOCK_ENDED;
  }
}

export const openInflater = (windowBits: number): Inflater => new RawInflater(windowBits);
