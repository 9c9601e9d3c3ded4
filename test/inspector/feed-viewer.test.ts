import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionRow } from '../../src-main/contract/connections';
import { MAX_OWED_ROWS, type FeedBatch, type FeedSnapshot } from '../../src-main/contract/feed';
import { FeedViewer } from '../../src-main/inspector/feed-viewer';

let batches: FeedBatch[];
let viewer: FeedViewer;

const begin = (): number => viewer.begin((sequence) => ({ sequence }) as FeedSnapshot).sequence;
const rowIds = (batch: FeedBatch | undefined): readonly number[] => (batch?.rows ?? []).map(({ id }) => id);
const letTimePass = (): void => void vi.advanceTimersByTime(1_000);

beforeEach(() => {
  vi.useFakeTimers();
  batches = [];
  viewer = new FeedViewer(
    (id) => (id < 0 ? null : ({ id } as ConnectionRow)),
    (batch) => batches.push(batch),
    () => Date.now(),
  );
});
afterEach(() => vi.useRealTimers());

describe('FeedViewer', () => {
  it('delivers nothing before its snapshot', () => {
    viewer.changed(1);
    letTimePass();
    expect(batches).toEqual([]);
  });

  it('merges the changes of one connection into one row', () => {
    begin();
    for (let change = 0; change < 10; change += 1) viewer.changed(7);
    letTimePass();
    expect(batches.map(rowIds)).toEqual([[7]]);
  });

  it('sends no second batch before the first is acknowledged, and merges what came meanwhile', () => {
    begin();
    viewer.changed(1);
    letTimePass();
    viewer.changed(2);
    viewer.changed(3);
    letTimePass();
    expect(batches).toHaveLength(1);
    viewer.acknowledge(batches[0]?.sequence ?? -1);
    letTimePass();
    expect(batches.map(rowIds)).toEqual([[1], [2, 3]]);
  });

  it('numbers batches one after the other from the snapshot on', () => {
    const first = begin();
    viewer.changed(1);
    letTimePass();
    viewer.acknowledge(first + 1);
    viewer.changed(1);
    letTimePass();
    expect(batches.map(({ sequence }) => sequence)).toEqual([first + 1, first + 2]);
  });

  it('sends one reset in place of too many rows, then nothing until the next snapshot', () => {
    begin();
    for (let id = 0; id <= MAX_OWED_ROWS + 5; id += 1) viewer.changed(id);
    letTimePass();
    expect(batches).toEqual([{ sequence: 1, reset: true }]);
    viewer.acknowledge(1);
    viewer.changed(1);
    letTimePass();
    expect(batches).toHaveLength(1);
    begin();
    viewer.changed(1);
    letTimePass();
    expect(rowIds(batches[1])).toEqual([1]);
  });

  it('names dropped rows and leaves them out of the changed ones', () => {
    begin();
    viewer.changed(4);
    viewer.dropped([4, 5]);
    letTimePass();
    expect(batches).toMatchObject([{ dropped: [4, 5] }]);
    expect(batches[0]).not.toHaveProperty('rows');
  });

  it('keeps the newest of a one-off and drops the others', () => {
    begin();
    viewer.tell({ listener: { state: 'stopped', host: 'a', port: 1 } });
    viewer.tell({ listener: { state: 'stopped', host: 'b', port: 2 } });
    letTimePass();
    expect(batches).toMatchObject([{ listener: { host: 'b' } }]);
  });

  it('delivers every notice, one a batch', () => {
    begin();
    for (const reason of ['a', 'b'])
      viewer.noticed({ atMs: 1, error: { code: 'CAP_READ_FAILED', detail: { reason } } });
    letTimePass();
    viewer.acknowledge(1);
    letTimePass();
    viewer.acknowledge(2);
    letTimePass();
    expect(batches.map(({ notice }) => notice?.error.detail)).toEqual([{ reason: 'a' }, { reason: 'b' }]);
  });

  it('delivers nothing after it ended', () => {
    begin();
    viewer.changed(1);
    viewer.end();
    letTimePass();
    expect(batches).toEqual([]);
  });
});
