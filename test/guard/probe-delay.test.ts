import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { firstProbeDelayMs, nextProbeDelayMs } from '../../src-main/guard/probe-delay';
import { upstreamConfig } from '../support/upstreams';

const check = (more: object = {}) => {
  const { healthCheck } = upstreamConfig([1], { healthCheck: { intervalMs: 5_000, jitterShare: 0.2, ...more } });
  if (healthCheck === null) throw new Error('the check is off');
  return healthCheck;
};

describe('the next check', () => {
  it.each([
    [0, 4_000],
    [0.5, 5_000],
    [0.75, 5_500],
  ])('with the random number %d comes after %d ms', (random, delayMs) => {
    expect(nextProbeDelayMs(check(), () => random)).toBe(delayMs);
  });

  it('comes on time without jitter', () => {
    expect(nextProbeDelayMs(check({ jitterShare: 0 }), () => 0.9)).toBe(5_000);
  });

  test.prop([fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })])(
    'comes first within an interval',
    (random) => {
      const delayMs = firstProbeDelayMs(check(), () => random);
      expect(delayMs >= 0 && delayMs < 5_000).toBe(true);
    },
  );
});
