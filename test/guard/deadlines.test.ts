import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, withSetting } from '../../src-main/contract/settings';
import { DATA_RATE_GRACE_MS, deadlineFor, measuredAt } from '../../src-main/guard/deadlines';

const MARKS = { waitingSinceMs: 1_000, requestSinceMs: 2_000, bodySinceMs: 3_000, bodyBytes: 0 };

describe('deadlineFor', () => {
  it('runs the idle timeout from the moment the connection began to wait', () => {
    const settings = withSetting(DEFAULT_SETTINGS, 'idleTimeoutMs', 500);
    expect(deadlineFor('idle', settings, MARKS)).toMatchObject({ guard: 'idleTimeoutMs', atMs: 1_500, limit: 500 });
  });

  it.each(['start-line', 'headers'] as const)('runs the head timeout from the first byte in %s', (phase) => {
    const settings = withSetting(DEFAULT_SETTINGS, 'headTimeoutMs', 700);
    expect(deadlineFor(phase, settings, MARKS)).toMatchObject({
      guard: 'headTimeoutMs',
      atMs: 2_700,
      startedAtMs: 2_000,
    });
  });

  it.each(['body-length', 'chunk-size', 'chunk-data', 'trailers'] as const)(
    'runs the body timeout from the end of the head in %s',
    (phase) => {
      const settings = withSetting(DEFAULT_SETTINGS, 'bodyTimeoutMs', 900);
      expect(deadlineFor(phase, settings, MARKS)).toMatchObject({ guard: 'bodyTimeoutMs', atMs: 3_900 });
    },
  );

  it('lets a young body pass under any rate', () => {
    const settings = withSetting(DEFAULT_SETTINGS, 'minBodyBytesPerSec', 1_000_000);
    expect(deadlineFor('body-length', settings, MARKS)?.atMs).toBe(3_000 + DATA_RATE_GRACE_MS);
  });

  it('moves the rate deadline on by the time the received bytes pay for', () => {
    const settings = withSetting(DEFAULT_SETTINGS, 'minBodyBytesPerSec', 100);
    const deadline = deadlineFor('body-length', settings, { ...MARKS, bodyBytes: 1_000 });
    expect(deadline).toMatchObject({ guard: 'minBodyBytesPerSec', atMs: 13_000 });
  });

  it('names the body timeout where it comes before the rate deadline', () => {
    const settings = withSetting(DEFAULT_SETTINGS, 'minBodyBytesPerSec', 1);
    expect(deadlineFor('body-length', settings, { ...MARKS, bodyBytes: 1e9 })?.guard).toBe('bodyTimeoutMs');
  });

  it('has none where the guard is off', () => {
    const settings = withSetting(DEFAULT_SETTINGS, 'headTimeoutMs', null);
    expect(deadlineFor('headers', settings, MARKS)).toBeNull();
  });

  it.each(['lingering', 'closed', 'fault'] as const)('has none in %s', (phase) => {
    expect(deadlineFor(phase, DEFAULT_SETTINGS, MARKS)).toBeNull();
  });
});

describe('measuredAt', () => {
  it('gives elapsed milliseconds for a timeout', () => {
    const deadline = { guard: 'headTimeoutMs', startedAtMs: 2_000, atMs: 2_700, limit: 700 } as const;
    expect(measuredAt(deadline, MARKS, 2_704.4)).toBe(704);
  });

  it('gives bytes per second for the data rate', () => {
    const deadline = { guard: 'minBodyBytesPerSec', startedAtMs: 3_000, atMs: 8_000, limit: 240 } as const;
    expect(measuredAt(deadline, { ...MARKS, bodyBytes: 500 }, 8_000)).toBe(100);
  });
});
