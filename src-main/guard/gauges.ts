/** The highest value each guard has seen (for a minimum: the lowest), to set beside its limit. */
import type { GuardName } from '../contract/settings';

/** A guard whose limit is a floor: the interesting value is the lowest one. */
const isFloor = (guard: GuardName): boolean => guard === 'minHeadBytesPerSec' || guard === 'minBodyBytesPerSec';

export class GuardGauges {
  readonly #extremes = new Map<GuardName, number>();

  see(guard: GuardName, value: number): void {
    const known = this.#extremes.get(guard);
    if (known === undefined || (isFloor(guard) ? value < known : value > known)) this.#extremes.set(guard, value);
  }

  /** Null before the guard has seen anything. */
  extreme(guard: GuardName): number | null {
    return this.#extremes.get(guard) ?? null;
  }
}
