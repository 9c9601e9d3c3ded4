import { ok } from '@contract/errors';
import type { FeedBatch } from '@contract/feed';
import { MAX_LOG_ENTRIES } from '@contract/feed';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { linkOver } from '../../../src-renderer/link/connect';
import type { Link, LinkState } from '../../../src-renderer/link/link';
import { Clock } from '../../../src-renderer/model/clock.svelte';
import { Live } from '../../../src-renderer/model/live.svelte';
import { FakeTransport } from '../../support/fake-transport';
import { makeRow, makeSnapshot, makeStats, NOW_MS, variedLog } from '../../support/rows';

const FLUSHED_MS = 300;
let transport: FakeTransport;
let live: Live;
let snapshots: number;

beforeEach(() => {
  vi.useFakeTimers();
  snapshots = 0;
  transport = new FakeTransport({
    'feed.snapshot': () => {
      snapshots++;
      return ok(makeSnapshot({ sequence: 10, rows: [makeRow({ id: 1 }), makeRow({ id: 2 })] }));
    },
    'feed.acknowledge': () => ok(null),
  });
  live = new Live(new Clock());
});

afterEach(() => {
  vi.useRealTimers();
});

const push = (batch: FeedBatch) => transport.push('feed', batch);
const flush = () => vi.advanceTimersByTimeAsync(FLUSHED_MS);
const acknowledged = () => transport.paramsOf('feed.acknowledge').map((params) => params.sequence);
const ids = () => live.rows.map((row) => row.id);

async function started(link: Link = linkOver(transport)): Promise<void> {
  live.start(link);
  await vi.advanceTimersByTimeAsync(0);
}

describe('the snapshot', () => {
  test('is where the state begins', async () => {
    expect(live.ready).toBe(false);
    await started();
    expect(live).toMatchObject({ ready: true, connected: true, journalPath: '/tmp/session.pcapng' });
    expect(ids()).toEqual([1, 2]);
  });

  test('relates the clock of the page to the clock of the engine', async () => {
    const clock = new Clock();
    live = new Live(clock);
    await started();
    expect(clock.peekMs()).toBeCloseTo(NOW_MS, -3);
  });

  test('is asked for again while the engine does not give it', async () => {
    const give = transport.answers['feed.snapshot'];
    transport.answers['feed.snapshot'] = () => ({ ok: false, error: { code: 'CALL_FAILED' } });
    await started();
    expect(live.ready).toBe(false);
    transport.answers['feed.snapshot'] = give!;
    await vi.advanceTimersByTimeAsync(1_100);
    expect(live.ready).toBe(true);
  });
});

describe('batches', () => {
  test('are applied in order, once per frame, and acknowledged after that', async () => {
    await started();
    push({ sequence: 11, rows: [makeRow({ id: 3 })] });
    push({ sequence: 12, dropped: [1] });
    expect(ids()).toEqual([1, 2]);
    expect(acknowledged()).toEqual([]);
    await flush();
    expect(ids()).toEqual([2, 3]);
    expect(acknowledged()).toEqual([12]);
  });

  test('of before the snapshot are dropped, and acknowledged all the same', async () => {
    await started();
    push({ sequence: 9, rows: [makeRow({ id: 99 })] });
    push({ sequence: 10, rows: [makeRow({ id: 98 })] });
    await flush();
    expect(ids()).toEqual([1, 2]);
    expect(acknowledged()).toEqual([10]);
  });

  test('that come while a snapshot is on its way are kept until it is there', async () => {
    let give: () => void = () => undefined;
    transport.answers['feed.snapshot'] = () =>
      new Promise((resolve) => (give = () => resolve(ok(makeSnapshot({ sequence: 10, rows: [makeRow({ id: 1 })] })))));
    await started();
    push({ sequence: 10, rows: [makeRow({ id: 98 })] });
    push({ sequence: 11, rows: [makeRow({ id: 5 })] });
    await flush();
    expect(acknowledged()).toEqual([]);
    give();
    await flush();
    expect(ids()).toEqual([1, 5]);
  });

  test('with a gap between them lead to a new snapshot', async () => {
    await started();
    push({ sequence: 12, rows: [makeRow({ id: 50 })] });
    await flush();
    expect(snapshots).toBe(2);
    expect(ids()).toEqual([1, 2]);
  });

  test('with a reset lead to a new snapshot', async () => {
    await started();
    push({ sequence: 11, reset: true });
    await flush();
    expect(snapshots).toBe(2);
    expect(acknowledged()).toEqual([11]);
  });

  test('are applied in a hidden tab too, where no frames come', async () => {
    vi.stubGlobal('requestAnimationFrame', () => 0);
    await started();
    push({ sequence: 11, rows: [makeRow({ id: 3 })] });
    await vi.advanceTimersByTimeAsync(249);
    expect(ids()).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ids()).toEqual([1, 2, 3]);
    vi.unstubAllGlobals();
  });

  test('change what they name and leave the rest', async () => {
    await started();
    const before = live.rows;
    push({
      sequence: 11,
      stats: makeStats({ open: 99 }),
      listener: { state: 'stopped', host: '::1', port: 1 },
      log: variedLog(),
    });
    await flush();
    expect(live.rows).toBe(before);
    expect(live.stats.open).toBe(99);
    expect(live.listener.state).toBe('stopped');
    expect(live.log).toHaveLength(4);
  });

  test('never make the log grow beyond its bound', async () => {
    await started();
    const log = Array.from({ length: MAX_LOG_ENTRIES / 2 + 1 }, () => variedLog()[0]!);
    push({ sequence: 11, log });
    push({ sequence: 12, log });
    await flush();
    expect(live.log).toHaveLength(MAX_LOG_ENTRIES);
  });

  test('reach an effect that reads the rows', async () => {
    await started();
    const seen: number[] = [];
    const stop = $effect.root(() => {
      $effect(() => {
        seen.push(live.rows.length);
      });
    });
    flushSync();
    push({ sequence: 11, rows: [makeRow({ id: 3 })] });
    await flush();
    flushSync();
    expect(seen).toEqual([2, 3]);
    stop();
  });
});

describe('the link', () => {
  function changingLink() {
    let tell: (state: LinkState) => void = () => undefined;
    const base = linkOver(transport);
    const link = {
      ...base,
      state: 'connecting' as LinkState,
      onState: (listener: (state: LinkState) => void) => ((tell = listener), () => undefined),
    };
    return { link, become: (state: LinkState) => ((link.state = state), tell(state)) };
  }

  test('lost and found again brings a fresh snapshot, and keeps the old rows meanwhile', async () => {
    const { link, become } = changingLink();
    await started(link);
    expect(snapshots).toBe(0);
    become('open');
    await flush();
    become('lost');
    expect(live).toMatchObject({ connected: false, ready: true, linkState: 'lost' });
    expect(ids()).toEqual([1, 2]);
    become('open');
    await flush();
    expect(snapshots).toBe(2);
    expect(live.connected).toBe(true);
  });
});

test('a notice is shown until it is dismissed', async () => {
  await started();
  const notice = { atMs: NOW_MS, error: { code: 'CAP_WRITE_FAILED', detail: { reason: 'ENOSPC' } } } as const;
  push({ sequence: 11, notice });
  await flush();
  expect(live.notices).toEqual([notice]);
  live.dismiss(live.notices[0]!);
  expect(live.notices).toEqual([]);
});
