/**
 * Rows of numbers in one typed array, oldest first: added at the end, dropped from the beginning. As objects that
 * outlive each garbage collection they would cost far more, for there every number with a fraction is one of its own.
 *
 * The array grows by doubling, and is made anew where what is left would fill no more than a quarter of it.
 */
const FIRST_CAPACITY = 4;
const NO_NUMBERS = new Float64Array(0);

export class NumberRows {
  count = 0;
  /** Of all rows; another array once a row was added or some were dropped. */
  numbers = NO_NUMBERS;

  /** `empty`: how many rows of NaN it begins with. */
  constructor(
    private readonly numbersPerRow: number,
    empty = 0,
  ) {
    for (let row = 0; row < empty; row += 1) this.addEmpty();
  }

  /** One more, whose numbers are yet to be set; they stand from the index given back on. */
  add(): number {
    const at = this.count * this.numbersPerRow;
    if (at === this.numbers.length) this.#resize(Math.max(FIRST_CAPACITY, this.count * 2), 0);
    this.count += 1;
    return at;
  }

  /** One more, of NaN. */
  addEmpty(): void {
    const at = this.add();
    this.numbers.fill(NaN, at, at + this.numbersPerRow);
  }

  /** The oldest ones, this many. */
  drop(count: number): void {
    const kept = this.count - count;
    const from = count * this.numbersPerRow;
    // Moved within the array, unless a smaller one will do from now on.
    if (kept * this.numbersPerRow * 4 <= this.numbers.length) this.#resize(kept * 2, from);
    else this.numbers.copyWithin(0, from, this.count * this.numbersPerRow);
    this.count = kept;
  }

  #resize(capacity: number, from: number): void {
    const resized = new Float64Array(capacity * this.numbersPerRow);
    resized.set(this.numbers.subarray(from, this.count * this.numbersPerRow));
    this.numbers = resized;
  }
}

/** What a row says of a step that may not have been reached: its number, or null for NaN. */
export function reachedAt(numbers: Float64Array, at: number): number | null {
  const number = numbers[at] ?? NaN;
  return Number.isNaN(number) ? null : number;
}
