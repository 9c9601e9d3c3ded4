import { execFileSync } from 'node:child_process';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { copyAs } from '../../../src-renderer/lens/copy-as';
import { ascii } from '../../support/fake-connection';

describe('copying bytes', () => {
  it('writes them in hex with spaces', () => {
    expect(copyAs('hex', Uint8Array.of(0, 0x0d, 0xff))).toBe('00 0d ff');
  });

  it('writes a C string without trigraphs and with escapes that end', () => {
    expect(copyAs('escape', ascii('a"\\??\r\n\x00' + '1'))).toBe('"a\\"\\\\\\?\\?\\r\\n\\0001"');
  });

  it('writes Base64', () => {
    expect(copyAs('base64', Uint8Array.of(0xff, 0xfe))).toBe('//4=');
  });

  it('keeps every byte as a Latin-1 character in text', () => {
    expect(copyAs('text', Uint8Array.of(0xe9, 0x0a))).toBe('é\n');
  });

  it('writes a printf command whose format is no option', () => {
    expect(execFileSync('sh', ['-c', copyAs('printf', ascii('-v x'))]).toString()).toBe('-v x');
  });

  test.prop([fc.uint8Array({ maxLength: 60 })], { numRuns: 15 })(
    'writes a printf command that prints the same bytes',
    (bytes) => {
      const printed = execFileSync('sh', ['-c', copyAs('printf', bytes)]);
      expect([...printed]).toEqual([...bytes]);
    },
  );
});
