/**
 * The memory that request bodies may take while a reply that repeats them is awaited: per body and in all. Every
 * other body is dropped as it arrives.
 */
export const MAX_HELD_BODY_BYTES = 64 * 1024 * 1024;
export const MAX_HELD_TOTAL_BYTES = 256 * 1024 * 1024;

export class HeldBytes {
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** False, and nothing reserved, where the total would be exceeded. */
  reserve(bytes: number): boolean {
    if (this.#total + bytes > MAX_HELD_TOTAL_BYTES) return false;
    this.#total += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#total -= bytes;
  }
}
