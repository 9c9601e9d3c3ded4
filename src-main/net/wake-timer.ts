/**
 * One timer for one connection. Deadlines mostly move later (every byte moves some), so the timer is left where it
 * is when that happens, and asks again when it fires; it is set anew only for an earlier deadline.
 */
export class WakeTimer {
  #timer: NodeJS.Timeout | null = null;
  #firesAtMs = Infinity;

  constructor(
    private readonly nowMs: () => number,
    private readonly wake: () => void,
  ) {}

  /** `wake` is called at `atMs` or some time before it, never later; null: not at all. */
  set(atMs: number | null): void {
    if (atMs === null || atMs >= this.#firesAtMs) return;
    this.clear();
    this.#firesAtMs = atMs;
    // Node runs a timer of 1.2 ms after 1 ms: round up, so that a deadline has passed when it fires.
    const delayMs = Math.min(MAX_DELAY_MS, Math.max(0, Math.ceil(atMs - this.nowMs())));
    this.#timer = setTimeout(this.#fired, delayMs);
  }

  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#firesAtMs = Infinity;
  }

  readonly #fired = (): void => {
    this.#timer = null;
    this.#firesAtMs = Infinity;
    this.wake();
  };
}

/** The longest delay `setTimeout` takes; a deadline further away is asked for again then. */
const MAX_DELAY_MS = 2_147_483_647;
