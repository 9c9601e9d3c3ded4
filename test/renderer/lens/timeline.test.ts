import { describe, expect, it } from 'vitest';
import type { ConnectionDetail, TimelineBar } from '@contract/connections';
import { percentAt, placeBars, ticks, timeSpan } from '../../../src-renderer/lens/timeline';
import { makeRow } from '../../support/rows';
import { DEFAULT_SETTINGS } from '@contract/settings';

const bar = (fromMs: number, more: Partial<TimelineBar> = {}): TimelineBar => ({
  direction: 'in',
  fromMs,
  toMs: fromMs,
  bytes: 10,
  count: 1,
  phase: 'headers',
  ...more,
});

function detail(row: Partial<ConnectionDetail['row']>, timeline: TimelineBar[] = []): ConnectionDetail {
  const open = { closedAtMs: null, closeCause: null, openedAtMs: 1_000 } as const;
  return {
    row: makeRow({ id: 1, ...open, ...row }),
    exchanges: [],
    exchangesDropped: 0,
    trips: [],
    faults: [],
    timeline,
    settings: DEFAULT_SETTINGS,
  };
}

describe('the time shown', () => {
  it('ends with the connection', () => {
    expect(timeSpan(detail({ closedAtMs: 1_030 }), 9_999)).toEqual({ fromMs: 1_000, toMs: 1_030 });
  });

  it('has room for the deadline that is armed', () => {
    const armed = { guard: 'headTimeoutMs', startedAtMs: 1_000, atMs: 11_000 } as const;
    const span = timeSpan(detail({ armed }), 4_000);
    expect(span.toMs).toBe(13_000);
    expect(percentAt(armed.atMs, span)).toBeLessThan(90);
  });

  it.each(['idleTimeoutMs', 'tunnelIdleTimeoutMs'] as const)('does not make room for %s far away', (guard) => {
    const armed = { guard, startedAtMs: 1_000, atMs: 61_000 };
    expect(timeSpan(detail({ armed }, [bar(1_001)]), 1_100).toMs).toBeLessThan(1_200);
  });

  it('stays when an idle timeout begins to run', () => {
    const armed = { guard: 'idleTimeoutMs', startedAtMs: 2_000, atMs: 62_000 } as const;
    expect(timeSpan(detail({ armed }), 6_000).toMs).toBeLessThan(7_000);
  });

  it('grows in steps, so that bars keep their place', () => {
    expect(timeSpan(detail({}), 4_010)).toEqual(timeSpan(detail({}), 4_190));
  });

  it('is never empty', () => {
    const { fromMs, toMs } = timeSpan(detail({ closedAtMs: 1_000 }), 1_000);
    expect(toMs).toBeGreaterThan(fromMs);
  });
});

describe('bars', () => {
  it('know where their bytes begin, each direction on its own', () => {
    const bars = [bar(1_001), bar(1_002, { direction: 'out', bytes: 100 }), bar(1_003, { bytes: 5 })];
    const told = detail({ bytesIn: 15, bytesOut: 100 }, bars);
    expect(placeBars(told, timeSpan(told, 1_010)).map(({ offset }) => offset)).toEqual([0, 0, 10]);
  });

  it('count from the end where the oldest are no longer kept', () => {
    const told = detail({ bytesIn: 1_000 }, [bar(1_001), bar(1_002)]);
    expect(placeBars(told, timeSpan(told, 1_010)).map(({ offset }) => offset)).toEqual([980, 990]);
  });
});

describe('ticks', () => {
  it('are round and name the unit at both ends', () => {
    expect(ticks({ fromMs: 0, toMs: 10_000 }).map(({ label }) => label)).toEqual(['0 s', '2', '4', '6', '8', '10 s']);
    expect(
      ticks({ fromMs: 0, toMs: 40 })
        .map(({ label }) => label)
        .at(-1),
    ).toBe('40 ms');
  });

  it('are few, however long the time', () => {
    for (const length of [0.5, 3, 77, 1_234, 86_400_000])
      expect(ticks({ fromMs: 0, toMs: length }).length).toBeLessThan(10);
  });
});
