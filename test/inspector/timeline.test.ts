import { expect, it } from 'vitest';
import { MAX_TIMELINE_BARS } from '../../src-main/contract/connections';
import { Timeline } from '../../src-main/inspector/timeline';

const read = (atMs: number, bytes = 1) => ({ side: 'client', direction: 'in', bytes, atMs }) as const;

it('draws reads apart in time as bars of their own', () => {
  const timeline = new Timeline();
  timeline.add(read(0), 'headers', MAX_TIMELINE_BARS);
  timeline.add(read(100), 'headers', MAX_TIMELINE_BARS);
  expect(timeline.bars.map(({ fromMs }) => fromMs)).toEqual([0, 100]);
});

it('joins reads that follow at once in the same phase', () => {
  const timeline = new Timeline();
  timeline.add(read(0, 10), 'body-length', MAX_TIMELINE_BARS);
  timeline.add(read(0.5, 20), 'body-length', MAX_TIMELINE_BARS);
  expect(timeline.bars).toEqual([{ direction: 'in', fromMs: 0, toMs: 0.5, bytes: 30, count: 2, phase: 'body-length' }]);
});

it('stays within its bound and loses no byte and no read', () => {
  const timeline = new Timeline();
  for (let index = 0; index < 50_000; index += 1) {
    timeline.add(
      { side: 'client', direction: index % 2 === 0 ? 'in' : 'out', bytes: 3, atMs: index * 10 },
      'headers',
      MAX_TIMELINE_BARS,
    );
  }
  const { bars } = timeline;
  expect(bars.length).toBeLessThanOrEqual(MAX_TIMELINE_BARS);
  expect(bars.reduce((sum, bar) => sum + bar.bytes, 0)).toBe(150_000);
  expect(bars.reduce((sum, bar) => sum + bar.count, 0)).toBe(50_000);
});
