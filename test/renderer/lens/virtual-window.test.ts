import { describe, expect, test } from 'vitest';
import { scrollToReveal, virtualWindow } from '../../../src-renderer/lens/virtual-window';

const list = { rowHeight: 20, viewportHeight: 100, overscan: 2, count: 1_000 };

describe('virtualWindow', () => {
  test('draws only what is on screen and the overscan', () => {
    expect(virtualWindow({ ...list, scrollTop: 400 })).toEqual({
      first: 18,
      end: 27,
      offset: 360,
      totalHeight: 20_000,
    });
  });

  test('does not start before the first row', () => {
    expect(virtualWindow({ ...list, scrollTop: 0 })).toMatchObject({ first: 0, end: 7 });
  });

  test('ends at the last row when a shorter list still reports its old position', () => {
    expect(virtualWindow({ ...list, count: 10, scrollTop: 9_000 })).toMatchObject({ first: 3, end: 10 });
  });

  test('an empty list draws nothing', () => {
    expect(virtualWindow({ ...list, count: 0, scrollTop: 50 })).toEqual({
      first: 0,
      end: 0,
      offset: 0,
      totalHeight: 0,
    });
  });

  test('a row cut by an edge is drawn', () => {
    expect(virtualWindow({ ...list, overscan: 0, scrollTop: 10 })).toMatchObject({ first: 0, end: 6 });
  });
});

describe('scrollToReveal', () => {
  const view = { rowHeight: 20, viewportHeight: 100, scrollTop: 200 };

  test('stays where it is for a row already on screen', () => {
    expect(scrollToReveal({ ...view, index: 12 })).toBe(200);
  });

  test('brings a row above to the upper edge', () => {
    expect(scrollToReveal({ ...view, index: 3 })).toBe(60);
  });

  test('brings a row below to the lower edge', () => {
    expect(scrollToReveal({ ...view, index: 15 })).toBe(220);
  });
});
