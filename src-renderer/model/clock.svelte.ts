import { createSubscriber } from 'svelte/reactivity';

/** Countdowns show tenths of a second, so more ticks would show nothing new. */
const TICK_MS = 100;

/** The engine's clock as the page sees it. Ticks only while something on screen reads it and the page is visible. */
export class Clock {
  #offsetMs = 0;
  readonly #subscribe: () => void;

  constructor() {
    this.#subscribe = createSubscriber((update) => {
      let last = 0;
      let frame = requestAnimationFrame(function tick(now) {
        if (now - last >= TICK_MS) {
          last = now;
          update();
        }
        frame = requestAnimationFrame(tick);
      });
      return () => cancelAnimationFrame(frame);
    });
  }

  /** Relates the page's clock to the engine's. */
  align(engineNowMs: number): void {
    this.#offsetMs = engineNowMs - Date.now();
  }

  /** Engine time in epoch ms; where an effect reads it, it runs again ten times a second. */
  get nowMs(): number {
    this.#subscribe();
    return Date.now() + this.#offsetMs;
  }

  /** Engine time in epoch ms, once, without ticking. */
  peekMs(): number {
    return Date.now() + this.#offsetMs;
  }
}
