import { afterEach, expect, it, vi } from 'vitest';
import { nowMs } from '../../src-main/net/clock';

afterEach(() => vi.restoreAllMocks());

it('tells the time of day', () => {
  expect(Math.abs(nowMs() - Date.now())).toBeLessThan(1_001);
});

it('catches up with the wall clock after the machine has slept, and stays there', () => {
  const before = nowMs();
  const hourLater = Date.now() + 3_600_000;
  vi.spyOn(Date, 'now').mockReturnValue(hourLater);
  expect(nowMs()).toBeGreaterThanOrEqual(hourLater);
  vi.restoreAllMocks();
  expect(nowMs()).toBeGreaterThan(before + 3_599_000);
});

it('does not go back with the wall clock', () => {
  const before = nowMs();
  vi.spyOn(Date, 'now').mockReturnValue(0);
  expect(nowMs()).toBeGreaterThanOrEqual(before);
});
