import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { SLICE_MS, TrafficWindow } from '../../src-main/guard/latency';

const WINDOW_MS = 4 * SLICE_MS;

/** The time that a share of them does not exceed. */
const quantileOf = (times: readonly number[], quantile: number): number =>
  times.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(times.length * quantile)) - 1] ?? Number.NaN;

describe('a quantile', () => {
  it('is not known without replies', () => {
    const traffic = new TrafficWindow();
    traffic.countRequest(0);
    expect(traffic.quantileMs(0.5, 0)).toBeNull();
  });

  test.prop([
    fc.array(fc.double({ min: 0, max: 2_000_000, noNaN: true }), { minLength: 1, maxLength: 200 }),
    fc.constantFrom(0, 0.5, 0.95, 1),
  ])('is within 1/32 of the true one, or 1/64 ms', (times, quantile) => {
    const traffic = new TrafficWindow();
    for (const waitMs of times) traffic.countReply(waitMs, 0);
    const expected = quantileOf(times, quantile);
    const measured = traffic.quantileMs(quantile, 0) ?? Number.NaN;
    expect(Math.abs(measured - expected)).toBeLessThanOrEqual(Math.max(expected / 32, 1 / 64) + 1e-9);
  });

  it('takes a time without end for 35 min, and one below 0 for 0', () => {
    const traffic = new TrafficWindow();
    traffic.countReply(Number.POSITIVE_INFINITY, 0);
    traffic.countReply(-5, 0);
    expect(traffic.quantileMs(1, 0)).toBeGreaterThan(30 * 60_000);
    expect(traffic.quantileMs(0.5, 0)).toBeLessThan(1 / 64);
  });
});

describe('the window', () => {
  test.prop([fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 60 })])(
    'holds the requests of the last minute, by slices of 15 s',
    (waits) => {
      const traffic = new TrafficWindow();
      const sentAtMs: number[] = [];
      let nowMs = 0;
      for (const waitMs of waits) {
        nowMs += waitMs;
        traffic.countRequest(nowMs);
        traffic.countReply(1, nowMs);
        sentAtMs.push(nowMs);
        const first = (Math.floor(nowMs / SLICE_MS) - 3) * SLICE_MS;
        expect(traffic.requests(nowMs)).toBe(sentAtMs.filter((atMs) => atMs >= first).length);
      }
    },
  );

  it('forgets times with the slice they came in', () => {
    const traffic = new TrafficWindow();
    traffic.countReply(1_000, 0);
    traffic.countReply(1, SLICE_MS);
    expect(traffic.quantileMs(1, WINDOW_MS - 1)).toBeGreaterThan(900);
    expect(traffic.quantileMs(1, WINDOW_MS)).toBeLessThan(2);
    expect([traffic.quantileMs(1, WINDOW_MS + SLICE_MS), traffic.requests(WINDOW_MS * 10)]).toEqual([null, 0]);
  });

  it('fills a slice anew from nothing', () => {
    const traffic = new TrafficWindow();
    traffic.countReply(1, 0);
    traffic.countReply(1_000, WINDOW_MS);
    expect(traffic.quantileMs(0.5, WINDOW_MS)).toBeGreaterThan(900);
  });

  it('stays where it is when the clock goes back', () => {
    const traffic = new TrafficWindow();
    traffic.countRequest(100 * SLICE_MS);
    traffic.countRequest(98 * SLICE_MS);
    expect(traffic.requests(100 * SLICE_MS)).toBe(2);
  });
});
