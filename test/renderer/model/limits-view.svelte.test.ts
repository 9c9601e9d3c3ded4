import { beforeEach, describe, expect, test } from 'vitest';
import { LimitsView } from '../../../src-renderer/model/limits-view.svelte';

beforeEach(() => {
  localStorage.clear();
});

describe('sections', () => {
  test('strictness and journal are closed at first', () => {
    const view = new LimitsView();
    expect([view.isOpen('timeouts'), view.isOpen('strictness'), view.isOpen('journal')]).toEqual([true, false, false]);
  });

  test('stay as they were at the next start', () => {
    const view = new LimitsView();
    view.toggle('timeouts');
    view.toggle('strictness');
    const next = new LimitsView();
    expect([next.isOpen('timeouts'), next.isOpen('strictness'), next.isOpen('journal')]).toEqual([false, true, false]);
  });

  test('all of them may be open at the next start', () => {
    const view = new LimitsView();
    view.toggle('strictness');
    view.toggle('journal');
    expect(new LimitsView().isOpen('journal')).toBe(true);
  });
});

test('pointing at a part opens the way to it', () => {
  const view = new LimitsView();
  view.filter = 'rate';
  view.toggle('timeouts');
  view.point('headTimeoutStart');
  expect(view).toMatchObject({ filter: '', drawerOpen: true, pointedAt: 'headTimeoutStart' });
  expect([view.isOpen('timeouts'), view.isUnfolded('headTimeoutMs')]).toEqual([true, true]);
  view.arrived();
  expect(view.pointedAt).toBeNull();
});
