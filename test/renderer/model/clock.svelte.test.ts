import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Clock } from '../../../src-renderer/model/clock.svelte';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['requestAnimationFrame', 'cancelAnimationFrame', 'Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('ticks about ten times a second while an effect reads it, and stops after it', () => {
  const clock = new Clock();
  let runs = 0;
  const stop = $effect.root(() => {
    $effect(() => {
      runs = clock.nowMs > 0 ? runs + 1 : runs;
    });
  });
  flushSync();
  for (let frame = 0; frame < 60; frame++) {
    vi.advanceTimersByTime(17);
    flushSync();
  }
  expect(runs).toBeGreaterThan(5);
  expect(runs).toBeLessThan(14);
  stop();
  const after = runs;
  vi.advanceTimersByTime(1_000);
  flushSync();
  expect(runs).toBe(after);
});

test('tells the time of the engine, not of the page', () => {
  const clock = new Clock();
  clock.align(Date.now() + 60_000);
  expect(clock.peekMs() - Date.now()).toBeCloseTo(60_000, -1);
});
