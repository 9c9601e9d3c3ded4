/**
 * When and how each preset ends slow clients, as it was measured at the server it is named after: nginx 1.22.1,
 * HAProxy 2.6.12, Apache 2.4.71 and Node 20 on the wire, Kestrel, Envoy and Caddy from their sources.
 */
import { describe, expect, it } from 'vitest';
import { presetSettings, type PresetName } from '../../src-main/contract/presets';
import type { Settings } from '../../src-main/contract/settings';
import { PolicyInForce } from '../../src-main/inspector/policy';
import { Playbook } from '../support/session-playbook';

/** Seconds, and what the client sees then: a status and FIN, or FIN alone. */
type Cut = readonly [sec: number, seen: number | 'FIN'];
/** Nothing in 390 s. */
const NEVER = [Infinity, 'FIN'] as const;
const WATCHED_MS = 390_000;
const HOUR_SEC = 3_600;

interface SlowClient {
  readonly sends: string;
  /** Sent once a second from then on. */
  readonly drips?: string;
  /** The connection is idle once this is answered: the time counts from there, as long as it takes. */
  readonly isIdle?: true;
}

const POST = 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n';
const CLIENTS = {
  'nothing sent': { sends: '', isIdle: true },
  'half a request line': { sends: 'GET /ha' },
  'half the fields': { sends: 'GET / HTTP/1.1\r\nHost: a\r\nX: 1' },
  'one byte of a field a second': { sends: 'GET / HTTP/1.1\r\nHost: a\r\nX: ', drips: 'x' },
  '1000 bytes of a body, then nothing': { sends: POST + 'b'.repeat(1_000) },
  'one byte of a body a second': { sends: POST, drips: 'b' },
  'no further request': { sends: 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n', isIdle: true },
} as const satisfies Record<string, SlowClient>;

type Slowness = keyof typeof CLIENTS;

const MEASURED: Readonly<Record<PresetName, Readonly<Record<Slowness, Cut>>>> = {
  bytescope: {
    'nothing sent': [60, 'FIN'],
    'half a request line': [10, 408],
    'half the fields': [10, 408],
    'one byte of a field a second': [10, 408],
    '1000 bytes of a body, then nothing': [5, 408],
    'one byte of a body a second': [5, 408],
    'no further request': [60, 'FIN'],
  },
  nginx: {
    'nothing sent': [60, 'FIN'],
    'half a request line': [60, 'FIN'],
    'half the fields': [60, 'FIN'],
    'one byte of a field a second': [60, 'FIN'],
    '1000 bytes of a body, then nothing': [60, 'FIN'],
    'one byte of a body a second': NEVER,
    'no further request': [75, 'FIN'],
  },
  apache: {
    'nothing sent': [51.5, 'FIN'],
    'half a request line': [20, 'FIN'],
    'half the fields': [20.1, 408],
    'one byte of a field a second': [20.1, 408],
    '1000 bytes of a body, then nothing': [22, 408],
    'one byte of a body a second': [20.1, 408],
    'no further request': [5, 'FIN'],
  },
  haproxy: {
    'nothing sent': [50, 408],
    'half a request line': [50, 408],
    'half the fields': [50, 408],
    'one byte of a field a second': NEVER,
    '1000 bytes of a body, then nothing': [50, 504],
    'one byte of a body a second': NEVER,
    'no further request': [50, 'FIN'],
  },
  'node-20': {
    'nothing sent': [76.7, 408],
    'half a request line': [76.7, 408],
    'half the fields': [76.7, 408],
    'one byte of a field a second': [76.7, 408],
    '1000 bytes of a body, then nothing': [316.7, 408],
    'one byte of a body a second': [316.7, 408],
    'no further request': [6, 'FIN'],
  },
  'node-current': {
    'nothing sent': [76.7, 408],
    'half a request line': [76.7, 408],
    'half the fields': [76.7, 408],
    'one byte of a field a second': [76.7, 408],
    '1000 bytes of a body, then nothing': [316.7, 408],
    'one byte of a body a second': [316.7, 408],
    'no further request': [66, 'FIN'],
  },
  kestrel: {
    'nothing sent': [130, 'FIN'],
    'half a request line': [30, 408],
    'half the fields': [30, 408],
    'one byte of a field a second': [30, 408],
    '1000 bytes of a body, then nothing': [5, 408],
    'one byte of a body a second': [5, 408],
    'no further request': [130, 'FIN'],
  },
  envoy: {
    'nothing sent': [HOUR_SEC, 'FIN'],
    'half a request line': [300, 408],
    'half the fields': [300, 408],
    'one byte of a field a second': [300, 408],
    '1000 bytes of a body, then nothing': [300, 408],
    'one byte of a body a second': NEVER,
    'no further request': [HOUR_SEC, 'FIN'],
  },
  caddy: {
    'nothing sent': [60, 'FIN'],
    'half a request line': [60, 'FIN'],
    'half the fields': [60, 'FIN'],
    'one byte of a field a second': [60, 'FIN'],
    '1000 bytes of a body, then nothing': [60, 'FIN'],
    'one byte of a body a second': NEVER,
    'no further request': [300, 'FIN'],
  },
};

/** In the lab Node had looked at its connections 13.3 s before these came; the others look often or at once. */
const LAST_LOOK_MS: Partial<Record<PresetName, number>> = { 'node-20': 13_300, 'node-current': 13_300 };

/** Lets time pass from event to event until the connection is cut. */
function cutOf(settings: Settings, lastLookMs: number, { sends, drips, isIdle }: SlowClient): Cut {
  const openedAtMs = 1_000_000;
  const book = new Playbook({}, 'default', new PolicyInForce(settings, 'default', openedAtMs - lastLookMs));
  book.send(sends).written();
  const endMs = openedAtMs + (isIdle === true ? 2 * HOUR_SEC * 1_000 : WATCHED_MS);
  let dripAtMs = drips === undefined ? Infinity : openedAtMs + 1_000;
  while (book.effects.length === 0) {
    const nextMs = Math.min(dripAtMs, book.session.wakeAtMs ?? Infinity);
    if (nextMs > endMs) return NEVER;
    book.wait(nextMs - book.nowMs);
    if (nextMs < dripAtMs) continue;
    book.send(drips ?? '');
    dripAtMs += 1_000;
  }
  expect(book.effects[0]).toBe('end');
  return [(book.nowMs - openedAtMs) / 1_000, book.statuses()[0] ?? 'FIN'];
}

describe.each(Object.keys(MEASURED) as PresetName[])('%s', (preset) => {
  const rows = Object.entries(MEASURED[preset]) as [Slowness, Cut][];
  it.each(rows)('%s: %j', (slowness, [sec, seen]) => {
    const cut = cutOf(presetSettings(preset), LAST_LOOK_MS[preset] ?? 0, CLIENTS[slowness]);
    expect(cut[1]).toBe(seen);
    // The lab tells tenths of a second.
    if (sec === Infinity) expect(cut[0]).toBe(Infinity);
    else expect(Math.abs(cut[0] - sec)).toBeLessThanOrEqual(0.1);
  });
});
