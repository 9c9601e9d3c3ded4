import { describe, expect, it } from 'vitest';
import { UpstreamPool } from '../../src-main/net/upstream-pool';
import type { ConnectionWaiter, Destination } from '../../src-main/session/upstream-port';
import type { UpstreamSession } from '../../src-main/session/upstream-session';

const DESTINATION: Destination = {
  key: 'http://a',
  server: 'http://a',
  url: { scheme: 'http', host: 'a', port: 80 },
  authority: 'a',
  pool: { maxConnections: null, maxIdle: 4, idleMs: 1_000, maxRequestsPerConnection: null },
  upstream: '',
  member: null,
  mayReach: null,
};

class FakeSession {
  readonly destination = DESTINATION;
  readonly requests = 0;
  readonly idleSinceMs = 0;
  stops = 0;
  constructor(readonly id: number) {}
  stop(): void {
    this.stops += 1;
  }
  restUntil(): void {}
}

const made: FakeSession[] = [];
const poolOfFakes = (): UpstreamPool => {
  made.length = 0;
  return new UpstreamPool(() => {
    const session = new FakeSession(made.length + 1);
    made.push(session);
    return { session: session as unknown as UpstreamSession, driver: session };
  });
};

const waiter = (isWaiting: boolean): ConnectionWaiter => ({
  granted: () => isWaiting,
  refused: () => undefined,
  connecting: () => undefined,
});

describe('a connection nobody waits for any more when it is there', () => {
  it('is kept for the next request', () => {
    const pool = poolOfFakes();
    pool.acquire(DESTINATION, waiter(false), 'any', 0);
    pool.connected(made[0] as unknown as UpstreamSession, 0);
    pool.acquire(DESTINATION, waiter(true), 'any', 0);
    expect(made.map(({ stops }) => stops)).toEqual([0]);
  });

  it('is closed where it was made for a tunnel, and no request goes over it', () => {
    const pool = poolOfFakes();
    pool.open(DESTINATION, waiter(false), 0);
    pool.connected(made[0] as unknown as UpstreamSession, 0);
    pool.acquire(DESTINATION, waiter(true), 'any', 0);
    expect(made.map(({ stops }) => stops)).toEqual([1, 0]);
  });
});
