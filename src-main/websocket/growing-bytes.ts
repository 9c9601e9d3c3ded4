/** Bytes that come in pieces of any size, kept as one run up to a bound. Grows by doubling: its work is linear. */
export class GrowingBytes {
  readonly #most: number;
  #bytes = new Uint8Array(0);
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get length(): number {
    return this.#length;
  }

  /** Copies what there is room for; the rest is left out. */
  add(piece: Uint8Array): void {
    const taken = piece.subarray(0, this.#most - this.#length);
    const needed = this.#length + taken.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.min(this.#most, Math.max(needed, 2 * this.#bytes.length)));
      larger.set(this.view());
      this.#bytes = larger;
    }
    this.#bytes.set(taken, this.#length);
    this.#length = needed;
  }

  /** Holds until `clear`: what is added later does not change it. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Keeps the room, for what comes next: views from before change. */
  clear(): void {
    this.#length = 0;
  }
}
