/**
 * The wait of one request for its turn to leak out of the bucket. The client is not read from meanwhile, so nothing
 * piles up: what it sent before reading stopped, one read at most, is kept for afterwards.
 *
 * The wait follows the settings: another leak rate shortens or lengthens what is left of it, and where requests are
 * not delayed any more it is over.
 */
import type { Settings } from '../contract/settings';

/** May a request have to wait under these settings? */
export const mayDelay = ({ rateModel, bucketCapacity }: Settings): boolean =>
  rateModel === 'leaky' && bucketCapacity !== null;

export class Delay {
  #untilMs: number;
  #leakPerSec: number;

  constructor(nowMs: number, delayMs: number, { bucketRefillPerSec }: Settings) {
    this.#untilMs = nowMs + delayMs;
    this.#leakPerSec = bucketRefillPerSec;
  }

  get untilMs(): number {
    return this.#untilMs;
  }

  settingsChanged(settings: Settings, nowMs: number): 'over' | 'waiting' {
    if (!mayDelay(settings)) return 'over';
    const { bucketRefillPerSec } = settings;
    this.#untilMs = nowMs + ((this.#untilMs - nowMs) * this.#leakPerSec) / bucketRefillPerSec;
    this.#leakPerSec = bucketRefillPerSec;
    return this.#untilMs <= nowMs ? 'over' : 'waiting';
  }
}
