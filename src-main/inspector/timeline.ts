/**
 * The reads and writes of one connection as few bars. Neighbours of the same direction and phase that are close in
 * time merge; when there are more than may be, what counts as close doubles until half of them are left, and from
 * then on bars of one direction merge over those of the other. So the memory is fixed, the work per read is constant
 * on average, and a busy connection soon makes few bars.
 */
import type { ConnectionPhase, Direction, TimelineBar } from '../contract/connections';
import type { Activity } from '../net/driver';

const FIRST_GAP_MS = 1;

type Bar = { -readonly [Key in keyof TimelineBar]: TimelineBar[Key] } & { next: Bar | null };

/** The bars are linked: an array with room to grow would take more than the few bars of most connections. */
export class Timeline {
  #first: Bar | null = null;
  #last: Bar | null = null;
  #lastIn: Bar | null = null;
  #lastOut: Bar | null = null;
  #count = 0;
  #gapMs = FIRST_GAP_MS;

  get bars(): readonly TimelineBar[] {
    const bars: TimelineBar[] = [];
    for (let bar = this.#first; bar !== null; bar = bar.next) {
      const { direction, fromMs, toMs, bytes, count, phase } = bar;
      bars.push({ direction, fromMs, toMs, bytes, count, phase });
    }
    return bars;
  }

  add({ direction, bytes, atMs }: Activity, phase: ConnectionPhase, most: number): void {
    const last = this.#lastOf(direction);
    if (last !== null && this.#takesIn(last, atMs, phase)) {
      last.toMs = atMs;
      last.bytes += bytes;
      last.count += 1;
      last.phase = phase;
      return;
    }
    this.#append({ direction, fromMs: atMs, toMs: atMs, bytes, count: 1, phase, next: null });
    this.fit(most);
  }

  /** Brings the bars down where there are more than `most`. */
  fit(most: number): void {
    if (this.#count > most) this.#compact(most / 2);
  }

  #lastOf(direction: Direction): Bar | null {
    return direction === 'in' ? this.#lastIn : this.#lastOut;
  }

  #append(bar: Bar): void {
    if (this.#last === null) this.#first = bar;
    else this.#last.next = bar;
    this.#last = bar;
    if (bar.direction === 'in') this.#lastIn = bar;
    else this.#lastOut = bar;
    this.#count += 1;
  }

  /** Until bars were merged over others, only the very last one goes on, and only in its phase. */
  #takesIn(last: Bar, atMs: number, phase: ConnectionPhase): boolean {
    if (atMs - last.toMs >= this.#gapMs) return false;
    return this.#gapMs > FIRST_GAP_MS || (last.phase === phase && last === this.#last);
  }

  /** Bars of alternating direction never merge as neighbours, so each direction is looked at on its own. */
  #compact(left: number): void {
    while (this.#count > left) {
      this.#gapMs *= 2;
      let bar = this.#first;
      this.#first = this.#last = this.#lastIn = this.#lastOut = null;
      this.#count = 0;
      while (bar !== null) {
        const { next } = bar;
        const last = this.#lastOf(bar.direction);
        bar.next = null;
        if (last !== null && bar.fromMs - last.toMs < this.#gapMs) join(last, bar);
        else this.#append(bar);
        bar = next;
      }
    }
  }
}

function join(bar: Bar, later: Bar): void {
  bar.toMs = later.toMs;
  bar.bytes += later.bytes;
  bar.count += later.count;
  bar.phase = later.phase;
}
