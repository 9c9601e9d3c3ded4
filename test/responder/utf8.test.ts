import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { encodeBase64 } from '../../src-main/responder/base64';
import { decodeUtf8, encodeUtf8 } from '../../src-main/responder/utf8';

const reference = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
};

describe('UTF-8', () => {
  test.prop([fc.uint8Array({ maxLength: 40 })])('decodes what the platform decodes', (bytes) => {
    expect(decodeUtf8(bytes)).toBe(reference(bytes));
  });

  test.prop([fc.string({ unit: 'binary', maxLength: 300 })])('decodes what the platform encodes', (text) => {
    const bytes = new TextEncoder().encode(text);
    expect(decodeUtf8(bytes)).toBe(reference(bytes));
  });

  test.prop([fc.string({ unit: 'binary' })])('encodes as the platform does', (text) => {
    expect([...encodeUtf8(text)]).toEqual([...new TextEncoder().encode(text)]);
  });

  it.each([
    ['an overlong slash', [0xc0, 0xaf]],
    ['an overlong three-byte form', [0xe0, 0x80, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a code above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a lone continuation', [0x80]],
    ['a cut character', [0xe2, 0x82]],
  ])('refuses %s', (_name, bytes) => {
    expect(decodeUtf8(new Uint8Array(bytes))).toBeNull();
  });

  it('decodes text longer than one run', () => {
    const long = 'aä€😀'.repeat(5000);
    expect(decodeUtf8(encodeUtf8(long)) === long).toBe(true);
  });

  it('writes a lone surrogate as U+FFFD', () => {
    expect([...encodeUtf8('\ud800')]).toEqual([0xef, 0xbf, 0xbd]);
  });
});

test.prop([fc.uint8Array({ maxLength: 40 })])('base64 is what the platform writes', (bytes) => {
  expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
});
