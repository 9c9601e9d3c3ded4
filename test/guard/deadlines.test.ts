import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../src-main/contract/settings';
import { deadlineAtMs, deadlineFor, measuredAt, type Stage, type StageMarks } from '../../src-main/guard/deadlines';

const MARKS: StageMarks = {
  openedAtMs: 500,
  waitingSinceMs: 1_000,
  requestSinceMs: 2_000,
  isFirstRequest: false,
  bodySinceMs: 3_000,
  lastReadMs: 3_400,
  headBytes: 0,
  bodyBytes: 0,
};

/** Every guard off but these. */
const OFF = {
  firstByteTimeoutMs: null,
  headTimeoutMs: null,
  minHeadBytesPerSec: null,
  bodyTimeoutMs: null,
  minBodyBytesPerSec: null,
  requestTimeoutMs: null,
  idleTimeoutMs: null,
};

const at = (stage: Stage, settings: Partial<Settings>, marks: Partial<StageMarks> = {}, originMs = 0) =>
  deadlineFor(stage, { ...DEFAULT_SETTINGS, ...OFF, ...settings }, { ...MARKS, ...marks }, originMs);

describe('the idle timeout', () => {
  it.each(['idle', 'replying'] as const)('runs from the moment the connection began to wait, in %s', (stage) => {
    expect(at(stage, { idleTimeoutMs: 500 })).toEqual({
      guard: 'idleTimeoutMs',
      startedAtMs: 1_000,
      atMs: 1_500,
      limit: 500,
    });
  });

  it('bounds the wait for the first byte too where that has no timeout of its own', () => {
    expect(at('unused', { idleTimeoutMs: 700 })).toMatchObject({ guard: 'idleTimeoutMs', atMs: 1_200 });
    expect(at('unused', { idleTimeoutMs: 700, firstByteTimeoutMs: 900 })?.guard).toBe('firstByteTimeoutMs');
  });

  it('is no part of a request', () => {
    expect(at('fields', { idleTimeoutMs: 500 })).toBeNull();
  });
});

describe('the first byte timeout', () => {
  it('runs from the opening of the connection', () => {
    expect(at('unused', { firstByteTimeoutMs: 400 })).toMatchObject({ atMs: 900, startedAtMs: 500 });
  });

  it('ends with the first byte', () => {
    expect(at('start-line', { firstByteTimeoutMs: 400 })).toBeNull();
  });
});

describe('the head timeout', () => {
  it.each(['start-line', 'fields'] as const)('runs from the first byte of the request in %s', (stage) => {
    expect(at(stage, { headTimeoutMs: 700 })).toMatchObject({
      guard: 'headTimeoutMs',
      startedAtMs: 2_000,
      atMs: 2_700,
    });
  });

  it('runs from the opening of the connection where it starts there, before the first byte too', () => {
    const settings = { headTimeoutMs: 700, headTimeoutStart: 'accept' } as const;
    expect(at('fields', settings, { isFirstRequest: true })).toMatchObject({ startedAtMs: 500, atMs: 1_200 });
    expect(at('unused', settings, { isFirstRequest: true })).toMatchObject({ guard: 'headTimeoutMs', atMs: 1_200 });
  });

  it('runs from the first byte of every request but the first all the same', () => {
    expect(at('fields', { headTimeoutMs: 700, headTimeoutStart: 'accept' })?.startedAtMs).toBe(2_000);
  });

  it('does not run before the first byte where it starts there', () => {
    expect(at('unused', { headTimeoutMs: 700 })).toBeNull();
  });

  it('is started anew by every read where it counts between reads', () => {
    const settings = { headTimeoutMs: 700, headTimeoutMode: 'inactivity' } as const;
    expect(at('fields', settings)).toMatchObject({ startedAtMs: 3_400, atMs: 4_100 });
  });
});

describe('the body timeout', () => {
  it('runs from the end of the head', () => {
    expect(at('body', { bodyTimeoutMs: 900 })).toMatchObject({
      guard: 'bodyTimeoutMs',
      startedAtMs: 3_000,
      atMs: 3_900,
    });
  });

  it('is started anew by every read where it counts between reads', () => {
    const settings = { bodyTimeoutMs: 900, bodyTimeoutMode: 'inactivity' } as const;
    expect(at('body', settings)).toMatchObject({ startedAtMs: 3_400, atMs: 4_300 });
  });
});

describe('the request timeout', () => {
  it.each(['start-line', 'fields', 'body'] as const)(
    'is absolute from the first byte of the request, in %s',
    (stage) => {
      const settings = {
        requestTimeoutMs: 5_000,
        headTimeoutMode: 'inactivity',
        bodyTimeoutMode: 'inactivity',
      } as const;
      expect(at(stage, settings)).toMatchObject({ guard: 'requestTimeoutMs', startedAtMs: 2_000, atMs: 7_000 });
    },
  );

  it('starts with the head timeout', () => {
    const settings = { requestTimeoutMs: 5_000, headTimeoutStart: 'accept' } as const;
    expect(at('body', settings, { isFirstRequest: true })?.startedAtMs).toBe(500);
  });
});

describe('a minimum rate', () => {
  const AVERAGE = { minBodyBytesPerSec: 100, minRateGraceMs: 5_000, minRateMode: 'average' } as const;
  const EARNED = { ...AVERAGE, minRateMode: 'earned' } as const;

  it('lets a young body pass at any rate', () => {
    expect(at('body', { ...AVERAGE, minBodyBytesPerSec: 1_000_000 })?.atMs).toBe(8_000);
  });

  it('as an average is moved on to where the bytes so far are too few', () => {
    expect(at('body', AVERAGE, { bodyBytes: 1_000 })).toMatchObject({ guard: 'minBodyBytesPerSec', atMs: 13_000 });
    expect(at('body', AVERAGE, { bodyBytes: 100 })?.atMs).toBe(8_000);
  });

  it('as earned time puts what the bytes buy on top of the grace: 1000 bytes at 500/s after 20 s are 22 s', () => {
    const apache = { minBodyBytesPerSec: 500, minRateGraceMs: 20_000, minRateMode: 'earned' } as const;
    expect(at('body', apache, { bodyBytes: 1_000 })?.atMs).toBe(3_000 + 22_000);
  });

  it('of a head counts the bytes of the head, from where the head timeout starts', () => {
    const settings = { ...EARNED, minBodyBytesPerSec: null, minHeadBytesPerSec: 100 };
    expect(at('fields', settings, { headBytes: 50 })).toMatchObject({ guard: 'minHeadBytesPerSec', atMs: 7_500 });
    expect(at('body', settings)).toBeNull();
  });

  it('of a head is cut short by the head timeout, as 40 s cut what 500 bytes a second would earn', () => {
    const settings = { ...EARNED, minHeadBytesPerSec: 500, minRateGraceMs: 20_000, headTimeoutMs: 40_000 };
    expect(at('fields', settings, { headBytes: 9_000 })?.atMs).toBe(2_000 + 38_000);
    expect(at('fields', settings, { headBytes: 11_000 })).toMatchObject({ guard: 'headTimeoutMs', atMs: 42_000 });
  });
});

describe('several guards', () => {
  it('give the earliest', () => {
    const settings = { bodyTimeoutMs: 9_000, minBodyBytesPerSec: 1, requestTimeoutMs: 11_000, minRateGraceMs: 12_000 };
    expect(at('body', settings)?.guard).toBe('bodyTimeoutMs');
    expect(at('body', { ...settings, requestTimeoutMs: 9_999 })?.guard).toBe('requestTimeoutMs');
    expect(at('body', { ...settings, minRateGraceMs: 8_999 })?.guard).toBe('minBodyBytesPerSec');
  });
});

describe('the check interval', () => {
  const GRID = { guardCheckEveryMs: 30_000 };

  it('rounds a deadline up to the grid that began when the server started', () => {
    expect(at('fields', { ...GRID, headTimeoutMs: 60_000 }, {}, 700)?.atMs).toBe(700 + 90_000);
    expect(at('unused', { ...GRID, firstByteTimeoutMs: 60_000 }, {}, 700)?.atMs).toBe(700 + 60_000);
  });

  it('leaves a deadline alone that lies on it', () => {
    expect(at('body', { ...GRID, bodyTimeoutMs: 60_000 }, {}, 3_000)?.atMs).toBe(63_000);
  });

  it('does not hold for idle connections, used or not', () => {
    expect(at('idle', { ...GRID, idleTimeoutMs: 6_000 })?.atMs).toBe(7_000);
    expect(at('unused', { ...GRID, idleTimeoutMs: 6_000 })?.atMs).toBe(6_500);
  });
});

describe('deadlineAtMs', () => {
  it('says when, without the name', () => {
    const settings = { ...DEFAULT_SETTINGS, headTimeoutMs: 700 };
    expect(deadlineAtMs('fields', settings, MARKS, 0)).toBe(2_700);
  });

  it.each(['none', 'unused', 'idle', 'start-line', 'fields', 'body', 'replying'] as const)(
    'is infinite in %s where the guards are off',
    (stage) => {
      expect(deadlineAtMs(stage, { ...DEFAULT_SETTINGS, ...OFF }, MARKS, 0)).toBe(Infinity);
      expect(at(stage, {})).toBeNull();
    },
  );

  it('is infinite where nothing is awaited', () => {
    expect(deadlineAtMs('none', DEFAULT_SETTINGS, MARKS, 0)).toBe(Infinity);
  });
});

describe('measuredAt', () => {
  it('gives elapsed milliseconds for a timeout', () => {
    const deadline = { guard: 'headTimeoutMs', startedAtMs: 2_000, atMs: 2_700, limit: 700 } as const;
    expect(measuredAt(deadline, MARKS, 2_704.4)).toBe(704);
  });

  it('gives bytes per second for a minimum rate', () => {
    const deadline = { guard: 'minBodyBytesPerSec', startedAtMs: 3_000, atMs: 8_000, limit: 240 } as const;
    expect(measuredAt(deadline, { ...MARKS, bodyBytes: 500 }, 8_000)).toBe(100);
    const head = { ...deadline, guard: 'minHeadBytesPerSec' } as const;
    expect(measuredAt(head, { ...MARKS, headBytes: 50 }, 8_000)).toBe(10);
  });

  it('does not divide by no time at all', () => {
    const deadline = { guard: 'minBodyBytesPerSec', startedAtMs: 3_000, atMs: 3_000, limit: 240 } as const;
    expect(measuredAt(deadline, MARKS, 3_000)).toBe(0);
  });
});
