import { expect, test } from 'vitest';
import { sparklinePoints } from '../../../src-renderer/lens/sparkline';

const box = { width: 100, height: 20, capacity: 5 };

test('the newest value stands at the right edge, the largest at the top', () => {
  expect(sparklinePoints([0, 10], box)).toBe('75.0,19.0 100.0,1.0');
});

test('silence is a line at the bottom', () => {
  expect(sparklinePoints([0, 0, 0], box)).toBe('50.0,19.0 75.0,19.0 100.0,19.0');
});

test('one value is no line', () => {
  expect(sparklinePoints([3], box)).toBe('');
});
