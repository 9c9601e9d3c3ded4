/** Facts of one connection, for tests of what tells them. */
import type { Relay, TlsInfo } from '../../src-main/contract/connections';
import type { Fact } from '../../src-main/contract/facts';

type FactOf<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>;

const AT_MS = Date.UTC(2024, 0, 2, 3, 4, 5, 6);

export const openedFact = (more: Partial<FactOf<'connection.opened'>> = {}): Fact => ({
  kind: 'connection.opened',
  connection: 7,
  atMs: AT_MS,
  client: '127.0.0.1:50000',
  server: '127.0.0.1:8080',
  side: 'client',
  upstream: null,
  carrier: null,
  ...more,
});

export const replyFact = (more: Partial<FactOf<'reply'>> = {}): Fact => ({
  kind: 'reply',
  connection: 7,
  atMs: AT_MS,
  number: 1,
  status: 200,
  start: 0,
  end: 130,
  side: 'client',
  method: 'GET',
  target: '/health',
  version: 'HTTP/1.1',
  requestStart: 0,
  requestBytes: 78,
  startedAtMs: 4,
  ...more,
});

export const tripFact = (more: Partial<FactOf<'trip'>> = {}): Fact => ({
  kind: 'trip',
  connection: 7,
  atMs: AT_MS,
  guard: 'headTimeoutMs',
  code: 'LIM_HEAD_TIMEOUT',
  limit: 100,
  measured: 101,
  offset: 43,
  status: 408,
  ...more,
});

export const rateFact = (more: Partial<FactOf<'rate'>> = {}): Fact => ({
  kind: 'rate',
  connection: 7,
  atMs: AT_MS,
  number: 2,
  bucket: '127.0.0.1',
  allowed: false,
  cost: 1,
  level: 0.5,
  capacity: 5,
  retryAfterMs: 500,
  delayMs: 0,
  ...more,
});

export const faultFact = (more: Partial<FactOf<'fault'>> = {}): Fact => ({
  kind: 'fault',
  connection: 7,
  atMs: AT_MS,
  code: 'H1_BARE_LF',
  offset: 14,
  status: 400,
  ...more,
});

export const closedFact = (more: Partial<FactOf<'connection.closed'>> = {}): Fact => ({
  kind: 'connection.closed',
  connection: 7,
  atMs: AT_MS,
  cause: 'client-closed',
  bytesIn: 78,
  bytesOut: 130,
  requests: 1,
  ...more,
});

/** Of a request that a server answered. */
export const relayOf = (more: Partial<Relay> = {}): Relay => ({
  upstream: 'api',
  server: 'http://127.0.0.1:3000',
  retries: 0,
  connection: 8,
  number: 1,
  routedAtMs: AT_MS,
  connectAtMs: AT_MS,
  connectedAtMs: AT_MS + 2,
  securedAtMs: null,
  sendAtMs: AT_MS + 2,
  sentAtMs: AT_MS + 3,
  replyAtMs: AT_MS + 10.5,
  repliedAtMs: AT_MS + 11,
  ...more,
});

export const relayFact = (relay: Partial<Relay> = {}): Fact => ({
  kind: 'relay',
  connection: 7,
  atMs: AT_MS,
  number: 1,
  relay: relayOf(relay),
});

export const connectedFact = (): Fact => ({
  kind: 'connection.connected',
  connection: 8,
  atMs: AT_MS,
  client: '127.0.0.1:51000',
  server: '127.0.0.1:3000',
});

export const securedFact = (more: Partial<TlsInfo> = {}): Fact => ({
  kind: 'connection.secured',
  connection: 8,
  atMs: AT_MS,
  tls: {
    version: 'TLSv1.3',
    cipher: 'TLS_AES_128_GCM_SHA256',
    alpn: 'http/1.1',
    serverName: 'example.com',
    certificate: null,
    ...more,
  },
});

export const switchedFact = (more: Partial<FactOf<'switched'>> = {}): Fact => ({
  kind: 'switched',
  connection: 7,
  atMs: AT_MS,
  number: 2,
  to: 'websocket',
  ...more,
});

export const healthFact = (more: Partial<FactOf<'health'>> = {}): Fact => ({
  kind: 'health',
  connection: 0,
  atMs: AT_MS,
  upstream: 'api',
  server: 'http://127.0.0.1:3000',
  from: 'in',
  to: 'ejected',
  cause: 'faults',
  reason: '3 connect failures in a row; tried again in 2 s',
  ...more,
});
