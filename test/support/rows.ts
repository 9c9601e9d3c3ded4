/** Rows, stats and snapshots with plausible values, so that a test names only what it is about. */
import type { ConnectionRow } from '@contract/connections';
import { STATS_SAMPLES_KEPT, type FeedSnapshot, type LogEntry, type Stats } from '@contract/feed';
import { DEFAULT_PRESET, type SettingsState } from '@contract/presets';
import { DEFAULT_PROXY_STATE } from '@contract/proxy-state';
import { DEFAULT_SETTINGS, GUARD_NAMES, SETTING_NAMES } from '@contract/settings';

export const NOW_MS = 1_750_000_000_000;

export function makeRow(changes: Partial<ConnectionRow> & { readonly id: number }): ConnectionRow {
  return {
    revision: 1,
    client: `127.0.0.1:${53_000 + (changes.id % 10_000)}`,
    server: '127.0.0.1:8080',
    side: 'client',
    upstream: null,
    carrier: null,
    tls: null,
    phase: 'closed',
    openedAtMs: NOW_MS - 1_000,
    connectedAtMs: null,
    securedAtMs: null,
    closedAtMs: NOW_MS,
    closeCause: 'client-closed',
    requestCount: 1,
    method: 'GET',
    target: '/health',
    status: 200,
    bytesIn: 78,
    bytesOut: 160,
    lane: { startLine: 22, fields: 56, body: 0, reply: 160 },
    armed: null,
    marks: [],
    ...changes,
  };
}

const open = { closedAtMs: null, closeCause: null } as const;
const cut = { closeCause: 'guard-closed' } as const;

/** Thirty connections in every state the list can show, oldest first. */
export function variedRows(nowMs = NOW_MS): ConnectionRow[] {
  const deadline = (guard: 'headTimeoutMs' | 'bodyTimeoutMs' | 'idleTimeoutMs', leftMs: number) => ({
    guard,
    startedAtMs: nowMs - 5_000,
    atMs: nowMs + leftMs,
  });
  const told: Partial<ConnectionRow>[] = [
    {
      method: 'POST',
      target: '/echo',
      status: 431,
      bytesIn: 17_400,
      lane: { startLine: 20, fields: 17_380, body: 0, reply: 120 },
      marks: ['LIM_HEAD_BYTES'],
      ...cut,
    },
    { target: '/health', requestCount: 40, ...open, phase: 'idle', armed: deadline('idleTimeoutMs', 48_000) },
    { target: '/health' },
    {
      method: 'PUT',
      target: '/files/a.bin',
      status: 201,
      bytesIn: 8_400_000,
      lane: { startLine: 30, fields: 200, body: 8_399_770, reply: 90 },
    },
    { target: '/events', ...open, phase: 'replying', bytesIn: 140 },
    {
      method: 'GET',
      target: '/',
      status: 400,
      bytesIn: 64,
      lane: { startLine: 16, fields: 48, body: 0, reply: 130 },
      marks: ['H1_LENGTH_REPEATED'],
      closeCause: 'fault-closed',
    },
    {
      method: 'POST',
      target: '/echo',
      status: 413,
      bytesIn: 10_485_761,
      lane: { startLine: 19, fields: 160, body: 10_485_582, reply: 120 },
      marks: ['LIM_BODY_BYTES'],
      ...cut,
    },
    {
      target: '/api/items',
      status: 429,
      requestCount: 12,
      lane: { startLine: 27, fields: 80, body: 0, reply: 210 },
      marks: ['LIM_RATE'],
      ...open,
      phase: 'idle',
      armed: deadline('idleTimeoutMs', 31_000),
    },
    {
      method: '',
      target: '',
      status: 408,
      bytesIn: 91,
      requestCount: 0,
      lane: { startLine: 18, fields: 73, body: 0, reply: 118 },
      marks: ['LIM_HEAD_TIMEOUT'],
      ...cut,
    },
    {
      method: 'POST',
      target: '/upload',
      status: null,
      bytesIn: 1_204,
      requestCount: 3,
      lane: { startLine: 23, fields: 310, body: 0, reply: 0 },
      ...open,
      phase: 'headers',
      armed: deadline('headTimeoutMs', 3_400),
    },
    {
      target: '/api/items?page=2&sort=created&direction=descending',
      bytesIn: 1_236,
      lane: { startLine: 70, fields: 1_166, body: 0, reply: 400 },
    },
    { target: '/favicon.ico', status: 404, bytesIn: 612, lane: { startLine: 30, fields: 582, body: 0, reply: 100 } },
    {
      method: 'POST',
      target: '/anything',
      status: null,
      bytesIn: 42_000,
      lane: { startLine: 26, fields: 180, body: 41_794, reply: 0 },
      ...open,
      phase: 'chunk-data',
      armed: deadline('bodyTimeoutMs', 21_300),
    },
    {
      method: '',
      target: '',
      status: null,
      requestCount: 0,
      bytesIn: 0,
      bytesOut: 0,
      lane: { startLine: 0, fields: 0, body: 0, reply: 0 },
      marks: ['LIM_IDLE_TIMEOUT'],
      ...cut,
    },
    { target: '/<img src=x onerror=alert(1)>', status: 400, marks: ['H1_TARGET'], closeCause: 'fault-closed' },
  ];
  const plain = Array.from({ length: 15 }, (_, index) => ({ target: index % 3 === 0 ? '/' : '/health' }));
  return [...plain, ...told].map((row, index) => makeRow({ ...row, id: index + 15 }));
}

/** As many rows as asked for, all of the plain kind. */
export const manyRows = (count: number): ConnectionRow[] =>
  Array.from({ length: count }, (_, index) =>
    makeRow({ id: index + 1, target: `/item/${index + 1}`, status: index % 7 === 0 ? 404 : 200 }),
  );

export const settingsState = (changes: Partial<SettingsState> = {}): SettingsState => ({
  preset: DEFAULT_PRESET,
  values: DEFAULT_SETTINGS,
  sources: Object.fromEntries(SETTING_NAMES.map((name) => [name, 'default'])) as unknown as SettingsState['sources'],
  ...changes,
});

export function makeStats(changes: Partial<Stats> = {}): Stats {
  const guards = Object.fromEntries(
    GUARD_NAMES.map((name) => [name, { trips: 0, extreme: null }]),
  ) as unknown as Stats['guards'];
  return {
    atMs: NOW_MS,
    requestsPerSec: 412,
    bytesInPerSec: 3_250_000,
    bytesOutPerSec: 900_000,
    open: 7,
    trips: 5,
    faults: 2,
    rateLimited: 38,
    guards,
    buckets: [],
    bucketCount: 0,
    journalBytes: 193_000_000,
    cpuPercent: 4.2,
    memoryBytes: 100_700_000,
    ...changes,
  };
}

export function variedLog(nowMs = NOW_MS): LogEntry[] {
  const trip = { kind: 'trip', offset: 91 } as const;
  return [
    {
      ...trip,
      connection: 30,
      atMs: nowMs - 12_000,
      guard: 'maxHeadBytes',
      code: 'LIM_HEAD_BYTES',
      limit: 16_384,
      measured: 17_400,
      status: 431,
    },
    { kind: 'fault', connection: 35, atMs: nowMs - 9_000, code: 'H1_LENGTH_REPEATED', offset: 52, status: 400 },
    {
      ...trip,
      connection: 36,
      atMs: nowMs - 3_100,
      guard: 'maxBodyBytes',
      code: 'LIM_BODY_BYTES',
      limit: 10_485_760,
      measured: 10_485_761,
      status: 413,
    },
    {
      ...trip,
      connection: 38,
      atMs: nowMs - 900,
      guard: 'headTimeoutMs',
      code: 'LIM_HEAD_TIMEOUT',
      limit: 10_000,
      measured: 10_000,
      status: 408,
    },
  ];
}

export function makeSnapshot(changes: Partial<FeedSnapshot> = {}): FeedSnapshot {
  const nowMs = changes.nowMs ?? NOW_MS;
  return {
    sequence: 0,
    nowMs,
    rows: [],
    log: [],
    samples: Array.from({ length: STATS_SAMPLES_KEPT }, (_, index) => ({
      atMs: nowMs - (STATS_SAMPLES_KEPT - index) * 1_000,
      requestsPerSec: 300 + 110 * Math.sin(index / 5) + 40 * Math.sin(index * 2.1),
      bytesInPerSec: 1_000_000 + 250_000 * Math.sin(index / 9),
      bytesOutPerSec: 900_000,
    })),
    stats: makeStats(),
    settings: settingsState(),
    listener: { state: 'listening', host: '127.0.0.1', port: 8080, family: 'IPv4' },
    proxy: DEFAULT_PROXY_STATE,
    upstreams: [],
    notices: [],
    journalPath: '/tmp/session.pcapng',
    ...changes,
  };
}
