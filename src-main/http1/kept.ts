/**
 * Room for the bytes and offsets of finished sections, cut from slabs: making typed arrays for every head would cost
 * more than parsing it. A place is given out once and never written again. A slab is freed with the last head that
 * lies in it, so slabs are small: a head that is kept for long keeps no more than two of them. A section too large to
 * share a slab gets arrays of its own.
 */
const SLAB_BYTES = 16 * 1024;
const MAX_SHARED_BYTES = 4 * 1024;
/** Up to here a loop is faster than making a view of the source for `set`. */
const MAX_LOOP_LENGTH = 96;

type Items = Uint8Array | Int32Array;

class SectionStore<Type extends Items> {
  /** The array the last `keep` went to, and its first index there. */
  array: Type;
  at = 0;
  #used = 0;
  #shared: Type;

  constructor(
    private readonly itemBytes: number,
    private readonly make: (length: number) => Type,
  ) {
    this.array = make(0);
    this.#shared = this.array;
  }

  /** Copies the items from index `start` up to `end`. */
  keep(source: Type, start: number, end: number): void {
    const length = end - start;
    this.#take(length);
    const { array, at } = this;
    if (length > MAX_LOOP_LENGTH) array.set(source.subarray(start, end), at);
    else for (let index = 0; index < length; index += 1) array[at + index] = source[start + index]!;
  }

  #take(length: number): void {
    if (length * this.itemBytes > MAX_SHARED_BYTES) {
      this.array = this.make(length);
      this.at = 0;
      return;
    }
    if (this.#used + length > this.#shared.length) {
      this.#shared = this.make(SLAB_BYTES / this.itemBytes);
      this.#used = 0;
    }
    this.array = this.#shared;
    this.at = this.#used;
    this.#used += length;
  }
}

export const keptBytes = new SectionStore<Uint8Array>(1, (length) => new Uint8Array(length));
export const keptOffsets = new SectionStore<Int32Array>(4, (length) => new Int32Array(length));
