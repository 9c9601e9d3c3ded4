import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../src-main/contract/settings';
import type { RatedHead } from '../../src-main/guard/rate-key';
import { RateLimiter, type RateVerdict } from '../../src-main/guard/rate-limiter';

const settings = (
  bucketCapacity: number | null,
  bucketRefillPerSec: number,
  more: Partial<Settings> = {},
): Settings => ({
  ...DEFAULT_SETTINGS,
  bucketCapacity,
  bucketRefillPerSec,
  ...more,
});

const head = (target = '/', method = 'GET', fields: Readonly<Record<string, string>> = {}): RatedHead => ({
  method,
  target,
  fields: { get: (name) => fields[name] ?? null },
});

/** Clients that ask the same limiter, each verdict kept. */
class Clients {
  readonly limiter = new RateLimiter(new Uint32Array([1, 2]));

  ask(policy: Settings, nowMs = 0, client = 'a', request = head()): RateVerdict {
    const verdict = this.limiter.take(client, request, policy, nowMs);
    if (verdict === null) throw new Error('the rate limit is off');
    return { ...verdict };
  }

  drain(policy: Settings, tokens: number, nowMs = 0, client = 'a'): void {
    for (let taken = 0; taken < tokens; taken += 1) this.ask(policy, nowMs, client);
  }

  level(policy: Settings, nowMs = 0, client = 'a'): number | undefined {
    return this.limiter.emptiest(100, policy, nowMs).find(({ label }) => label === client)?.level;
  }
}

describe('the token bucket', () => {
  it('allows as many requests at once as the bucket holds, and not one more', () => {
    const clients = new Clients();
    const allowed = Array.from({ length: 4 }, () => clients.ask(settings(3, 1)).allowed);
    expect(allowed).toEqual([true, true, true, false]);
  });

  it('says how long until one whole token is there', () => {
    const clients = new Clients();
    clients.drain(settings(1, 4), 1);
    expect(clients.ask(settings(1, 4), 100).retryAfterMs).toBeCloseTo(150);
  });

  it('takes nothing from an empty bucket when it refuses', () => {
    const clients = new Clients();
    clients.drain(settings(1, 1), 1);
    clients.ask(settings(1, 1), 500);
    expect(clients.ask(settings(1, 1), 1_000).allowed).toBe(true);
  });

  it('refills with the time that passed, never above the capacity', () => {
    const clients = new Clients();
    clients.drain(settings(10, 2), 10);
    expect(clients.level(settings(10, 2), 1_500)).toBeCloseTo(3);
    expect(clients.level(settings(10, 2), 60_000)).toBe(10);
  });

  it('keeps clients apart', () => {
    const clients = new Clients();
    clients.drain(settings(1, 1), 1);
    expect(clients.ask(settings(1, 1), 0, 'b').allowed).toBe(true);
  });

  it('gives no verdict while the rate limit is off', () => {
    expect(new RateLimiter(new Uint32Array(2)).take('a', head(), settings(null, 1), 0)).toBeNull();
  });

  it('does not refill when the clock goes back', () => {
    const clients = new Clients();
    clients.drain(settings(2, 1), 2, 10_000);
    expect(clients.level(settings(2, 1), 5_000)).toBe(0);
  });
});

describe('the buckets told', () => {
  it('are the emptiest, emptiest first', () => {
    const clients = new Clients();
    clients.drain(settings(5, 1), 3);
    clients.drain(settings(5, 1), 1, 0, 'b');
    clients.drain(settings(5, 1), 2, 0, 'c');
    expect(clients.limiter.emptiest(2, settings(5, 1), 0).map(({ label }) => label)).toEqual(['a', 'c']);
  });

  it('are none while the rate limit is off', () => {
    const clients = new Clients();
    clients.drain(settings(5, 1), 3);
    expect(clients.limiter.emptiest(2, settings(null, 1), 0)).toEqual([]);
  });
});
