import { describe, expect, it } from 'vitest';
import { KeyedHash } from '../../src-main/guard/keyed-hash';

const bytes = (length: number) => String.fromCharCode(...Array.from({ length }, (_, at) => at));

describe('KeyedHash', () => {
  // The published vectors of HalfSipHash-2-4: key 00…07, the text the bytes 00, 01, 02 and so on.
  it.each([
    [0, '218d1f59b9b83cc8'],
    [1, 'be552412f8387315'],
    [2, '064f39ef7c50eb57'],
    [3, 'ce0f1a45f7060679'],
    [4, 'd5e78a175be52ea1'],
    [5, 'cb9d7c3f2f3db580'],
    [6, 'ce3e91358aa2bc25'],
  ])('is HalfSipHash-2-4 (%i bytes)', (length, digest) => {
    expect(new KeyedHash(new Uint32Array([0x03020100, 0x07060504])).digest(bytes(length))).toBe(digest);
  });

  it('is another one under another key', () => {
    const digests = [0, 1, 2].map((low) => new KeyedHash(new Uint32Array([low, 5])).digest('Bearer abc'));
    expect(new Set(digests).size).toBe(3);
  });

  it('sees every byte of a long text', () => {
    const hash = new KeyedHash(new Uint32Array([1, 2]));
    const text = 'x'.repeat(1_000);
    const changed = Array.from({ length: 1_000 }, (_, at) => `${text.slice(0, at)}y${text.slice(at + 1)}`);
    expect(new Set([text, ...changed].map((each) => hash.digest(each))).size).toBe(1_001);
  });
});
