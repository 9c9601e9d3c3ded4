/** Where a value stands on a logarithmic slider, and which round value a place of the slider means. */
import type { NumberSetting } from '@contract/setting-entry';
import { UNIT_STEPS, type Unit } from '@contract/units';
import { unitFor } from './units';

type Scale = Pick<NumberSetting, 'slider' | 'unit' | 'fractional' | 'min' | 'max'>;

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** 0 at the left end, 1 at the right; values beyond the ends stand at them. */
export function sliderPosition({ slider: [from, to] }: Scale, value: number): number {
  return value <= 0 ? 0 : clamp(Math.log(value / from) / Math.log(to / from), 0, 1);
}

/** Two digits are as many as a hand can mean; byte sizes are kept to quarters of their unit. */
function rounded(unit: Unit, value: number): number {
  const steps = UNIT_STEPS[unit];
  const { factor } =
    unit === 'ms' && value < 600_000 && value >= 1_000
      ? { factor: 1_000 }
      : (steps.findLast((step) => value >= step.factor) ?? unitFor(unit, value));
  const number = value / factor;
  const isBinary = factor > 1 && unit !== 'ms';
  if (isBinary && number < 10) return (Math.round(number * 4) / 4) * factor;
  const grain = 10 ** (Math.floor(Math.log10(number)) - 1);
  // Divided where the grain is a fraction: 3 × 0.1 is not 0.3.
  return (
    (grain < 1
      ? Math.round(number * Math.round(1 / grain)) / Math.round(1 / grain)
      : Math.round(number / grain) * grain) * factor
  );
}

export function sliderValue(scale: Scale, position: number): number {
  const [from, to] = scale.slider;
  if (position <= 0) return from;
  if (position >= 1) return to;
  const value = rounded(scale.unit, from * (to / from) ** position);
  return clamp(scale.fractional ? value : Math.round(value), from, to);
}

const FINE = 1 / 200;
export const COARSE_STEPS = 10;

/** The next round value in a direction; `steps` of ten or so jump. Stays inside the slider. */
export function stepValue(scale: Scale, value: number, direction: 1 | -1, steps = 1): number {
  const start = sliderPosition(scale, value);
  for (let place = start + direction * FINE * steps; ; place += direction * FINE) {
    const next = sliderValue(scale, place);
    if (direction > 0 ? next > value : next < value) return next;
    if (place <= 0 || place >= 1) return direction > 0 ? Math.max(next, value) : Math.min(next, value);
  }
}
