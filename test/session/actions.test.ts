import { describe, expect, it } from 'vitest';
import { errorEntry } from '../../src-main/contract/errors';
import {
  DEFAULT_SETTINGS,
  GUARD_NAMES,
  settingEntry,
  type GuardName,
  type Settings,
} from '../../src-main/contract/settings';
import type { Stage } from '../../src-main/guard/deadlines';
import { PolicyInForce } from '../../src-main/inspector/policy';
import { actionOn, statusOf, tripCodeOf } from '../../src-main/session/actions';
import { Playbook } from '../support/session-playbook';

const GET = 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n';
const POST = 'POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n';

/** Ways to trip each guard, with the setting that says what happens then and the code of the trip. */
const TRIPS: readonly (readonly [setting: keyof Settings, code: string, limits: Partial<Settings>, bytes: string])[] = [
  ['onFirstByteTimeout', 'LIM_FIRST_BYTE_TIMEOUT', { firstByteTimeoutMs: 500 }, ''],
  ['onFirstByteTimeout', 'LIM_IDLE_TIMEOUT', { idleTimeoutMs: 500 }, ''],
  ['onFirstByteTimeout', 'LIM_HEAD_TIMEOUT', { headTimeoutMs: 500, headTimeoutStart: 'accept' }, ''],
  ['onStartLineTimeout', 'LIM_HEAD_TIMEOUT', { headTimeoutMs: 500 }, 'GET /'],
  ['onStartLineTimeout', 'LIM_HEAD_RATE', { minHeadBytesPerSec: 1_000, minRateGraceMs: 100 }, 'GET /'],
  ['onHeadTimeout', 'LIM_HEAD_TIMEOUT', { headTimeoutMs: 500 }, 'GET / HTTP/1.1\r\nHo'],
  ['onHeadTimeout', 'LIM_HEAD_RATE', { minHeadBytesPerSec: 1_000, minRateGraceMs: 100 }, 'GET / HTTP/1.1\r\nHo'],
  ['onHeadTimeout', 'LIM_REQUEST_TIMEOUT', { requestTimeoutMs: 500 }, 'GET / HTTP/1.1\r\nHo'],
  ['onBodyTimeout', 'LIM_BODY_TIMEOUT', { bodyTimeoutMs: 500 }, POST],
  ['onBodyTimeout', 'LIM_BODY_RATE', { minBodyBytesPerSec: 1_000, minRateGraceMs: 100 }, POST],
  ['onBodyTimeout', 'LIM_REQUEST_TIMEOUT', { requestTimeoutMs: 500 }, POST],
  ['onIdleTimeout', 'LIM_IDLE_TIMEOUT', { idleTimeoutMs: 500 }, GET],
  ['onHeadTooLarge', 'LIM_HEAD_BYTES', { maxHeadBytes: 20 }, GET],
  [
    'onHeadTooLarge',
    'LIM_FIELD_LINE_BYTES',
    { maxFieldLineBytes: 16 },
    `GET / HTTP/1.1\r\nX: ${'x'.repeat(20)}\r\n\r\n`,
  ],
  ['onTooManyFields', 'LIM_FIELD_COUNT', { maxFieldCount: 1 }, 'GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n'],
  ['onTargetTooLong', 'LIM_TARGET_BYTES', { maxTargetBytes: 4 }, GET],
  ['onTargetTooLong', 'LIM_REQUEST_LINE_BYTES', { maxRequestLineBytes: 16 }, GET],
  ['onBodyTooLarge', 'LIM_BODY_BYTES', { maxBodyBytes: 8 }, POST],
];

const tripped = (limits: Partial<Settings>, bytes: string): { book: Playbook; written: string } => {
  const book = new Playbook(limits).send(bytes);
  if (bytes === GET && limits.idleTimeoutMs !== undefined) book.written();
  return { book, written: book.wait(500).written() };
};

describe.each(TRIPS)('%s on %s', (setting, code, limits, bytes) => {
  it('sends FIN without a byte on close', () => {
    const { book, written } = tripped({ ...limits, [setting]: 'close' }, bytes);
    expect(written).toBe('');
    expect(book.effects).toEqual(['end']);
    expect(book.factsOf('trip')).toMatchObject([{ code, status: null }]);
    expect(book.factsOf('reply').filter(({ number }) => number === 0)).toEqual([]);
  });

  it('sends RST without a byte on reset, and names the close so', () => {
    const { book, written } = tripped({ ...limits, [setting]: 'reset' }, bytes);
    expect(written).toBe('');
    expect(book.effects).toEqual(['reset']);
    expect(book.factsOf('trip')).toMatchObject([{ code, status: null }]);
    book.session.closed(false, book.nowMs);
    expect(book.factsOf('connection.closed')).toMatchObject([{ cause: 'guard-reset' }]);
  });

  it('sends the status where it is one, with our text, then FIN', () => {
    const status = { onBodyTimeout: '504', onHeadTooLarge: '400', onTooManyFields: '400', onBodyTooLarge: '400' };
    const chosen = (status as Record<string, string>)[setting] ?? (setting === 'onTargetTooLong' ? '431' : '408');
    const { book, written } = tripped({ ...limits, [setting]: chosen }, bytes);
    expect(written.slice(0, 13)).toBe(`HTTP/1.1 ${chosen} `);
    expect(written).toContain(`${code}: `);
    expect(book.effects).toEqual(['end']);
    expect(book.factsOf('trip')).toMatchObject([{ code, status: Number(chosen) }]);
    book.session.closed(false, book.nowMs);
    expect(book.factsOf('connection.closed')).toMatchObject([{ cause: 'guard-closed' }]);
  });
});

describe('onTooManyConnections', () => {
  const second = (onTooManyConnections: Settings['onTooManyConnections']): Playbook => {
    const policy = new PolicyInForce({ ...DEFAULT_SETTINGS, maxConnections: 1, onTooManyConnections }, 'default');
    policy.admission.enter('10.0.0.1', policy.settings);
    return new Playbook({}, 'default', policy);
  };

  it('turns away with FIN, RST or 503', () => {
    expect(second('close').effects).toEqual(['end']);
    expect(second('close').written()).toBe('');
    expect(second('reset').effects).toEqual(['reset']);
    expect(second('503').statuses()).toEqual([503]);
  });
});

describe('onTooManyFields: drop', () => {
  it('reads the request without the fields beyond', () => {
    const book = new Playbook({ maxFieldCount: 1, onTooManyFields: 'drop' });
    book.send('GET /health HTTP/1.1\r\nHost: a\r\nX: 1\r\nY: 2\r\n\r\n');
    expect(book.statuses()).toEqual([200]);
    expect(book.factsOf('head')).toMatchObject([{ fieldCount: 1 }]);
  });

  it('does not hold for trailers: they are refused with 431', () => {
    const book = new Playbook({ maxFieldCount: 2, onTooManyFields: 'drop' });
    book.send('POST /none HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n');
    expect(book.statuses()).toEqual([431]);
  });
});

describe('a trip after the reply', () => {
  it('adds no second reply', () => {
    const settings = { bucketCapacity: 1, bucketRefillPerSec: 0.001, bodyTimeoutMs: 500 };
    const book = new Playbook(settings).send(GET + POST);
    expect(book.statuses()).toEqual([200, 429]);
    expect(book.wait(500).written()).toBe('');
    expect(book.factsOf('trip')).toMatchObject([{ guard: 'bodyTimeoutMs', status: null }]);
    expect(book.effects).toEqual(['end']);
  });
});

describe('unknownCodingStatus', () => {
  const answer = (unknownCodingStatus: Settings['unknownCodingStatus'], coding: string) =>
    new Playbook({ unknownCodingStatus })
      .send(`POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ${coding}\r\n\r\n`)
      .statuses()[0];

  it.each([
    ['501', 501, 400],
    ['400', 400, 400],
    ['always-501', 501, 501],
  ] as const)('%s: %i where chunked comes last, %i where it does not', (setting, unknown, misplaced) => {
    expect(answer(setting, 'pigeon, chunked')).toBe(unknown);
    expect(answer(setting, 'pigeon')).toBe(misplaced);
  });
});

describe('the catalogue and the default settings', () => {
  const stagesOf = (guard: GuardName): readonly Stage[] => {
    if (guard === 'firstByteTimeoutMs') return ['unused'];
    if (guard === 'idleTimeoutMs') return ['unused', 'idle'];
    if (guard === 'headTimeoutMs' || guard === 'minHeadBytesPerSec') return ['start-line', 'fields'];
    return guard === 'requestTimeoutMs' ? ['start-line', 'fields', 'body'] : ['body'];
  };
  const acting = GUARD_NAMES.filter(
    (guard) =>
      guard !== 'maxRequestsPerConnection' && guard !== 'bucketCapacity' && settingEntry(guard).group !== 'upstream',
  );

  it.each(acting)('agree on the status of %s', (guard) => {
    const actions = stagesOf(guard).map((stage) => actionOn(guard, stage, DEFAULT_SETTINGS));
    const { status } = errorEntry(tripCodeOf(guard));
    expect(new Set(actions)).toEqual(new Set([status ?? 'close']));
  });

  it('agree on the statuses that are settings of their own', () => {
    expect(errorEntry('LIM_RATE').status).toBe(Number(DEFAULT_SETTINGS.rateStatus));
    expect(statusOf('H1_CODING_UNKNOWN', DEFAULT_SETTINGS)).toBe(errorEntry('H1_CODING_UNKNOWN').status);
    expect(statusOf('H1_CODING_ORDER', DEFAULT_SETTINGS)).toBe(errorEntry('H1_CODING_ORDER').status);
  });
});
