/**
 * The reads and writes of one connection as few bars. Neighbours of the same direction and phase that are close in
 * time merge; when there are more than may be, what counts as close doubles until half of them are left. So the
 * memory is fixed and the work per read is constant on average.
 */
import type { ConnectionPhase, TimelineBar } from '../contract/connections';
import type { Activity } from '../net/driver';

const FIRST_GAP_MS = 1;

type Bar = { -readonly [Key in keyof TimelineBar]: TimelineBar[Key] };

export class Timeline {
  #bars: Bar[] = [];
  #gapMs = FIRST_GAP_MS;

  get bars(): readonly TimelineBar[] {
    return this.#bars.map((bar) => ({ ...bar }));
  }

  add({ direction, bytes, atMs }: Activity, phase: ConnectionPhase, most: number): void {
    const bar: Bar = { direction, fromMs: atMs, toMs: atMs, bytes, count: 1, phase };
    const last = this.#bars.at(-1);
    if (last !== undefined && this.#isClose(last, bar)) return join(last, bar);
    this.#bars.push(bar);
    this.fit(most);
  }

  /** Brings the bars down where there are more than `most`. */
  fit(most: number): void {
    if (this.#bars.length > most) this.#compact(most / 2);
  }

  #isClose(earlier: Bar, later: Bar): boolean {
    return (
      earlier.direction === later.direction &&
      earlier.phase === later.phase &&
      later.fromMs - earlier.toMs < this.#gapMs
    );
  }

  /** Bars of alternating direction never merge as neighbours, so each direction is looked at on its own. */
  #compact(left: number): void {
    while (this.#bars.length > left) {
      this.#gapMs *= 2;
      const lastOf = new Map<string, Bar>();
      this.#bars = this.#bars.filter((bar) => {
        const last = lastOf.get(bar.direction);
        if (last !== undefined && bar.fromMs - last.toMs < this.#gapMs) {
          join(last, bar);
          return false;
        }
        lastOf.set(bar.direction, bar);
        return true;
      });
    }
  }
}

function join(bar: Bar, later: Bar): void {
  bar.toMs = later.toMs;
  bar.bytes += later.bytes;
  bar.count += later.count;
  bar.phase = later.phase;
}
