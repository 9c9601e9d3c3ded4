import { fc, test } from '@fast-check/vitest';
import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { hostKey, parseCertificateHost } from '../../src-main/certificates/certificate-host';

const keyOf = (text: string): string | null => {
  const host = parseCertificateHost(text);
  return host === null ? null : hostKey(host);
};

describe('a host that a certificate is made for', () => {
  it.each([
    ['example.com', 'example.com'],
    ['Example.COM.', 'example.com'],
    ['localhost', 'localhost'],
    ['xn--mnchen-3ya.de', 'xn--mnchen-3ya.de'],
    ['my_service.internal', 'my_service.internal'],
    ['1.example', '1.example'],
    ['192.0.2.1', '192.0.2.1'],
    ['2001:DB8::1', '2001:db8:0:0:0:0:0:1'],
    ['[2001:db8:0::1]', '2001:db8:0:0:0:0:0:1'],
    ['::ffff:192.0.2.1', '0:0:0:0:0:ffff:c000:201'],
    [`${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`, expect.stringMatching(/^a{63}/)],
  ])('is %j', (text, key) => {
    expect(keyOf(text)).toEqual(key);
  });

  // A wildcard, a second name behind NUL, markup, a port, a user, other spellings of addresses, and lengths.
  it.each([
    '',
    '.',
    '*',
    '*.example.com',
    'w*.example.com',
    'a..b',
    '.example.com',
    'example.com..',
    '-a.example',
    'a-.example',
    'good.example\0.evil.example',
    'a b',
    'a\r\nb',
    '<b>.example',
    'example.com:443',
    'me@example.com',
    'münchen.de',
    'example。com',
    '127.1',
    '0177.0.0.1',
    '256.0.0.1',
    '1.2.3.4.5',
    '0x7f.0x1',
    '2130706433',
    'example.0x7f',
    'fe80::1%eth0',
    '[192.0.2.1]',
    '[::1',
    '::1]',
    '[example.com]',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(126)}aa`,
    'a'.repeat(100_000),
  ])('is not %j', (text) => {
    expect(parseCertificateHost(text)).toBeNull();
  });

  const hostile = fc.string({
    unit: fc.constantFrom(...'aZ09.-_*:[]%\0\r\n /@<>\'"xné'),
    maxLength: 40,
  });

  test.prop([fc.oneof(hostile, fc.ipV4Extended(), fc.ipV6(), fc.domain(), fc.string())])(
    'holds nothing but letters, digits, hyphens, underscores and dots, or is an address',
    (text) => {
      const host = parseCertificateHost(text);
      if (host === null) return;
      if (host.kind === 'name') expect(host.text).toMatch(/^[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?$/);
      else expect([isIP(host.text), isIP(host.full)]).toEqual([isIP(host.full), isIP(host.text)]);
      if (host.kind === 'address') expect(isIP(host.full)).toBeGreaterThan(0);
    },
  );

  test.prop([fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain())])('has one key in capitals too', (text) => {
    expect(keyOf(text.toUpperCase())).toBe(keyOf(text));
    expect(keyOf(text)).not.toBeNull();
  });
});
