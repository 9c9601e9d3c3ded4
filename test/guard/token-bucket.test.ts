import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../src-main/contract/settings';
import { MAX_BUCKETS, TokenBuckets } from '../../src-main/guard/token-bucket';

const settings = (bucketCapacity: number | null, bucketRefillPerSec: number): Settings => ({
  ...DEFAULT_SETTINGS,
  bucketCapacity,
  bucketRefillPerSec,
});

function drain(buckets: TokenBuckets, policy: Settings, tokens: number, nowMs = 0): void {
  for (let taken = 0; taken < tokens; taken += 1) buckets.take('a', policy, nowMs);
}

describe('TokenBuckets', () => {
  it('allows as many requests at once as the bucket holds, and not one more', () => {
    const buckets = new TokenBuckets();
    const allowed = Array.from({ length: 4 }, () => buckets.take('a', settings(3, 1), 0)?.allowed);
    expect(allowed).toEqual([true, true, true, false]);
  });

  it('says how long until one whole token is there', () => {
    const buckets = new TokenBuckets();
    drain(buckets, settings(1, 4), 1);
    expect(buckets.take('a', settings(1, 4), 100)?.retryAfterMs).toBeCloseTo(150);
  });

  it('takes nothing from an empty bucket when it refuses', () => {
    const buckets = new TokenBuckets();
    drain(buckets, settings(1, 1), 1);
    buckets.take('a', settings(1, 1), 500);
    expect(buckets.take('a', settings(1, 1), 1_000)?.allowed).toBe(true);
  });

  it('refills with the time that passed, never above the capacity', () => {
    const buckets = new TokenBuckets();
    drain(buckets, settings(10, 2), 10);
    expect(buckets.level('a', settings(10, 2), 1_500)).toBeCloseTo(3);
    expect(buckets.level('a', settings(10, 2), 60_000)).toBe(10);
  });

  it('does not take a token when the level is read', () => {
    const buckets = new TokenBuckets();
    buckets.take('a', settings(10, 1), 0);
    buckets.level('a', settings(10, 1), 0);
    expect(buckets.level('a', settings(10, 1), 0)).toBe(9);
  });

  it('keeps clients apart', () => {
    const buckets = new TokenBuckets();
    drain(buckets, settings(1, 1), 1);
    expect(buckets.take('b', settings(1, 1), 0)?.allowed).toBe(true);
  });

  it('cuts a level down to a capacity that was lowered', () => {
    const buckets = new TokenBuckets();
    buckets.take('a', settings(100, 1), 0);
    expect(buckets.level('a', settings(5, 1), 0)).toBe(5);
  });

  it('gives no verdict while the rate limit is off', () => {
    expect(new TokenBuckets().take('a', settings(null, 1), 0)).toBeNull();
  });

  it('does not refill when the clock goes back', () => {
    const buckets = new TokenBuckets();
    drain(buckets, settings(2, 1), 2, 10_000);
    expect(buckets.level('a', settings(2, 1), 5_000)).toBe(0);
  });

  it('never holds more than its bound', () => {
    const buckets = new TokenBuckets();
    for (let client = 0; client < MAX_BUCKETS + 10; client += 1) buckets.take(`c${client}`, settings(5, 1), 0);
    expect(buckets.size).toBe(MAX_BUCKETS);
  });

  it('drops a bucket that is full again before one that is not', () => {
    const buckets = new TokenBuckets();
    const policy = settings(5, 1);
    drain(buckets, policy, 5);
    for (let client = 1; client < MAX_BUCKETS; client += 1) buckets.take(`c${client}`, policy, 0);
    buckets.take('newcomer', policy, 2_000);
    expect(buckets.level('a', policy, 2_000)).toBe(2);
    expect(buckets.size).toBe(MAX_BUCKETS);
  });

  it('lists the emptiest buckets first', () => {
    const buckets = new TokenBuckets();
    drain(buckets, settings(5, 1), 3);
    buckets.take('b', settings(5, 1), 0);
    buckets.take('c', settings(5, 1), 0);
    buckets.take('c', settings(5, 1), 0);
    expect(buckets.emptiest(2, settings(5, 1), 0).map(({ client }) => client)).toEqual(['a', 'c']);
  });
});
