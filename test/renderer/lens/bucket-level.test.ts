import { expect, test } from 'vitest';
import { bucketTone, bucketWait, contentOf, levelAt, nextTokenMs } from '../../../src-renderer/lens/bucket-level';

const rule = { capacity: 10, refillPerSec: 2, model: 'token' } as const;
const leaky = { ...rule, model: 'leaky' } as const;
const bucket = { slot: 0, label: '10.0.0.1', level: 1.5, atMs: 1_000 };

test('refills with time', () => {
  expect(levelAt(bucket, rule, 2_000)).toBe(3.5);
});

test('is never fuller than full', () => {
  expect(levelAt(bucket, rule, 60_000)).toBe(10);
});

test('a clock behind the sample takes no token away', () => {
  expect(levelAt(bucket, rule, 0)).toBe(1.5);
});

test('a lowered capacity shows at once', () => {
  expect(levelAt({ ...bucket, level: 9 }, { ...rule, capacity: 4 }, 1_000)).toBe(4);
});

test('tells the time to the next whole token', () => {
  expect(nextTokenMs(1.5, rule)).toBe(250);
  expect(nextTokenMs(0, rule)).toBe(500);
  expect(nextTokenMs(10, rule)).toBeNull();
});

test('an empty bucket is bad, one under half warns', () => {
  expect([0.9, 1, 4.9, 5].map((level) => bucketTone(level, rule))).toEqual(['bad', 'warn', 'warn', 'ok']);
});

test('counts down to the next token, or to a full bucket where tokens come too fast', () => {
  expect(bucketWait(1.5, rule)).toBe('+1 in 0.3 s');
  expect(bucketWait(50, { ...rule, capacity: 100, refillPerSec: 50 })).toBe('full in 1.0 s');
  expect(bucketWait(10, rule)).toBe('full');
});

test('a leaky bucket is drawn by what has not leaked out, and is at rest when empty', () => {
  expect([contentOf(10, leaky), contentOf(2.5, leaky), contentOf(2.5, rule)]).toEqual([0, 7.5, 2.5]);
  expect([bucketWait(10, leaky), bucketWait(1.5, leaky)]).toEqual(['empty', '−1 in 0.3 s']);
  expect(bucketWait(50, { ...leaky, capacity: 100, refillPerSec: 50 })).toBe('empty in 1.0 s');
});
