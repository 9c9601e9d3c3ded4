/**
 * The reads and writes of one connection as few bars. Neighbours of the same direction and phase that are close in
 * time merge; when there are more than may be, what counts as close doubles until half of them are left, and from
 * then on bars of one direction merge over those of the other. So the memory is fixed, the work per read is constant
 * on average, and a busy connection soon makes few bars.
 */
import type { ConnectionPhase, Direction, TimelineBar } from '../contract/connections';
import type { Activity } from '../net/driver';

const FIRST_GAP_MS = 1;

type Bar = { -readonly [Key in keyof TimelineBar]: TimelineBar[Key] };

export class Timeline {
  #bars: Bar[] = [];
  #gapMs = FIRST_GAP_MS;
  #lastOf: Record<Direction, Bar | null> = { in: null, out: null };

  get bars(): readonly TimelineBar[] {
    return this.#bars.map((bar) => ({ ...bar }));
  }

  add({ direction, bytes, atMs }: Activity, phase: ConnectionPhase, most: number): void {
    const last = this.#lastOf[direction];
    if (last !== null && this.#takesIn(last, atMs, phase)) {
      last.toMs = atMs;
      last.bytes += bytes;
      last.count += 1;
      last.phase = phase;
      return;
    }
    const bar: Bar = { direction, fromMs: atMs, toMs: atMs, bytes, count: 1, phase };
    this.#lastOf[direction] = bar;
    this.#bars.push(bar);
    this.fit(most);
  }

  /** Brings the bars down where there are more than `most`. */
  fit(most: number): void {
    if (this.#bars.length > most) this.#compact(most / 2);
  }

  /** Until bars were merged over others, only the very last one goes on, and only in its phase. */
  #takesIn(last: Bar, atMs: number, phase: ConnectionPhase): boolean {
    if (atMs - last.toMs >= this.#gapMs) return false;
    return this.#gapMs > FIRST_GAP_MS || (last.phase === phase && last === this.#bars.at(-1));
  }

  /** Bars of alternating direction never merge as neighbours, so each direction is looked at on its own. */
  #compact(left: number): void {
    while (this.#bars.length > left) {
      this.#gapMs *= 2;
      const lastOf: Record<Direction, Bar | null> = { in: null, out: null };
      this.#bars = this.#bars.filter((bar) => {
        const last = lastOf[bar.direction];
        if (last !== null && bar.fromMs - last.toMs < this.#gapMs) {
          join(last, bar);
          return false;
        }
        lastOf[bar.direction] = bar;
        return true;
      });
      this.#lastOf = lastOf;
    }
  }
}

function join(bar: Bar, later: Bar): void {
  bar.toMs = later.toMs;
  bar.bytes += later.bytes;
  bar.count += later.count;
  bar.phase = later.phase;
}
