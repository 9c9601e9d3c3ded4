/** What the engine tells of a reverse proxy at work: servers in every state, rows of both sides, a local CA. */
import type { CaDescription } from '@contract/ca-install';
import type { ConnectionRow } from '@contract/connections';
import type { LogEntry } from '@contract/feed';
import { DEFAULT_PROXY_STATE, type ProxyState } from '@contract/proxy-state';
import { readProxyConfig } from '@contract/proxy-reading';
import type { ServerView, UpstreamView } from '@contract/upstreams';
import { makeRow, NOW_MS } from './rows';

export const LOCAL_CA: CaDescription = {
  pem: '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIQ\n-----END CERTIFICATE-----\n',
  path: "/home/zoe's/.config/bytescope/ca.pem",
  subject: 'CN=Bytescope CA of zoe',
  fingerprintSha256: Array.from({ length: 32 }, (_, index) => (index * 7 + 16).toString(16).slice(-2).toUpperCase())
    .map((byte) => byte.padStart(2, '0'))
    .join(':'),
  fingerprintSha1: '00112233445566778899AABBCCDDEEFF00112233',
  spkiSha256: 'Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm8=',
  notAfterMs: NOW_MS + 3_650 * 86_400_000,
};

export function makeServer(changes: Partial<ServerView> & { readonly server: string }): ServerView {
  return {
    state: 'in',
    reason: '',
    changedAtMs: null,
    retryAtMs: null,
    weight: 1,
    weightShare: 1,
    inFlight: 0,
    requests: 0,
    faults: 0,
    trafficShare: 0,
    p50Ms: null,
    p95Ms: null,
    lastProbe: null,
    ...changes,
  };
}

/** Two upstreams whose servers are in every state there is. */
export function variedUpstreams(nowMs = NOW_MS): UpstreamView[] {
  const probe = { atMs: nowMs - 2_100, passed: true, tookMs: 1.4, told: '204' };
  const api = [
    makeServer({
      server: 'http://127.0.0.1:3000',
      inFlight: 12,
      requests: 48_210,
      faults: 2,
      trafficShare: 0.52,
      p50Ms: 3.2,
      p95Ms: 18.4,
      weight: 2,
      lastProbe: probe,
    }),
    makeServer({
      server: 'http://127.0.0.1:3001',
      state: 'slow-start',
      weightShare: 0.4,
      reason: 'passed 2 checks in a row',
      changedAtMs: nowMs - 4_000,
      inFlight: 3,
      requests: 9_120,
      faults: 31,
      trafficShare: 0.21,
      p50Ms: 4.1,
      p95Ms: 22,
      lastProbe: probe,
    }),
    makeServer({
      server: 'http://127.0.0.1:3002',
      state: 'ejected',
      reason: '3 connect failures in a row; tried again in 4 s',
      changedAtMs: nowMs - 1_500,
      retryAtMs: nowMs + 4_000,
      requests: 12_007,
      faults: 3,
      trafficShare: 0.17,
      p50Ms: 3.9,
      p95Ms: 40.2,
      lastProbe: { ...probe, passed: false, told: 'connection refused', tookMs: 0.3 },
    }),
    makeServer({
      server: 'https://api-4.internal.example.com:8443',
      state: 'trial',
      reason: 'its time out is over; one request decides',
      changedAtMs: nowMs - 300,
      inFlight: 1,
      requests: 310,
      faults: 9,
      trafficShare: 0.1,
      p50Ms: 31,
      p95Ms: 140,
    }),
  ];
  const files = [
    makeServer({
      server: 'http://10.0.0.7:9000',
      state: 'unhealthy',
      reason: '3 checks in a row failed: no answer in 2 s',
      changedAtMs: nowMs - 60_000,
      faults: 120,
      requests: 4_400,
      lastProbe: { ...probe, passed: false, told: 'no answer in 2 s', tookMs: 2_000 },
    }),
    makeServer({
      server: 'http://10.0.0.8:9000',
      state: 'draining',
      reason: 'by hand',
      changedAtMs: nowMs - 9_000,
      inFlight: 2,
      requests: 880,
      trafficShare: 0.02,
      p50Ms: 12,
      p95Ms: 90,
      lastProbe: probe,
    }),
    makeServer({ server: 'http://10.0.0.9:9000', state: 'out', reason: 'by hand', changedAtMs: nowMs - 30_000 }),
  ];
  return [
    { upstream: 'api', balance: 'least-connections', isAllOut: false, servers: api },
    { upstream: 'files', balance: 'hash', isAllOut: true, servers: files },
  ];
}

export const REVERSE_CONFIG = `{
  "upstreams": {
    "api": { "servers": [{ "url": "http://127.0.0.1:3000", "weight": 2 }, { "url": "http://127.0.0.1:3001" }] },
    "files": { "servers": [{ "url": "http://10.0.0.7:9000" }] }
  },
  "routes": [
    { "pathPrefix": "/files", "upstream": "files" },
    { "upstream": "api" }
  ]
}
`;

export function reverseState(changes: Partial<ProxyState> = {}): ProxyState {
  const read = readProxyConfig(REVERSE_CONFIG);
  return { ...DEFAULT_PROXY_STATE, mode: 'reverse', config: read.ok ? read.value : null, ...changes };
}

export const TLS_INFO = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  alpn: 'http/1.1',
  serverName: 'example.com',
  certificate: null,
} as const;

const open = { closedAtMs: null, closeCause: null } as const;
const API = 'api · http://127.0.0.1:3000';

/** A client and the server it was passed on to, a client that waits, one under TLS with what carries it. */
export function relayedRows(firstId = 1): ConnectionRow[] {
  const told: Partial<ConnectionRow>[] = [
    { target: '/api/items', upstream: API, requestCount: 4, ...open, phase: 'idle' },
    {
      target: '/api/items',
      side: 'upstream',
      upstream: API,
      client: '127.0.0.1:40112',
      server: '127.0.0.1:3000',
      requestCount: 9,
      ...open,
      phase: 'idle',
    },
    { target: '/api/report', upstream: API, status: null, ...open, phase: 'waiting' },
    {
      target: '/api/report',
      side: 'upstream',
      upstream: API,
      client: '127.0.0.1:40113',
      server: '127.0.0.1:3000',
      status: null,
      ...open,
      phase: 'waiting',
    },
    {
      method: '',
      target: '',
      status: null,
      requestCount: 0,
      side: 'upstream',
      upstream: 'files · http://10.0.0.7:9000',
      client: '',
      server: '10.0.0.7:9000',
      bytesIn: 0,
      bytesOut: 0,
      lane: { startLine: 0, fields: 0, body: 0, reply: 0 },
      closeCause: 'upstream-failed',
      marks: ['UP_CONNECT'],
    },
    { method: 'CONNECT', target: 'example.com:443', ...open, phase: 'tunnel', upstream: 'example.com:443' },
    { target: '/', carrier: firstId + 5, tls: TLS_INFO, ...open, phase: 'idle', upstream: 'https://example.com' },
    {
      target: '/',
      side: 'upstream',
      upstream: 'https://example.com',
      client: '192.168.1.7:51000',
      server: '93.184.216.34:443',
      tls: TLS_INFO,
      ...open,
      phase: 'idle',
    },
  ];
  return told.map((row, index) => makeRow({ ...row, id: index + firstId }));
}

export const HEALTH_CHANGE: LogEntry = {
  kind: 'health',
  atMs: NOW_MS,
  upstream: 'api',
  server: 'http://127.0.0.1:3002',
  from: 'in',
  to: 'ejected',
  cause: 'faults',
  reason: '3 connect failures in a row; tried again in 4 s',
};
