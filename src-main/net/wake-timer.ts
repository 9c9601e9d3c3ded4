/**
 * The deadlines of all connections behind one timer of Node. Deadlines mostly move later (every byte moves some), so
 * a connection stays where it is in the queue when that happens, and is asked again when it comes to the front; it is
 * moved only for an earlier deadline. A timer for each connection would cost more memory than its whole session.
 */
export interface Sleeper {
  /** Its place in the queue, which is the queue's to set; -1 where it is not in it. */
  place: number;
  /** When it is woken; the queue's to set. */
  wakesAtMs: number;
  wake(): void;
}

/** The longest delay `setTimeout` takes; a deadline further away is asked for again then. */
const MAX_DELAY_MS = 2_147_483_647;

/** A heap: nobody wakes before the one in front. */
export class WakeTimer {
  readonly #queue: Sleeper[] = [];
  #timer: NodeJS.Timeout | null = null;
  #firesAtMs = Infinity;

  constructor(private readonly nowMs: () => number) {}

  /** It is woken at `atMs` or some time before it, never later; null: not before the time it is in the queue for. */
  set(sleeper: Sleeper, atMs: number | null): void {
    if (atMs === null || (sleeper.place !== -1 && atMs >= sleeper.wakesAtMs)) return;
    if (sleeper.place === -1) sleeper.place = this.#queue.push(sleeper) - 1;
    sleeper.wakesAtMs = atMs;
    this.#rise(sleeper);
    this.#arm();
  }

  clear(sleeper: Sleeper): void {
    const { place } = sleeper;
    if (place === -1) return;
    sleeper.place = -1;
    const last = this.#queue.pop();
    if (last === undefined || last === sleeper) return;
    this.#put(last, place);
    this.#rise(last);
    this.#sink(last);
  }

  /** An armed timer that fires too early finds nothing to do, and is armed again: cheaper than moving it each time. */
  #arm(): void {
    const atMs = this.#queue[0]?.wakesAtMs ?? Infinity;
    if (atMs >= this.#firesAtMs) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#firesAtMs = atMs;
    // Node runs a timer of 1.2 ms after 1 ms: round up, so that a deadline has passed when it fires.
    const delayMs = Math.min(MAX_DELAY_MS, Math.max(0, Math.ceil(atMs - this.nowMs())));
    // The connections keep the program running, not their deadlines.
    this.#timer = setTimeout(this.#fired, delayMs).unref();
  }

  readonly #fired = (): void => {
    this.#timer = null;
    this.#firesAtMs = Infinity;
    const atMs = this.nowMs();
    // Who asks at once to be woken again has its turn in the next round.
    for (let left = this.#queue.length; left > 0; left -= 1) {
      const first = this.#queue[0];
      if (first === undefined || first.wakesAtMs > atMs) break;
      this.clear(first);
      first.wake();
    }
    this.#arm();
  };

  #rise(sleeper: Sleeper): void {
    let { place } = sleeper;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = this.#queue[above];
      if (other === undefined || other.wakesAtMs <= sleeper.wakesAtMs) break;
      this.#put(other, place);
      place = above;
    }
    this.#put(sleeper, place);
  }

  #sink(sleeper: Sleeper): void {
    let { place } = sleeper;
    for (;;) {
      const below = this.#earlierOf(2 * place + 1, 2 * place + 2);
      if (below === undefined || below.wakesAtMs >= sleeper.wakesAtMs) break;
      const next = below.place;
      this.#put(below, place);
      place = next;
    }
    this.#put(sleeper, place);
  }

  #earlierOf(left: number, right: number): Sleeper | undefined {
    const one = this.#queue[left];
    const other = this.#queue[right];
    return one === undefined || other === undefined || one.wakesAtMs <= other.wakesAtMs ? one : other;
  }

  #put(sleeper: Sleeper, place: number): void {
    this.#queue[place] = sleeper;
    sleeper.place = place;
  }
}
