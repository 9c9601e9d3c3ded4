/** Sends values one at a time, no faster than the interval, and always the last one. */
export class Throttle<Value> {
  readonly #intervalMs: number;
  readonly #send: (value: Value) => Promise<void>;
  #next: { readonly value: Value } | null = null;
  #busy = false;

  constructor(intervalMs: number, send: (value: Value) => Promise<void>) {
    this.#intervalMs = intervalMs;
    this.#send = send;
  }

  push(value: Value): void {
    this.#next = { value };
    if (!this.#busy) void this.#run();
  }

  /** Waits for the answer as well as for the interval: a slow engine is not sent a queue. */
  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#next !== null) {
      const { value } = this.#next;
      this.#next = null;
      await Promise.all([this.#send(value), new Promise((resolve) => setTimeout(resolve, this.#intervalMs))]);
    }
    this.#busy = false;
  }
}
