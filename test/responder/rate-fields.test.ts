import { describe, expect, it } from 'vitest';
import { rateFields, type BucketReading, type RateFieldStyle } from '../../src-main/responder/rate-fields';

const AT_MS = Date.UTC(2024, 0, 2, 3, 4, 5, 600);

const reading = (more: Partial<BucketReading> = {}): BucketReading => ({
  allowed: true,
  capacity: 100,
  refillPerSec: 50,
  level: 49.5,
  retryAfterMs: 0,
  atMs: AT_MS,
  ...more,
});
const refused = (more: Partial<BucketReading> = {}) =>
  reading({ allowed: false, level: 0.2, refillPerSec: 0.25, retryAfterMs: 3_200, ...more });

const fields = (of: BucketReading, style: RateFieldStyle = 'current') => Object.fromEntries(rateFields(of, style));

describe('rateFields', () => {
  it('tell capacity, window, what is left and when it is full again, in the style asked for', () => {
    expect(fields(reading())).toEqual({
      'RateLimit-Policy': '"default";q=100;w=2',
      RateLimit: '"default";r=49;t=2',
    });
    expect(fields(reading(), 'draft-07')).toEqual({
      'RateLimit-Policy': '100;w=2',
      RateLimit: 'limit=100, remaining=49, reset=2',
    });
    expect(fields(reading(), 'draft-03')).toEqual({
      'RateLimit-Limit': '100',
      'RateLimit-Remaining': '49',
      'RateLimit-Reset': '2',
    });
  });

  it('tell the reset of X-RateLimit as a time by the clock', () => {
    expect(fields(reading(), 'x-ratelimit')).toEqual({
      'X-RateLimit-Limit': '100',
      'X-RateLimit-Remaining': '49',
      // 5.6 s past the minute, full 1.01 s later.
      'X-RateLimit-Reset': String(Date.UTC(2024, 0, 2, 3, 4, 7) / 1000),
    });
  });

  it('say of a refusal by Envoy that it was the rate limit, and of what passed nothing', () => {
    expect(fields(refused(), 'envoy')).toEqual({ 'x-envoy-ratelimited': 'true' });
    expect(fields(reading(), 'envoy')).toEqual({});
  });

  it('are none where nothing is to be said, not even when to come back', () => {
    expect([fields(refused(), 'none'), fields(reading(), 'none')]).toEqual([{}, {}]);
  });

  it.each(['current', 'draft-07', 'draft-03', 'x-ratelimit'] as const)(
    'tell a refused client when to come back, in whole seconds (%s)',
    (style) => {
      const retryAfter = (retryAfterMs: number) => fields(refused({ retryAfterMs }), style)['Retry-After'];
      expect([1, 1_000, 1_001].map(retryAfter)).toEqual(['1', '1', '2']);
    },
  );

  it('name the moment of Retry-After on a refusal', () => {
    expect(fields(refused())['RateLimit']).toBe('"default";r=0;t=4');
    expect(fields(refused(), 'draft-07')['RateLimit']).toBe('limit=100, remaining=0, reset=4');
    expect(fields(refused(), 'draft-03')['RateLimit-Reset']).toBe('4');
  });

  it('promise no moment to a request that will never be let in', () => {
    expect(fields(refused({ retryAfterMs: null, level: 100 }))).toEqual({
      'RateLimit-Policy': '"default";q=100;w=400',
      RateLimit: '"default";r=100;t=1',
    });
  });

  it('round the window up to a whole second', () => {
    expect(fields(reading({ capacity: 1, level: 1 }))['RateLimit-Policy']).toBe('"default";q=1;w=1');
  });

  it('are the very same where they say the same, and others where one number differs', () => {
    const first = rateFields(reading(), 'current');
    expect(rateFields(reading({ level: 49.6 }), 'current')).toBe(first);
    const others = [{ level: 48.5 }, { capacity: 99 }, { refillPerSec: 40 }, { allowed: false, retryAfterMs: 900 }];
    for (const other of others) {
      expect(rateFields(reading(other), 'current')).not.toEqual(first);
      expect(rateFields(reading(), 'current')).toEqual(first);
    }
  });
});
