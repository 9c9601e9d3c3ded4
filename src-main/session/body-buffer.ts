/**
 * Holds the body of one request whose reply repeats it. Grows by doubling, so many small pieces cost linear time,
 * and reserves what it takes from the memory all bodies share.
 */
import { MAX_HELD_BODY_BYTES, type HeldBytes } from '../guard/held-bytes';

const FIRST_CAPACITY_BYTES = 1_024;

export class BodyBuffer {
  #bytes = new Uint8Array(0);
  #length = 0;

  constructor(private readonly held: HeldBytes) {}

  /** False, and the piece not taken, where the memory all bodies share is used up. */
  append(piece: Uint8Array): boolean {
    const needed = this.#length + piece.length;
    if (needed > this.#bytes.length && !this.#grow(needed)) return false;
    this.#bytes.set(piece, this.#length);
    this.#length = needed;
    return true;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Gives the memory back; the bytes read before stay valid. */
  release(): void {
    this.held.release(this.#bytes.length);
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
  }

  #grow(needed: number): boolean {
    const doubled = Math.max(needed, this.#bytes.length * 2, FIRST_CAPACITY_BYTES);
    const capacity = Math.max(needed, Math.min(doubled, MAX_HELD_BODY_BYTES));
    if (!this.held.reserve(capacity - this.#bytes.length)) return false;
    const grown = new Uint8Array(capacity);
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    return true;
  }
}
