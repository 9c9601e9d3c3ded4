import { describe, expect, it } from 'vitest';
import type { ConnectionDetail } from '@contract/connections';
import { countdown, ending, isCalm } from '../../../src-renderer/lens/connection-words';
import { makeRow } from '../../support/rows';
import { DEFAULT_SETTINGS } from '@contract/settings';

const detail = (row: Partial<ConnectionDetail['row']>, more: Partial<ConnectionDetail> = {}): ConnectionDetail => ({
  row: makeRow({ id: 1, openedAtMs: 0, closedAtMs: 14, ...row }),
  exchanges: [],
  exchangesDropped: 0,
  trips: [],
  faults: [],
  timeline: [],
  settings: DEFAULT_SETTINGS,
  ...more,
});

const trip = {
  connection: 1,
  atMs: 10_000,
  guard: 'headTimeoutMs',
  code: 'LIM_HEAD_TIMEOUT',
  limit: 10_000,
  measured: 10_000,
  offset: 91,
  status: 408,
} as const;

describe('how a connection ended', () => {
  it('is not told while it is open', () => {
    expect(ending(detail({ closeCause: null, closedAtMs: null }))).toBeNull();
  });

  it('names the guard, what it measured and the status', () => {
    expect(ending(detail({ closeCause: 'guard-closed' }, { trips: [trip] }))).toBe(
      'cut by head timeout after 10.0 s, 408 sent',
    );
  });

  it('compares what was measured with the limit', () => {
    const size = { ...trip, guard: 'maxTargetBytes', code: 'LIM_TARGET_BYTES', limit: 8_000, measured: 8_001 } as const;
    expect(ending(detail({ closeCause: 'guard-closed' }, { trips: [{ ...size, status: 414 }] }))).toBe(
      'cut by target size: 1 B over 8,000 B, 414 sent',
    );
  });

  it('says that it was closed without a word', () => {
    const idle = { ...trip, guard: 'idleTimeoutMs', code: 'LIM_IDLE_TIMEOUT', status: null } as const;
    expect(ending(detail({ closeCause: 'guard-closed' }, { trips: [idle] }))).toBe(
      'cut by idle timeout after 10.0 s, closed silently',
    );
  });

  it('tells a reset from a close', () => {
    const silent = { ...trip, status: null } as const;
    expect(ending(detail({ closeCause: 'guard-reset' }, { trips: [silent] }))).toBe(
      'cut by head timeout after 10.0 s, reset',
    );
  });

  it('names the byte and the reason of a fault', () => {
    const fault = { connection: 1, atMs: 1, code: 'H1_BARE_LF', offset: 1_234, status: 400 } as const;
    expect(ending(detail({ closeCause: 'fault-closed' }, { faults: [fault] }))).toBe(
      'refused at byte 1,234, 400 sent: A line ends in LF without CR.',
    );
  });

  it('names who closed it and when', () => {
    expect(ending(detail({ closeCause: 'client-closed' }))).toBe('closed by the client after 14 ms');
  });
});

describe('guards in words', () => {
  it('count down to the deadline', () => {
    expect(isCalm({ guard: 'headTimeoutMs', startedAtMs: 0, atMs: 5_000 })).toBe(false);
    expect(isCalm({ guard: 'firstByteTimeoutMs', startedAtMs: 0, atMs: 5_000 })).toBe(true);
    expect(countdown({ guard: 'headTimeoutMs', startedAtMs: 0, atMs: 5_000 }, 1_600)).toBe('head timeout in 3.4 s');
  });
});
