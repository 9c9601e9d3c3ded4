import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../src-main/contract/settings';
import type { RatedHead } from '../../src-main/guard/rate-key';
import { MAX_LOOKS, RateLimiter, type RateVerdict } from '../../src-main/guard/rate-limiter';

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

describe('a bucket that requests cost different amounts of', () => {
  const policy = settings(10, 2, { requestCosts: '1 POST=4 /free=0 /export=11 /half=0.5' });

  it('gives each request what it costs, or nothing', () => {
    const clients = new Clients();
    const post = () => clients.ask(policy, 0, 'a', head('/', 'POST'));
    const verdicts = [post(), post(), post()].map(({ allowed, level, cost }) => ({ allowed, level, cost }));
    expect(verdicts).toEqual([
      { allowed: true, level: 6, cost: 4 },
      { allowed: true, level: 2, cost: 4 },
      { allowed: false, level: 2, cost: 4 },
    ]);
    expect(post().retryAfterMs).toBeCloseTo(1_000);
    expect(clients.ask(policy, 0, 'a', head('/half')).level).toBe(1.5);
  });

  it('is not even kept for what costs nothing', () => {
    const clients = new Clients();
    expect(clients.ask(policy, 0, 'a', head('/free'))).toMatchObject({ allowed: true, level: 10 });
    expect(clients.limiter.size).toBe(0);
  });

  it('never lets in what costs more than it holds, and names no time for it', () => {
    const clients = new Clients();
    const refused = { allowed: false, retryAfterMs: null, delayMs: 0, level: 10 };
    expect(clients.ask(policy, 0, 'a', head('/export'))).toMatchObject(refused);
    for (const rateModel of ['leaky', 'leaky-nodelay'] as const) {
      expect(clients.ask({ ...policy, rateModel }, 1e9, 'a', head('/export'))).toMatchObject(refused);
    }
  });

  it('reads the costs again when they change', () => {
    const clients = new Clients();
    clients.ask(policy);
    expect(clients.ask({ ...policy, requestCosts: '3' }).cost).toBe(3);
  });
});

/** What `ngx_http_limit_req_lookup` of nginx does for one zone: whole thousandths of a request, whole milliseconds. */
class LimitReq {
  #excess: number | null = null;
  #last = 0;

  constructor(
    private readonly rate: number,
    private readonly burst: number,
    private readonly nodelay: boolean,
  ) {}

  /** The delay, or null for a request that is refused. */
  ask(now: number): number | null {
    if (this.#excess === null) {
      this.#excess = 0;
      this.#last = now;
      return 0;
    }
    const excess = Math.max(0, this.#excess - Math.trunc((this.rate * (now - this.#last)) / 1_000) + 1_000);
    if (excess > this.burst * 1_000) return null;
    this.#excess = excess;
    this.#last = now;
    return this.nodelay ? 0 : Math.trunc((excess * 1_000) / this.rate);
  }
}

describe('the leaky bucket', () => {
  const asked = (policy: Settings, count: number) => {
    const clients = new Clients();
    return Array.from({ length: count }, () => clients.ask(policy)).map(({ allowed, delayMs }) =>
      allowed ? delayMs : null,
    );
  };
  const none = (count: number) => Array.from({ length: count }, () => null);

  it('lets one of ten in without a burst', () => {
    expect(asked(settings(1, 10, { rateModel: 'leaky' }), 10)).toEqual([0, ...none(9)]);
  });

  it('lets one in and five wait with a burst of five', () => {
    expect(asked(settings(6, 10, { rateModel: 'leaky' }), 10)).toEqual([0, 100, 200, 300, 400, 500, ...none(4)]);
  });

  it('lets six in at once where none has to wait', () => {
    expect(asked(settings(6, 10, { rateModel: 'leaky-nodelay' }), 10)).toEqual([0, 0, 0, 0, 0, 0, ...none(4)]);
  });

  test.prop([
    fc.integer({ min: 1, max: 50_000 }),
    fc.integer({ min: 0, max: 20 }),
    fc.boolean(),
    fc.array(fc.oneof(fc.nat(80), fc.nat(8_000)), { maxLength: 200 }),
  ])('decides and delays as nginx does, to the millisecond', (milliPerSec, burst, nodelay, waitsMs) => {
    const nginx = new LimitReq(milliPerSec, burst, nodelay);
    const clients = new Clients();
    const policy = settings(burst + 1, milliPerSec / 1_000, { rateModel: nodelay ? 'leaky-nodelay' : 'leaky' });
    // The clock has fractions, nginx's has none.
    let nowMs = 1_700_000_000_000.75;
    for (const waitMs of waitsMs) {
      nowMs += waitMs / 4;
      const { allowed, delayMs } = clients.ask(policy, nowMs);
      expect(allowed ? delayMs : null).toBe(nginx.ask(Math.floor(nowMs)));
    }
  });
});

const MODELS = ['token', 'leaky-nodelay', 'leaky'] as const;

describe('a refusal', () => {
  test.prop([
    fc.constantFrom(...MODELS),
    fc.integer({ min: 1, max: 20 }),
    fc.double({ min: 0.001, max: 10_000, noNaN: true }),
    fc.integer({ min: 1, max: 20 }),
    fc.nat(5_000),
  ])('names the time after which the same request is let in', (rateModel, capacity, refill, cost, sinceMs) => {
    fc.pre(cost <= capacity);
    const policy = settings(capacity, refill, { rateModel, requestCosts: String(cost) });
    const clients = new Clients();
    const first = clients.ask(policy, 0);
    let refused = first;
    for (let ask = 0; refused.allowed && ask < 20; ask += 1) refused = clients.ask(policy, sinceMs / 20);
    fc.pre(!refused.allowed);
    const waitMs = refused.retryAfterMs ?? Number.NaN;
    expect(waitMs).toBeGreaterThan(0);
    expect(clients.ask(policy, sinceMs / 20 + waitMs).allowed).toBe(true);
  });
});

describe('a changed setting', () => {
  it('leaves nobody with more than a lowered capacity, nor with less than nothing', () => {
    const clients = new Clients();
    clients.drain(settings(100, 1), 100);
    clients.drain(settings(100, 1), 1, 0, 'b');
    expect([clients.level(settings(5, 1)), clients.level(settings(5, 1), 0, 'b')]).toEqual([0, 4]);
    expect(clients.ask(settings(5, 1), 1_000).allowed).toBe(true);
  });

  it('gives everybody what a raised capacity adds, at once', () => {
    const clients = new Clients();
    clients.drain(settings(5, 1), 5);
    expect(clients.ask(settings(5, 1)).allowed).toBe(false);
    expect(clients.ask(settings(8, 1))).toMatchObject({ allowed: true, level: 2 });
  });

  it.each(MODELS)('keeps what was spent when the model becomes %s', (rateModel) => {
    for (const before of MODELS) {
      const clients = new Clients();
      clients.drain(settings(10, 1, { rateModel: before }), 4);
      expect(clients.ask(settings(10, 1, { rateModel }), 1_000).level).toBeCloseTo(6);
    }
  });

  it('holds for a refill under way', () => {
    const clients = new Clients();
    clients.drain(settings(10, 1), 10);
    expect(clients.ask(settings(10, 5), 1_000).level).toBeCloseTo(4);
  });

  it('forgets the buckets when others are to be told apart', () => {
    const clients = new Clients();
    clients.drain(settings(5, 1), 5);
    clients.ask(settings(5, 1, { rateKey: 'target' }));
    expect(clients.limiter.size).toBe(1);
    expect(clients.ask(settings(5, 1)).level).toBe(4);
  });

  it('that is none of the rate limit forgets nothing', () => {
    const clients = new Clients();
    clients.drain(settings(5, 1), 5);
    expect(clients.ask(settings(5, 1, { maxHeadBytes: 1_000, rateKeySegments: 4 })).allowed).toBe(false);
  });
});

describe('who shares a bucket', () => {
  const bearer = (token: string) => head('/', 'GET', { Authorization: `Bearer ${token}` });

  it('are the clients that send the same field value, wherever they come from', () => {
    const clients = new Clients();
    const policy = settings(1, 1, { rateKey: 'field' });
    const ask = (client: string, request: RatedHead) => clients.ask(policy, 0, client, request).allowed;
    expect([ask('a', bearer('x')), ask('b', bearer('x')), ask('a', bearer('y')), ask('a', head())]).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('are all clients of a target prefix', () => {
    const clients = new Clients();
    const policy = settings(1, 1, { rateKey: 'target', rateKeySegments: 2 });
    const ask = (client: string, target: string) => clients.ask(policy, 0, client, head(target)).allowed;
    expect([ask('a', '/v1/x?1'), ask('b', '/v1/x/y'), ask('a', '/v1/y'), ask('a', 'http://h/v1/y/z')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('is told by a label', () => {
    const clients = new Clients();
    const policy = settings(1, 1, { rateKey: 'field' });
    expect(clients.ask(policy, 0, 'a', bearer('secret')).bucket).toMatch(/^Bearer …[\da-f]{4}$/);
    expect(clients.ask(policy, 0, 'a').bucket).toBe('a');
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

  it('are none of those that another key had made', () => {
    const clients = new Clients();
    clients.drain(settings(5, 1), 3);
    expect(clients.limiter.emptiest(2, settings(5, 1, { rateKey: 'target' }), 0)).toEqual([]);
  });

  it('have places of their own, also where two labels are alike', () => {
    const clients = new Clients();
    const policy = settings(5, 1, { rateKey: 'field', rateKeyField: 'X-Key' });
    // Fingerprints have 16 bits: among 2,000 some are alike.
    for (let key = 0; key < 2_000; key += 1) {
      clients.ask(policy, 0, 'a', head('/', 'GET', { 'X-Key': `key ${key}` }));
    }
    const told = clients.limiter.emptiest(MAX_LOOKS, policy, 0);
    expect(new Set(told.map(({ slot }) => slot)).size).toBe(MAX_LOOKS);
    expect(new Set(told.map(({ label }) => label)).size).toBeLessThan(MAX_LOOKS);
  });

  it('are looked for among those touched last', () => {
    const clients = new Clients();
    clients.drain(settings(5, 1), 5, 0, 'early');
    for (let client = 0; client < MAX_LOOKS; client += 1) clients.drain(settings(5, 1), 1, 0, `c${client}`);
    expect(clients.level(settings(5, 1), 0, 'early')).toBeUndefined();
    clients.drain(settings(5, 1), 1, 0, 'early');
    expect(clients.limiter.emptiest(1, settings(5, 1), 0)[0]?.label).toBe('early');
  });
});
