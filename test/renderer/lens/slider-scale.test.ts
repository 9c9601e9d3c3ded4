import { checkSetting, NUMBER_NAMES, numberEntry, SETTINGS } from '@contract/settings';
import { describe, expect, test } from 'vitest';
import { sliderPosition, sliderValue, stepValue } from '../../../src-renderer/lens/slider-scale';

describe.each(NUMBER_NAMES)('%s', (name) => {
  const entry = numberEntry(name);
  const places = Array.from({ length: 201 }, (_, index) => index / 200);

  test('every place of the slider means a value the engine takes', () => {
    for (const place of places) expect(checkSetting(name, sliderValue(entry, place)).ok).toBe(true);
  });

  test('values never fall when the hand moves right', () => {
    const values = places.map((place) => sliderValue(entry, place));
    expect(values).toEqual([...values].sort((a, b) => a - b));
  });

  test('the ends are the ends', () => {
    expect([sliderValue(entry, 0), sliderValue(entry, 1)]).toEqual([...entry.slider]);
  });

  test('a key always moves on until the end, and no further', () => {
    let value = entry.slider[0];
    let steps = 0;
    for (let next = stepValue(entry, value, 1); next !== value; next = stepValue(entry, value, 1)) {
      expect(next).toBeGreaterThan(value);
      value = next;
      expect(++steps).toBeLessThan(250);
    }
    expect(value).toBe(entry.slider[1]);
  });

  test('a key moves down again', () => {
    expect(stepValue(entry, entry.slider[1], -1)).toBeLessThan(entry.slider[1]);
  });
});

test('a value beyond the slider stands at its end', () => {
  expect(sliderPosition(SETTINGS.headTimeoutMs, 3_600_000)).toBe(1);
  expect(sliderPosition(SETTINGS.maxBodyBytes, 0)).toBe(0);
});

test('the middle of a logarithmic slider is the geometric mean', () => {
  expect(sliderPosition({ ...SETTINGS.headTimeoutMs, slider: [1, 10_000] }, 100)).toBeCloseTo(0.5);
});

test('a coarse step jumps', () => {
  const fine = stepValue(SETTINGS.headTimeoutMs, 10_000, 1);
  expect(stepValue(SETTINGS.headTimeoutMs, 10_000, 1, 10)).toBeGreaterThan(fine);
});
