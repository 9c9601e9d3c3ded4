import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatCountdown,
  formatDuration,
  formatPerSec,
  formatPlural,
} from '../../../src-renderer/lens/format';

describe('formatBytes', () => {
  test.each([
    [0, '0 B'],
    [612, '612 B'],
    [999, '999 B'],
    [1_000, '1.0 KiB'],
    [1_236, '1.2 KiB'],
    [16_384, '16.0 KiB'],
    [193_000_000, '184 MiB'],
    [1_023 * 1_024, '1.0 MiB'],
    [2 ** 50, '1024 TiB'],
  ])('writes %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('times', () => {
  test.each([
    [-5, '0 s'],
    [4, '4 ms'],
    [3_449, '3.4 s'],
    [125_000, '2 min 5 s'],
    [12_000_000, '3 h 20 min'],
  ])('a duration of %d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test.each([
    [-1, '0.0 s'],
    [1, '0.1 s'],
    [3_400, '3.4 s'],
    [600_000, '10 min'],
    [7_200_000, '2 h'],
  ])('a countdown at %d ms shows %s', (ms, text) => {
    expect(formatCountdown(ms)).toBe(text);
  });
});

test('groups the digits of a count', () => {
  expect(formatCount(1_024)).toBe('1,024');
});

test('keeps a slow rate readable', () => {
  expect([0, 0.4, 412, 250_000].map(formatPerSec)).toEqual(['0', '0.4', '412', '250k']);
});

test('one trip is not "1 trips"', () => {
  expect([formatPlural(1, 'trip'), formatPlural(3, 'trip')]).toEqual(['1 trip', '3 trips']);
});
