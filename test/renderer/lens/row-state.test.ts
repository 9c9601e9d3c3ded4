import { ERRORS, type ErrorCode } from '@contract/errors';
import { GUARD_NAMES, SETTINGS } from '@contract/settings';
import { describe, expect, test } from 'vitest';
import {
  chiefMark,
  markLabel,
  requestText,
  rowStateText,
  rowTone,
  statusTone,
} from '../../../src-renderer/lens/row-state';
import { makeRow } from '../../support/rows';

const openRow = { closedAtMs: null, closeCause: null } as const;

describe('marks', () => {
  test('every code has a label short enough for a badge', () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) expect(markLabel(code)).toMatch(/^[\w/ ]{2,24}$/);
  });

  test('a trip is called as its guard is called in the limits panel', () => {
    for (const name of GUARD_NAMES.filter((guard) => guard !== 'bucketCapacity')) {
      expect(markLabel(SETTINGS[name].trips)).toBe(SETTINGS[name].label.toLowerCase());
    }
  });

  test('a cut outweighs a rate limit, and a rate limit a harmless end', () => {
    expect(chiefMark(makeRow({ id: 1, marks: ['LIM_HEAD_TIMEOUT', 'LIM_RATE'] }))).toBe('LIM_HEAD_TIMEOUT');
    expect(chiefMark(makeRow({ id: 1, marks: ['LIM_RATE', 'LIM_IDLE_TIMEOUT'] }))).toBe('LIM_RATE');
    expect(chiefMark(makeRow({ id: 1 }))).toBeNull();
  });
});

describe('tone', () => {
  test('a row whose request is under way asks for attention', () => {
    expect(rowTone(makeRow({ id: 1, ...openRow, phase: 'headers', status: null }))).toBe('warn');
  });

  test('so does one that waits for its turn', () => {
    expect(rowTone(makeRow({ id: 1, ...openRow, phase: 'delayed', status: null }))).toBe('warn');
  });

  test('a guard that acted is bad, an idle timeout is not', () => {
    expect(rowTone(makeRow({ id: 1, marks: ['LIM_BODY_BYTES'], status: 413 }))).toBe('bad');
    expect(rowTone(makeRow({ id: 1, marks: ['LIM_IDLE_TIMEOUT'], status: 200 }))).toBe('ok');
  });

  test('a refusal by the rate limit warns, whatever it is answered with', () => {
    expect(statusTone(makeRow({ id: 1, status: 503, marks: ['LIM_RATE'] }))).toBe('warn');
    expect(rowTone(makeRow({ id: 1, status: 503, marks: ['LIM_RATE'] }))).toBe('warn');
    expect(statusTone(makeRow({ id: 1, status: 503 }))).toBe('bad');
    expect(statusTone(makeRow({ id: 1, status: 404, marks: ['LIM_RATE'] }))).toBe('bad');
  });

  test('a 429 warns, other errors are bad, no reply is neither', () => {
    expect([200, 304, 429, 404, 500, null].map((status) => statusTone(makeRow({ id: 1, status })))).toEqual([
      'ok',
      'ok',
      'warn',
      'bad',
      'bad',
      'muted',
    ]);
  });
});

test('names the request, or says what of it is missing', () => {
  const nameless = { method: '', target: '' } as const;
  expect([
    requestText(makeRow({ id: 1 })),
    requestText(makeRow({ id: 1, ...nameless, bytesIn: 0 })),
    requestText(makeRow({ id: 1, ...nameless, ...openRow, bytesIn: 3 })),
    requestText(makeRow({ id: 1, ...nameless, bytesIn: 11 })),
    requestText(makeRow({ id: 1, ...nameless, phase: 'tunnel' })),
    requestText(makeRow({ id: 1, ...nameless, marks: ['SOCKS_VERSION'] })),
    requestText(makeRow({ id: 1, ...nameless, ...openRow, phase: 'greeting' })),
    requestText(makeRow({ id: 1, ...nameless, side: 'upstream', carrier: 2, connectedAtMs: 1 })),
    requestText(makeRow({ id: 1, ...nameless, side: 'upstream', carrier: 2 })),
  ]).toEqual([
    'GET /health',
    'no request',
    'no start line yet',
    'no start line',
    'tunnel',
    'no SOCKS5 request',
    'no SOCKS5 request yet',
    'tunnel',
    'no tunnel',
  ]);
});

test('a reply of SOCKS is told by whether it grants', () => {
  expect([0, 5].map((status) => statusTone(makeRow({ id: 1, status })))).toEqual(['ok', 'bad']);
  expect(rowTone(makeRow({ id: 1, status: 5 }))).toBe('faint');
});

test('says in words what the dot says by colour', () => {
  expect(rowStateText(makeRow({ id: 1, ...openRow, phase: 'headers' }))).toBe('open, reading headers');
  expect(rowStateText(makeRow({ id: 1, closeCause: 'guard-closed', marks: ['LIM_HEAD_TIMEOUT'] }))).toBe(
    'closed by a guard, head timeout',
  );
});
