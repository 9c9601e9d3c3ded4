/**
 * The highest value each guard has seen (for a minimum: the lowest), to set beside its limit. Guards go by number here:
 * a request shows values to ten of them, and looking each up by its name was to be felt.
 */
import { GUARD_NAMES, type GuardName } from '../contract/settings';

/** The number of each guard. */
export const GAUGES = Object.fromEntries(GUARD_NAMES.map((guard, number) => [guard, number])) as Readonly<
  Record<GuardName, number>
>;

/** A guard whose limit is a floor: the interesting value is the lowest one. */
const isFloor = (guard: GuardName): boolean => guard === 'minHeadBytesPerSec' || guard === 'minBodyBytesPerSec';

const IS_FLOOR = GUARD_NAMES.map(isFloor);

export class GuardGauges {
  /** NaN: nothing was seen. */
  readonly #extremes = new Float64Array(GUARD_NAMES.length).fill(NaN);

  /** `gauge`: of `GAUGES`. */
  see(gauge: number, value: number): void {
    const known = this.#extremes[gauge]!;
    // Neither is true of NaN.
    const isWithin = IS_FLOOR[gauge] === true ? value >= known : value <= known;
    if (!isWithin) this.#extremes[gauge] = value;
  }

  /** Null before the guard has seen anything. */
  extreme(guard: GuardName): number | null {
    const known = this.#extremes[GAUGES[guard]]!;
    return Number.isNaN(known) ? null : known;
  }
}
