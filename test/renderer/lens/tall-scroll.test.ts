import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  clampTop,
  MAX_SPACER_PX,
  maxTop,
  rowsInView,
  scrollToTop,
  spacerPx,
  topToReveal,
  topToScroll,
} from '../../../src-renderer/lens/tall-scroll';

const GIB = 1024 ** 3;
const huge = { contentPx: (GIB / 16) * 20, viewPx: 600 };
const small = { contentPx: 2_000, viewPx: 600 };

describe('tall scroll', () => {
  it('never makes the spacer taller than browsers allow', () => {
    expect([spacerPx(small), spacerPx(huge)]).toEqual([2_000, MAX_SPACER_PX]);
  });

  it('is the identity where the content fits', () => {
    expect([topToScroll(700, small), scrollToTop(700, small)]).toEqual([700, 700]);
  });

  it('reaches both ends of a gigabyte', () => {
    expect(scrollToTop(0, huge)).toBe(0);
    expect(scrollToTop(MAX_SPACER_PX - huge.viewPx, huge)).toBe(maxTop(huge));
  });

  test.prop([fc.double({ min: 0, max: 1, noNaN: true })])('comes back to where it was within a pixel', (share) => {
    const top = share * maxTop(huge);
    expect(Math.abs(scrollToTop(topToScroll(top, huge), huge) - top)).toBeLessThan(1);
  });

  it('stays at the top where everything is in view', () => {
    const extent = { contentPx: 100, viewPx: 600 };
    expect([clampTop(50, extent), scrollToTop(10, extent), topToScroll(10, extent)]).toEqual([0, 0, 0]);
  });

  it('draws only rows that touch the view', () => {
    expect(rowsInView(30, 20, 1_000, 100)).toEqual({ first: 1, end: 7 });
    expect(rowsInView(0, 20, 3, 100)).toEqual({ first: 0, end: 3 });
    expect(rowsInView(0, 20, 0, 100)).toEqual({ first: 0, end: 0 });
  });

  it('moves as little as possible to show a row', () => {
    expect(topToReveal(5, 200, 20, small)).toBe(100);
    expect(topToReveal(12, 200, 20, small)).toBe(200);
    expect(topToReveal(50, 200, 20, small)).toBe(420);
  });
});
