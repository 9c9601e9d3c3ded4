import { beforeEach, describe, expect, it } from 'vitest';
import type { Fact } from '../../src-main/contract/facts';
import { parseUpstreamUrl, type UpstreamUrl } from '../../src-main/contract/upstream-url';
import { DEFAULT_SETTINGS } from '../../src-main/contract/settings';
import { PolicyInForce } from '../../src-main/inspector/policy';
import { LINGER_MS } from '../../src-main/session/linger';
import type { SessionPort } from '../../src-main/session/port';
import { TunnelSession } from '../../src-main/session/tunnel-session';
import type { ConnectionWaiter, Destination, UpstreamConnection } from '../../src-main/session/upstream-port';

const DESTINATION: Destination = {
  key: 'http://db.test:5432',
  server: 'db.test:5432',
  url: parseUpstreamUrl('http://db.test:5432') as UpstreamUrl,
  authority: 'db.test:5432',
  pool: { maxConnections: null, maxIdle: 0, idleMs: 0, maxRequestsPerConnection: null },
  upstream: '',
  member: null,
  mayReach: null,
};
const IDENTITY = {
  id: 1,
  client: '127.0.0.1:50000',
  clientAddress: '127.0.0.1',
  server: '127.0.0.1:8080',
  isSecure: false,
  carrier: null,
};

let facts: Fact[];
/** What was asked of both sockets, in order. */
let effects: string[];
let waiter: ConnectionWaiter;
let session: TunnelSession;

const upstream = {
  connectedAtMs: 5,
  abandon: (cause) => void effects.push(`abandon ${cause}`),
  becomeTunnel: () => ({
    handshake: null,
    couple: () => void effects.push('couple'),
    pass: (bytes) => void effects.push(`pass ${bytes.length}`),
    passEnd: () => void effects.push('pass end'),
    passReset: () => void effects.push('pass reset'),
    hold: () => undefined,
    readOn: () => undefined,
    passStop: () => undefined,
  }),
} satisfies Partial<UpstreamConnection> as unknown as UpstreamConnection;

beforeEach(() => {
  facts = [];
  effects = [];
  const port: SessionPort = {
    pendingBytes: 0,
    write: (bytes) => void effects.push(`write ${bytes.length}`),
    end: () => void effects.push('end'),
    destroy: () => void effects.push('destroy'),
    reset: () => void effects.push('reset'),
    pauseReading: () => void effects.push('pause'),
    resumeReading: () => void effects.push('resume'),
    wakeDue: () => undefined,
    record: (fact) => void facts.push(fact),
  };
  const policy = new PolicyInForce(DEFAULT_SETTINGS, 'default');
  policy.upstreams = { acquire: () => undefined, open: (_, asking) => void (waiter = asking) };
  session = new TunnelSession(port, policy, IDENTITY, DESTINATION);
  session.opened(0);
});

describe('a tunnel that is not there yet', () => {
  it('reads nothing of its client until the server is there', () => {
    expect(effects).toEqual(['pause']);
    waiter.granted(upstream, 5);
    expect(effects).toEqual(['pause', 'couple', 'resume']);
  });

  it('keeps what came all the same, with its end, for the server', () => {
    session.received(new Uint8Array(3), 1);
    session.peerEnded(1);
    waiter.granted(upstream, 5);
    expect(effects).toEqual(['pause', 'couple', 'pass 3', 'pass end', 'resume']);
  });

  it('gives up the connection that is made for it once its client is gone', () => {
    session.closed(true, 1);
    waiter.granted(upstream, 5);
    expect(effects).toEqual(['pause', 'abandon client-left']);
  });

  it('ends at once when the server stops, and does not wait for ever for its client', () => {
    session.stop(10);
    expect(effects).toEqual(['pause', 'resume', 'end']);
    session.finished(10);
    expect(session.wakeAtMs).toBeLessThanOrEqual(10 + LINGER_MS);
    session.deadlinePassed(session.wakeAtMs ?? 0);
    expect(effects.at(-1)).toBe('destroy');
  });
});
