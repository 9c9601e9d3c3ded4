import { describe, expect, it } from 'vitest';
import { gap, hexOffset, sinceOpened } from '../../../src-renderer/lens/moments';

describe('moments', () => {
  it('are seconds, and milliseconds where those would show nothing', () => {
    expect([sinceOpened(2_204, 1_000), sinceOpened(1_000.412, 1_000)]).toEqual(['+1.204 s', '+0.41 ms']);
  });

  it('have short gaps between them', () => {
    expect([0.31, 12.4, 1_200, 125_000].map(gap)).toEqual(['+0.3 ms', '+12 ms', '+1.20 s', '+125 s']);
  });
});

describe('offsets', () => {
  it('have four digits at least', () => {
    expect([hexOffset(0x19), hexOffset(0x12345)]).toEqual(['0x0019', '0x12345']);
  });
});
