/** Which unit a value of a setting is shown in. */
import { UNIT_STEPS, type Unit, type UnitStep } from '@contract/units';

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
