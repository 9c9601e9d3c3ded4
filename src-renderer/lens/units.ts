/** The units a setting is written in, from the smallest up. The first one is the unit of the table. */
import type { Unit } from '@contract/settings';

export interface UnitStep {
  readonly suffix: string;
  readonly factor: number;
}

const KIB = 1_024;

export const UNIT_STEPS: Readonly<Record<Unit, readonly [UnitStep, ...UnitStep[]]>> = {
  ms: [
    { suffix: 'ms', factor: 1 },
    { suffix: 's', factor: 1_000 },
    { suffix: 'min', factor: 60_000 },
    { suffix: 'h', factor: 3_600_000 },
  ],
  bytes: [
    { suffix: 'B', factor: 1 },
    { suffix: 'KiB', factor: KIB },
    { suffix: 'MiB', factor: KIB ** 2 },
    { suffix: 'GiB', factor: KIB ** 3 },
  ],
  bytesPerSec: [
    { suffix: 'B/s', factor: 1 },
    { suffix: 'KiB/s', factor: KIB },
    { suffix: 'MiB/s', factor: KIB ** 2 },
    { suffix: 'GiB/s', factor: KIB ** 3 },
  ],
  count: [{ suffix: '', factor: 1 }],
  perSec: [{ suffix: '/s', factor: 1 }],
};

/** Minutes and hours are written only where seconds would have too many digits to read. */
const SECONDS_UP_TO_MS = 600_000;

/** The largest step in which the value has at most two decimals, so that nothing is hidden by rounding. */
export function unitFor(unit: Unit, value: number): UnitStep {
  const steps = UNIT_STEPS[unit];
  const exact = steps.findLast(({ suffix, factor }) => {
    if ((suffix === 'min' || suffix === 'h') && value < SECONDS_UP_TO_MS) return false;
    return value >= factor && Number.isInteger(Math.round(value * 100_000) / 1_000 / factor);
  });
  return exact ?? steps[0];
}
