import { expect, it } from 'vitest';
import { GAUGES, GuardGauges } from '../../src-main/guard/gauges';

it('keeps the highest value a guard has seen', () => {
  const gauges = new GuardGauges();
  for (const bytes of [10, 700, 30]) gauges.see(GAUGES.maxHeadBytes, bytes);
  expect(gauges.extreme('maxHeadBytes')).toBe(700);
});

it('keeps the lowest value of a minimum', () => {
  const gauges = new GuardGauges();
  for (const rate of [500, 20, 90]) gauges.see(GAUGES.minBodyBytesPerSec, rate);
  expect(gauges.extreme('minBodyBytesPerSec')).toBe(20);
});

it('has nothing before the first value', () => {
  expect(new GuardGauges().extreme('maxBodyBytes')).toBeNull();
});
