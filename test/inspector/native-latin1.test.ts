import { afterEach, describe, expect, it } from 'vitest';
import { decodeLatin1With, latin1, latin1ByHand } from '../../src-main/http1/bytes';
import { useNativeLatin1 } from '../../src-main/inspector/native-latin1';

afterEach(() => decodeLatin1With(latin1ByHand));

describe("Node's Latin-1", () => {
  it('is the same as ours for every byte at every length', () => {
    const bytes = Uint8Array.from({ length: 600 }, (_, index) => index & 0xff);
    useNativeLatin1();
    for (let start = 0; start < 300; start += 1) {
      const end = start * 2;
      expect(latin1(bytes, start, end)).toBe(latin1ByHand(bytes, start, end));
    }
  });
});
