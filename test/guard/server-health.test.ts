import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { FAULT_KINDS } from '../../src-main/contract/proxy-config';
import { MIN_WEIGHT_SHARE, ServerHealth, type HealthRules, type Outcome } from '../../src-main/guard/server-health';
import { upstreamConfig } from '../support/upstreams';

const BACKOFF_MS = 4_000;
const MAX_BACKOFF_MS = 20_000;

const rules = (more: object = {}): HealthRules =>
  upstreamConfig([1], {
    healthCheck: { healthyAfter: 2, unhealthyAfter: 3 },
    ejection: { consecutiveFaults: 3, backoffMs: BACKOFF_MS, maxBackoffMs: MAX_BACKOFF_MS },
    slowStartMs: 10_000,
    ...more,
  });

const may = () => null;
const mayNot = () => 'it is the last one';

class Server {
  readonly health: ServerHealth;

  constructor(more: object = {}) {
    this.health = new ServerHealth(rules(more), 'in');
  }

  send(outcome: Outcome, nowMs: number, whyNot: () => string | null = may): string | null {
    this.health.begin(nowMs);
    const { epoch } = this.health;
    const change = this.health.outcome(outcome, epoch, nowMs, whyNot);
    this.health.end(epoch);
    return change?.reason ?? null;
  }

  fail(count: number, nowMs: number): string | null {
    let reason: string | null = null;
    for (let fault = 0; fault < count; fault += 1) reason = this.send('connect', nowMs) ?? reason;
    return reason;
  }

  check(results: string, nowMs = 0): (string | null)[] {
    return [...results].map((result) => this.health.probed(result === '+', '503', nowMs)?.reason ?? null);
  }
}

describe('a server that fails requests', () => {
  it('is ejected after so many faults in a row, with the reason', () => {
    const { health } = new Server();
    const faults = [0, 1, 2].map((nowMs) => health.outcome('connect', health.epoch, nowMs, may));
    expect(faults).toEqual([
      null,
      null,
      {
        atMs: 2,
        from: 'in',
        to: 'ejected',
        cause: 'faults',
        reason: '3 connect failures in a row; tried again in 4 s',
      },
    ]);
    expect([health.takes(2), health.stateAt(2), health.retryAtMs]).toEqual([false, 'ejected', 2 + BACKOFF_MS]);
  });

  it('is not ejected where a reply was complete in between', () => {
    const server = new Server();
    server.fail(2, 0);
    server.send('answered', 0);
    server.fail(2, 0);
    expect(server.health.stateAt(0)).toBe('in');
  });

  it('is ejected where every reply begins and none is complete', () => {
    const server = new Server();
    for (let request = 0; request < 3; request += 1) {
      server.send('begun', 0);
      server.send('closed', 0);
    }
    expect(server.health.lastChange?.reason).toBe('3 replies cut short in a row; tried again in 4 s');
  });

  it('is told by its last fault where they differ', () => {
    const server = new Server();
    server.send('connect', 0);
    server.send('malformed', 0);
    expect(server.send('timeout', 0)).toBe('3 faults in a row, the last a timeout; tried again in 4 s');
  });

  it('is told without a row where one fault is enough', () => {
    const server = new Server({ ejection: { consecutiveFaults: 1, backoffMs: 500 } });
    expect(server.send('timeout', 0)).toBe('1 timeout; tried again in 500 ms');
  });

  it('is well where it replies with 5xx and that is not counted', () => {
    const server = new Server();
    server.fail(2, 0);
    for (let request = 0; request < 9; request += 1) server.send('status', 0);
    server.fail(2, 0);
    expect(server.health.stateAt(0)).toBe('in');
  });

  it('is ejected for replies of 5xx where they are counted', () => {
    const server = new Server({ ejection: { faults: ['status'] } });
    expect([1, 2, 3].map(() => server.send('status', 0)).at(-1)).toMatch(/^3 5xx replies in a row/);
  });

  it('is neither cleared nor blamed by faults that are not counted, nor by requests that were given up', () => {
    const server = new Server({ ejection: { faults: ['connect'] } });
    server.fail(2, 0);
    for (let request = 0; request < 9; request += 1) server.send('timeout', 0);
    for (let request = 0; request < 9; request += 1) server.send('aborted', 0);
    expect(server.health.stateAt(0)).toBe('in');
    expect(server.fail(1, 0)).toMatch(/^3 connect failures/);
  });

  it('is never ejected where ejection is off', () => {
    const server = new Server({ ejection: null });
    expect(server.fail(100, 0)).toBeNull();
    expect(server.health.takes(0)).toBe(true);
  });

  it('says once why it is not ejected, and goes with the next fault when it may', () => {
    const server = new Server();
    server.fail(2, 0);
    expect(server.send('connect', 0, mayNot)).toBe('3 connect failures in a row; not ejected: it is the last one');
    expect(server.health.lastChange).toMatchObject({ from: 'in', to: 'in' });
    expect([server.send('connect', 0, mayNot), server.health.takes(0)]).toEqual([null, true]);
    expect(server.send('connect', 0)).toBe('5 connect failures in a row; tried again in 4 s');
  });

  // 32 requests under way on a server that dies fail together: the backoff must not grow by each of them.
  it('is ejected once by the faults of requests that were sent before', () => {
    const { health } = new Server();
    const { epoch } = health;
    for (let fault = 0; fault < 32; fault += 1) health.outcome('closed', epoch, fault, may);
    expect(health.retryAtMs).toBe(2 + BACKOFF_MS);
    expect(health.outcome('answered', epoch, 40, may)).toBeNull();
    expect(health.stateAt(40)).toBe('ejected');
  });
});

describe('an ejected server', () => {
  const ejected = () => {
    const server = new Server();
    server.fail(3, 0);
    return server;
  };

  it('takes nothing until its time is over, and then one request', () => {
    const { health } = ejected();
    expect([health.takes(BACKOFF_MS - 1), health.takes(BACKOFF_MS)]).toEqual([false, true]);
    expect(health.stateAt(BACKOFF_MS)).toBe('trial');
    expect(health.begin(BACKOFF_MS)).toMatchObject({ from: 'ejected', to: 'trial', cause: 'trial' });
    expect([health.takes(BACKOFF_MS), health.begin(BACKOFF_MS)]).toEqual([false, null]);
  });

  it.each(['answered', 'begun', 'status'] as const)('is back when its trial is %s', (outcome) => {
    const server = ejected();
    expect(server.send(outcome, 5_000)).toBe('a request was answered; its share grows over 10 s');
    expect(server.health.lastChange).toMatchObject({ from: 'trial', to: 'slow-start', cause: 'trial' });
    expect([server.health.takes(5_000), server.health.retryAtMs]).toEqual([true, null]);
  });

  it('has its whole weight for its trial, also where it fell back in its slow start', () => {
    const server = ejected();
    server.send('answered', 5_000);
    server.fail(3, 5_001);
    expect(server.health.weightShare(5_002)).toBe(1);
  });

  it('is tried by another request where the trial said nothing', () => {
    const server = ejected();
    expect(server.send('aborted', 5_000)).toBeNull();
    expect([server.health.takes(5_000), server.health.stateAt(5_000)]).toEqual([true, 'trial']);
  });

  it('stays out twice as long after each failed trial, up to the bound', () => {
    const { health } = ejected();
    const waits: number[] = [];
    for (let trial = 0; trial < 6; trial += 1) {
      const nowMs = health.retryAtMs ?? Number.NaN;
      health.begin(nowMs);
      health.outcome('timeout', health.epoch, nowMs, may);
      waits.push((health.retryAtMs ?? Number.NaN) - nowMs);
    }
    expect(waits).toEqual([8_000, 16_000, 20_000, 20_000, 20_000, 20_000]);
    expect(health.lastChange).toMatchObject({
      from: 'trial',
      to: 'ejected',
      reason: 'the trial failed (timeout); tried again in 20 s',
    });
  });

  it('stays out longer where it fails again soon after its return', () => {
    const server = ejected();
    server.send('answered', 5_000);
    server.fail(3, 5_000 + MAX_BACKOFF_MS - 1);
    expect(server.health.lastChange?.reason).toMatch(/tried again in 8 s/);
  });

  it('begins anew where it was back for as long as the longest time out', () => {
    const server = ejected();
    server.send('answered', 5_000);
    server.fail(3, 5_000 + MAX_BACKOFF_MS);
    expect(server.health.lastChange?.reason).toMatch(/tried again in 4 s/);
  });

  it('is back when a request is answered that was sent to it because all servers were out', () => {
    const server = ejected();
    expect(server.send('answered', 10)).toMatch(/^a request was answered/);
    expect(server.health.takes(10)).toBe(true);
  });

  it('does not stay out longer for such a request that failed', () => {
    const server = ejected();
    expect(server.send('connect', 10)).toBeNull();
    expect(server.health.retryAtMs).toBe(BACKOFF_MS);
  });

  test.prop([
    fc.array(
      fc.record({
        waitMs: fc.integer({ min: 0, max: 30_000 }),
        outcome: fc.constantFrom<Outcome>('answered', 'begun', 'aborted', ...FAULT_KINDS),
      }),
      { maxLength: 100 },
    ),
  ])('is tried again within the longest time out, whatever happened', (steps) => {
    const server = new Server();
    let nowMs = 0;
    for (const { waitMs, outcome } of steps) {
      nowMs += waitMs;
      server.send(outcome, nowMs);
      expect(server.health.takes(nowMs + MAX_BACKOFF_MS)).toBe(true);
      if (server.health.isEjected) expect(server.health.retryAtMs).toBeLessThanOrEqual(nowMs + MAX_BACKOFF_MS);
    }
  });
});

describe('active checks', () => {
  it('take a server out after so many failures in a row, and bring it back after so many successes', () => {
    const server = new Server();
    expect(server.check('--+---')).toEqual([null, null, null, null, null, '3 checks in a row failed (503)']);
    expect([server.health.takes(0), server.health.stateAt(0)]).toEqual([false, 'unhealthy']);
    expect(server.check('+-++', 7)).toEqual([null, null, null, '2 checks in a row passed; its share grows over 10 s']);
    expect(server.health.lastChange).toMatchObject({ from: 'unhealthy', to: 'slow-start', cause: 'check', atMs: 7 });
  });

  it('say nothing new of a server that stays as it is', () => {
    expect(new Server().check('+++++-+--+').filter((reason) => reason !== null)).toEqual([]);
  });

  it('do not end an ejection', () => {
    const server = new Server();
    server.fail(3, 0);
    server.check('+++++', 1);
    expect(server.health.stateAt(1)).toBe('ejected');
  });

  it('that found a server sick and then well end an ejection from before', () => {
    const server = new Server();
    server.fail(3, 0);
    server.check('---++', 1);
    expect(server.health.stateAt(1)).toBe('slow-start');
  });

  it('are not listened to where they are switched off', () => {
    const server = new Server({ healthCheck: null });
    expect(server.check('-----').filter((reason) => reason !== null)).toEqual([]);
    expect(server.health.takes(0)).toBe(true);
  });
});

describe('slow start', () => {
  it('does not hold back a server that was never out', () => {
    expect([new Server().health.weightShare(0), new Server().health.stateAt(0)]).toEqual([1, 'in']);
  });

  it('is off at 0', () => {
    const server = new Server({ slowStartMs: 0 });
    server.fail(3, 0);
    expect(server.send('answered', 5_000)).toBe('a request was answered');
    expect([server.health.weightShare(5_000), server.health.stateAt(5_000)]).toEqual([1, 'in']);
  });

  test.prop([fc.array(fc.integer({ min: 0, max: 12_000 }), { minLength: 2, maxLength: 20 })])(
    'lets the share of a server that came back grow, never shrink, from its smallest to the whole',
    (times) => {
      const server = new Server();
      server.fail(3, 0);
      server.send('answered', 5_000);
      const shares = times.toSorted((a, b) => a - b).map((sinceMs) => server.health.weightShare(5_000 + sinceMs));
      expect(shares).toEqual(shares.toSorted((a, b) => a - b));
      expect(shares.every((share) => share >= MIN_WEIGHT_SHARE && share <= 1)).toBe(true);
      expect(server.health.weightShare(10_000)).toBe(0.5);
      expect(server.health.weightShare(15_000)).toBe(1);
    },
  );
});

describe('a person', () => {
  it.each([
    ['out', 'out', 'taken out by hand'],
    ['drain', 'draining', 'draining by hand'],
  ] as const)('says %s, and the server takes nothing new', (placement, state, reason) => {
    const { health } = new Server();
    expect(health.place(placement, 5)).toEqual({ atMs: 5, from: 'in', to: state, cause: 'person', reason });
    expect(health.takes(5)).toBe(false);
    expect(health.place(placement, 6)).toBeNull();
  });

  it('puts a server in that was held back, and its share grows', () => {
    const { health } = new Server();
    health.place('out', 0);
    expect(health.place('in', 5)).toMatchObject({ from: 'out', to: 'slow-start', cause: 'person' });
    expect(health.place('in', 6)).toBeNull();
  });

  it('puts a sick server in with a clean sheet', () => {
    const server = new Server();
    server.fail(3, 0);
    server.check('---', 0);
    const { epoch } = server.health;
    expect(server.health.place('in', 1)).toMatchObject({ from: 'unhealthy', to: 'slow-start' });
    expect(server.health.outcome('connect', epoch, 1, may)).toBeNull();
    expect(server.check('--', 1)).toEqual([null, null]);
    expect([server.health.takes(1), server.check('-', 1)[0]]).toEqual([true, '3 checks in a row failed (503)']);
  });

  it('has the last word: what befalls a server that is held back does not show', () => {
    const server = new Server();
    server.health.place('out', 0);
    expect([server.fail(3, 1), ...server.check('---', 1)]).toEqual([null, null, null, null]);
    expect(server.health.lastChange?.reason).toBe('taken out by hand');
  });
});

describe('other rules', () => {
  it('free a server from what is not looked for any more', () => {
    const server = new Server();
    server.check('---', 0);
    expect(server.health.configure(rules({ healthCheck: null }), null, 5)).toMatchObject({
      from: 'unhealthy',
      to: 'slow-start',
      cause: 'configuration',
    });
    const other = new Server();
    other.fail(3, 0);
    other.health.configure(rules({ ejection: null }), null, 5);
    expect(other.health.takes(5)).toBe(true);
  });

  it('leave a server out that one of two still holds back', () => {
    const server = new Server();
    server.fail(3, 0);
    server.check('---', 0);
    expect(server.health.configure(rules({ ejection: null }), null, 5)).toBeNull();
    expect([server.health.stateAt(5), server.health.isEjected]).toEqual(['unhealthy', false]);
  });

  it('change nothing where they say the same', () => {
    const server = new Server();
    server.fail(3, 0);
    expect(server.health.configure(rules(), null, 5)).toBeNull();
    expect(server.health.retryAtMs).toBe(BACKOFF_MS);
  });

  it('drain a server and end that', () => {
    const { health } = new Server();
    expect(health.configure(rules(), 'drain', 5)).toMatchObject({ from: 'in', to: 'draining', cause: 'configuration' });
    expect(health.configure(rules(), 'in', 6)).toMatchObject({ from: 'draining', to: 'in' });
  });
});
