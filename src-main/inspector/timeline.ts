/**
 * The reads and writes of one connection as few bars. Neighbours of the same direction and phase that are close in
 * time merge; when there are more than may be, what counts as close doubles until half of them are left, and from
 * then on bars of one direction merge over those of the other. So the memory is fixed, the work per read is constant
 * on average, and a busy connection soon makes few bars.
 *
 * The bars are packed as plain numbers: as objects the two of an idle connection would take half as much again, and
 * every time that moves would be made anew.
 */
import type { ConnectionPhase, Direction, TimelineBar } from '../contract/connections';
import type { Activity } from '../net/activity';

const FIRST_GAP_MS = 1;

/** What a bar is made of, in this order: times, bytes, number of reads or writes, and the code of its kind. */
const FROM = 0;
const TO = 1;
const BYTES = 2;
const COUNT = 3;
const KIND = 4;
const NUMBERS_PER_BAR = 5;

/** By place: a phase and a direction are one number. */
const PHASE_CODES: Readonly<Record<ConnectionPhase, number>> = {
  idle: 0,
  'start-line': 1,
  headers: 2,
  'body-length': 3,
  'chunk-size': 4,
  'chunk-data': 5,
  trailers: 6,
  'body-until-close': 7,
  complete: 8,
  fault: 9,
  delayed: 10,
  replying: 11,
  lingering: 12,
  closed: 13,
  connecting: 14,
  securing: 15,
  sending: 16,
  waiting: 17,
  receiving: 18,
  tunnel: 19,
  greeting: 20,
};
const PHASES = Object.keys(PHASE_CODES) as ConnectionPhase[];
const DIRECTIONS: readonly Direction[] = ['in', 'out'];

const kindOf = (direction: Direction, phase: ConnectionPhase): number =>
  PHASE_CODES[phase] * DIRECTIONS.length + (direction === 'in' ? 0 : 1);

const NO_BARS: number[] = [];
const NONE = -1;

export class Timeline {
  #numbers = NO_BARS;
  #count = 0;
  /** The last bar of each direction. */
  #lastIn = NONE;
  #lastOut = NONE;
  #gapMs = FIRST_GAP_MS;

  get bars(): readonly TimelineBar[] {
    return Array.from({ length: this.#count }, (_, bar) => this.#unpack(bar));
  }

  add({ direction, bytes, atMs }: Activity, phase: ConnectionPhase, most: number): void {
    const kind = kindOf(direction, phase);
    const last = direction === 'in' ? this.#lastIn : this.#lastOut;
    if (last !== NONE && this.#takesIn(last, atMs, kind)) return this.#extend(last, atMs, bytes, 1, kind);
    this.#makeRoom();
    this.#append(atMs, atMs, bytes, 1, kind);
    this.fit(most);
  }

  /** Brings the bars down where there are more than `most`. */
  fit(most: number): void {
    if (this.#count > most) this.#compact(most / 2);
  }

  #unpack(bar: number): TimelineBar {
    const number = (index: number): number => this.#numbers[bar * NUMBERS_PER_BAR + index] ?? 0;
    const kind = number(KIND);
    return {
      direction: DIRECTIONS[kind % DIRECTIONS.length] ?? 'in',
      fromMs: number(FROM),
      toMs: number(TO),
      bytes: number(BYTES),
      count: number(COUNT),
      phase: PHASES[Math.floor(kind / DIRECTIONS.length)] ?? 'closed',
    };
  }

  /** Until bars were merged over others, only the very last one goes on, and only in its phase. */
  #takesIn(bar: number, atMs: number, kind: number): boolean {
    const at = bar * NUMBERS_PER_BAR;
    if (atMs - this.#numbers[at + TO]! >= this.#gapMs) return false;
    return this.#gapMs > FIRST_GAP_MS || (bar === this.#count - 1 && this.#numbers[at + KIND] === kind);
  }

  #extend(bar: number, toMs: number, bytes: number, count: number, kind: number): void {
    const numbers = this.#numbers;
    const at = bar * NUMBERS_PER_BAR;
    numbers[at + TO] = toMs;
    numbers[at + BYTES]! += bytes;
    numbers[at + COUNT]! += count;
    numbers[at + KIND] = kind;
  }

  /** There is room for it. */
  #append(fromMs: number, toMs: number, bytes: number, count: number, kind: number): void {
    const numbers = this.#numbers;
    const at = this.#count * NUMBERS_PER_BAR;
    numbers[at + FROM] = fromMs;
    numbers[at + TO] = toMs;
    numbers[at + BYTES] = bytes;
    numbers[at + COUNT] = count;
    numbers[at + KIND] = kind;
    if (kind % DIRECTIONS.length === 0) this.#lastIn = this.#count;
    else this.#lastOut = this.#count;
    this.#count += 1;
  }

  /**
   * Bars of alternating direction never merge as neighbours, so each direction is looked at on its own. What is left
   * of a bar never lies behind the bar itself: all of them move within their array.
   */
  #compact(left: number): void {
    while (this.#count > left) {
      this.#gapMs *= 2;
      const count = this.#count;
      this.#count = 0;
      this.#lastIn = this.#lastOut = NONE;
      for (let bar = 0; bar < count; bar += 1) this.#takeAgain(bar);
    }
    // A connection that is kept while many others come has to give its memory back.
    if (this.#count * NUMBERS_PER_BAR * 4 <= this.#numbers.length) this.#resize(this.#count * 2);
  }

  #takeAgain(bar: number): void {
    const numbers = this.#numbers;
    const at = bar * NUMBERS_PER_BAR;
    const kind = numbers[at + KIND]!;
    const last = kind % DIRECTIONS.length === 0 ? this.#lastIn : this.#lastOut;
    const [fromMs, toMs, bytes, count] = [numbers[at]!, numbers[at + TO]!, numbers[at + BYTES]!, numbers[at + COUNT]!];
    const isClose = last !== NONE && fromMs - numbers[last * NUMBERS_PER_BAR + TO]! < this.#gapMs;
    if (isClose) this.#extend(last, toMs, bytes, count, kind);
    else this.#append(fromMs, toMs, bytes, count, kind);
  }

  #makeRoom(): void {
    if (this.#count * NUMBERS_PER_BAR === this.#numbers.length) this.#resize(Math.max(1, this.#count * 2));
  }

  /** Made of a number with a fraction, so that V8 keeps plain doubles. */
  #resize(capacity: number): void {
    const resized = Array<number>(capacity * NUMBERS_PER_BAR).fill(0.5);
    for (let at = 0; at < this.#count * NUMBERS_PER_BAR; at += 1) resized[at] = this.#numbers[at]!;
    this.#numbers = resized;
  }
}
