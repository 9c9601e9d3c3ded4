import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { createIpMatcher, isInRange, parseIp, parseIpRange, type IpRange } from '../../src-main/contract/ip-range';

const range = (text: string): IpRange => {
  const parsed = parseIpRange(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
};

describe('parseIp', () => {
  it.each([
    ['192.0.2.1', [0xc000, 0x0201]],
    ['0.0.0.0', [0, 0]],
    ['255.255.255.255', [0xffff, 0xffff]],
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['::1', [0, 0, 0, 0, 0, 0, 0, 1]],
    ['2001:DB8::A:1', [0x2001, 0xdb8, 0, 0, 0, 0, 0xa, 1]],
    ['1:2:3:4:5:6:7:8', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['1:2:3:4:5:6:7::', [1, 2, 3, 4, 5, 6, 7, 0]],
    ['64:ff9b::192.0.2.33', [0x64, 0xff9b, 0, 0, 0, 0, 0xc000, 0x0221]],
    ['fe80::1%eth0', [0xfe80, 0, 0, 0, 0, 0, 0, 1]],
    ['::ffff:192.0.2.1', [0xc000, 0x0201]],
    ['::FFFF:c000:201', [0xc000, 0x0201]],
    ['::ffff:0:c000:201', [0, 0, 0, 0, 0xffff, 0, 0xc000, 0x201]],
  ])('reads %s', (text, groups) => {
    expect(parseIp(text)).toEqual(groups);
  });

  it.each([
    '',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '12345::',
    'g::',
    '1.2.3.4::',
    '::1.2.3.4:5',
    ':1:2:3:4:5:6:7',
    '1.2.3',
    '1.2.3.4.5',
    '256.0.0.1',
    '01.2.3.4',
    '1.2.3.4 ',
    '1.2.3.4%eth0',
    'localhost',
    '0'.repeat(100),
  ])('takes %j for no address', (text) => {
    expect(parseIp(text)).toBeNull();
  });
});

describe('parseIpRange', () => {
  it.each([
    ['10.0.0.1/8', /bits set/],
    ['2001:db8::1/64', /bits set/],
    ['10.0.0.0/33', /from 0 to 32/],
    ['::/129', /from 0 to 128/],
    ['10.0.0.0/', /from 0 to 32/],
    ['10.0.0.0/08', /from 0 to 32/],
    ['10.0.0.0/-1', /from 0 to 32/],
    ['fe80::1%eth0', /no address/],
    ['everyone', /no address/],
  ])('refuses %s', (text, reason) => {
    expect(parseIpRange(text)).toMatch(reason);
  });

  it('takes an address for the range of itself', () => {
    expect(range('192.0.2.7')).toEqual(range('192.0.2.7/32'));
    expect(range('::1')).toEqual(range('::1/128'));
  });

  it('reads a range of IPv4-mapped addresses as the range of IPv4', () => {
    expect(range('::ffff:10.0.0.0/104')).toEqual(range('10.0.0.0/8'));
  });
});

/** Bits as text: the plainest model there is. */
const bitsOf = (groups: readonly number[]): string =>
  groups.map((group) => group.toString(2).padStart(16, '0')).join('');

const groups = (count: number) => fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: count, maxLength: count });
const ipv4Text = ([high = 0, low = 0]: readonly number[]): string =>
  [high >> 8, high & 255, low >> 8, low & 255].join('.');
const ipv6Text = (address: readonly number[]): string => address.map((group) => group.toString(16)).join(':');

/** A network, how many of its bits count, and an address that shares some of them. */
const cases = (count: number) =>
  fc
    .tuple(groups(count), fc.nat(count * 16), fc.nat(count * 16), groups(count))
    .map(([network, prefixBits, sharedBits, other]) => {
      const bits = bitsOf(network).slice(0, sharedBits) + bitsOf(other).slice(sharedBits);
      const address = Array.from({ length: count }, (_, index) =>
        Number.parseInt(bits.slice(index * 16, index * 16 + 16), 2),
      );
      const kept = bitsOf(network)
        .slice(0, prefixBits)
        .padEnd(count * 16, '0');
      const cut = Array.from({ length: count }, (_, index) =>
        Number.parseInt(kept.slice(index * 16, index * 16 + 16), 2),
      );
      return { cut, prefixBits, address, expected: bits.startsWith(kept.slice(0, prefixBits)) };
    });

describe('an address', () => {
  test.prop([cases(2)])('of IPv4 is in a range when its first bits are those of the range', (each) => {
    const written = `${ipv4Text(each.cut)}/${each.prefixBits}`;
    expect(createIpMatcher([written])(ipv4Text(each.address))).toBe(each.expected);
    expect(createIpMatcher([written])(`::ffff:${ipv4Text(each.address)}`)).toBe(each.expected);
  });

  test.prop([cases(8)])('of IPv6 is in a range when its first bits are those of the range', (each) => {
    fc.pre(!bitsOf(each.address).startsWith(`${'0'.repeat(80)}${'1'.repeat(16)}`));
    const written = `${ipv6Text(each.cut)}/${each.prefixBits}`;
    expect(createIpMatcher([written])(ipv6Text(each.address))).toBe(each.expected);
  });

  it('of one family is in no range of the other', () => {
    expect(createIpMatcher(['::/0'])('192.0.2.1')).toBe(false);
    expect(createIpMatcher(['::/0'])('::ffff:192.0.2.1')).toBe(false);
    expect(createIpMatcher(['0.0.0.0/0'])('::1')).toBe(false);
    expect(isInRange([0, 0], range('::/0'))).toBe(false);
  });

  it('that is none is in no range', () => {
    const isTrusted = createIpMatcher(['0.0.0.0/0', '::/0']);
    expect(['', 'unknown', '1.2.3', '_hidden'].map(isTrusted)).toEqual([false, false, false, false]);
  });

  it('is in one of several ranges', () => {
    const isTrusted = createIpMatcher(['10.0.0.0/8', '192.0.2.1', 'fe80::/10']);
    expect(['10.9.8.7', '192.0.2.1', 'fe80::1%eth0', '192.0.2.2', '11.0.0.0'].map(isTrusted)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
