import type { LogEntry } from '@contract/feed';
import { DEFAULT_SETTINGS } from '@contract/settings';
import { expect, test } from 'vitest';
import { logSentence, logTitle } from '../../../src-renderer/lens/log-words';
import { HEALTH_CHANGE } from '../../support/proxy-views';
import { NOW_MS } from '../../support/rows';

const trip = { kind: 'trip', connection: 1, atMs: NOW_MS, offset: 90, status: 408 } as const;

test.each<[string, LogEntry]>([
  ['head timeout 10 s', { ...trip, guard: 'headTimeoutMs', code: 'LIM_HEAD_TIMEOUT', limit: 10_000, measured: 10_004 }],
  [
    'head size 17.0 KiB > 16 KiB',
    { ...trip, guard: 'maxHeadBytes', code: 'LIM_HEAD_BYTES', limit: 16_384, measured: 17_400 },
  ],
  [
    'body size 1 B over 10 MiB',
    { ...trip, guard: 'maxBodyBytes', code: 'LIM_BODY_BYTES', limit: 10_485_760, measured: 10_485_761 },
  ],
  [
    'minimum data rate 120 B/s < 240 B/s',
    { ...trip, guard: 'minBodyBytesPerSec', code: 'LIM_BODY_RATE', limit: 240, measured: 120 },
  ],
  [
    'open connections 1,025 > 1,024',
    { ...trip, guard: 'maxConnections', code: 'LIM_CONNECTIONS', limit: 1_024, measured: 1_025 },
  ],
  [
    'length repeated at byte 64',
    { kind: 'fault', connection: 1, atMs: NOW_MS, code: 'H1_LENGTH_REPEATED', offset: 64, status: 400 },
  ],
  [
    'connect failed, 127.0.0.1:3000',
    {
      kind: 'fault',
      connection: 1,
      atMs: NOW_MS,
      code: 'UP_CONNECT',
      detail: { server: 'http://127.0.0.1:3000', reason: 'refused' },
      offset: 64,
      status: 502,
    },
  ],
  [
    'all out, api',
    {
      kind: 'fault',
      connection: 1,
      atMs: NOW_MS,
      code: 'UP_ALL_OUT',
      detail: { upstream: 'api' },
      offset: 9,
      status: 503,
    },
  ],
  ['no CONNECT', { kind: 'fault', connection: 1, atMs: NOW_MS, code: 'SOCKS_COMMAND', offset: 9, status: null }],
  ['127.0.0.1:3002 ejected: 3 connect failures in a row; tried again in 4 s', HEALTH_CHANGE],
])('%s', (sentence, entry) => {
  expect(logSentence(entry)).toBe(sentence);
});

test('the title is the sentence of the catalogue with its limit and its rule', () => {
  const entry: LogEntry = { ...trip, guard: 'maxHeadBytes', code: 'LIM_HEAD_BYTES', limit: 16_384, measured: 17_400 };
  expect(logTitle(entry, DEFAULT_SETTINGS)).toMatch(/^The head is longer than 16,384 bytes\. .*RFC 6585/);
});

test('the title of a fault names the setting that would let it through', () => {
  const entry: LogEntry = { kind: 'fault', connection: 1, atMs: NOW_MS, code: 'H1_BARE_LF', offset: 14, status: 400 };
  expect(logTitle(entry, DEFAULT_SETTINGS)).toMatch(/Strictness › Bare LF ends a line would let it through\.$/);
});
