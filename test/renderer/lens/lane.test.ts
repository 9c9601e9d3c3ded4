import { expect, test } from 'vitest';
import { laneSegments } from '../../../src-renderer/lens/lane';
import { makeRow, variedRows } from '../../support/rows';

const parts = (row: ReturnType<typeof makeRow>) => laneSegments(row).map((segment) => segment.part);

test('a finished exchange is its parts in the order of the wire', () => {
  expect(parts(makeRow({ id: 1, lane: { startLine: 10, fields: 90, body: 1_000, reply: 100 } }))).toEqual([
    'start-line',
    'fields',
    'body',
    'reply',
  ]);
});

test('a head is still seen beside a body of a gigabyte', () => {
  const [startLine] = laneSegments(makeRow({ id: 1, lane: { startLine: 20, fields: 80, body: 1e9, reply: 100 } }));
  expect(startLine?.percent).toBeGreaterThan(4);
});

test('what a guard cut ends in a tail', () => {
  expect(parts(makeRow({ id: 1, marks: ['LIM_HEAD_TIMEOUT'], status: 408 })).at(-1)).toBe('cut');
});

test('a rate-limited reply is coloured as such', () => {
  expect(parts(makeRow({ id: 1, marks: ['LIM_RATE'], status: 429 }))).toContain('limited');
});

test('what is not here yet is left faint', () => {
  const row = makeRow({
    id: 1,
    phase: 'headers',
    status: null,
    closedAtMs: null,
    closeCause: null,
    lane: { startLine: 20, fields: 30, body: 0, reply: 0 },
  });
  expect(parts(row)).toEqual(['start-line', 'fields', 'rest']);
});

test('the shares of every row add up to the whole bar', () => {
  for (const row of variedRows()) {
    expect(laneSegments(row).reduce((sum, { percent }) => sum + percent, 0)).toBeCloseTo(100, 6);
  }
});
