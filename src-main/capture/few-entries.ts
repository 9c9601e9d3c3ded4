/**
 * The index of a direction with few packets: plain numbers, three an entry, after the count of them. A typed array
 * costs more than the entries it would hold, and most connections never have more.
 */
import type { IndexEntries } from './index-entries';

/** Offset in the stream, position in the journal (and a half, where it continues the entry before), time. */
const NUMBERS = 3;
const OFFSET = 1;
const POSITION = 2;
const TIME = 3;
/** Positions are whole numbers below 2^52: a half more is kept exactly. */
const CONTINUES = 0.5;

export const NO_ENTRIES: number[] = [];

export const countOf = (numbers: readonly number[]): number => numbers[0] ?? 0;

/** The numbers with one more entry: the same array if it has room, else one with twice the room. */
export function withEntry(
  numbers: number[],
  offset: number,
  position: number,
  micros: number,
  continues: boolean,
): number[] {
  const count = countOf(numbers);
  const at = count * NUMBERS;
  const roomy = at + TIME < numbers.length ? numbers : withRoom(numbers, Math.max(1, count * 2));
  roomy[0] = count + 1;
  roomy[at + OFFSET] = offset;
  roomy[at + POSITION] = continues ? position + CONTINUES : position;
  roomy[at + TIME] = micros;
  return roomy;
}

function withRoom(numbers: readonly number[], capacity: number): number[] {
  // Made of a number with a fraction, so that V8 keeps plain doubles.
  const roomy = Array<number>(1 + capacity * NUMBERS).fill(0.5);
  for (let at = 0; at < numbers.length; at += 1) roomy[at] = numbers[at] ?? 0;
  return roomy;
}

/** Those numbers, to be read as entries. */
export class FewEntries implements IndexEntries {
  readonly first = 0;
  readonly after: number;

  constructor(private readonly numbers: readonly number[]) {
    this.after = countOf(numbers);
  }

  offset(entry: number): number {
    return this.#number(entry, OFFSET);
  }

  position(entry: number): number {
    return Math.floor(this.#number(entry, POSITION));
  }

  continues(entry: number): boolean {
    return this.#number(entry, POSITION) !== this.position(entry);
  }

  micros(entry: number): number {
    return this.#number(entry, TIME);
  }

  #number(entry: number, which: number): number {
    return this.numbers[entry * NUMBERS + which] ?? 0;
  }
}
