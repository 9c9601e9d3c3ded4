import { describe, expect, it } from 'vitest';
import {
  formatAddress,
  isWildcard,
  listenFailure,
  parseAddress,
  reachableAddress,
} from '../../src-main/contract/address';

describe('parseAddress', () => {
  it.each([
    ['127.0.0.1:8080', '127.0.0.1', 8080],
    ['8080', '127.0.0.1', 8080],
    ['0.0.0.0:0', '0.0.0.0', 0],
    ['[::1]:8080', '::1', 8080],
    ['[fe80::1%eth0]:80', 'fe80::1%eth0', 80],
    ['localhost:65535', 'localhost', 65535],
  ])('reads %s', (text, host, port) => {
    expect(parseAddress(text)).toEqual({ ok: true, value: { host, port } });
  });

  it.each([
    '',
    ':8080',
    '127.0.0.1',
    'localhost:',
    '::1',
    '::1:8080',
    'a:65536',
    'a:-1',
    'a:1.5',
    'http://a:1',
    'a b:1',
    '[a]:1',
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toMatchObject({ ok: false, error: { code: 'NET_ADDRESS_MALFORMED' } });
  });
});

describe('formatAddress', () => {
  it('puts IPv6 in brackets', () => {
    expect(formatAddress({ host: '::1', port: 1 })).toBe('[::1]:1');
    expect(formatAddress({ host: '127.0.0.1', port: 1 })).toBe('127.0.0.1:1');
  });
});

describe('a wildcard', () => {
  it.each([
    ['0.0.0.0', '127.0.0.1'],
    ['::', '::1'],
  ])('is %s, which is reached at %s', (host, reached) => {
    expect(isWildcard(host)).toBe(true);
    expect(reachableAddress({ host, port: 1 })).toEqual({ host: reached, port: 1 });
  });

  it.each(['127.0.0.1', '::1', '192.0.2.1', 'localhost', 'toString'])(
    'is not %s, which is reached as it is',
    (host) => {
      expect(isWildcard(host)).toBe(false);
      expect(reachableAddress({ host, port: 1 })).toEqual({ host, port: 1 });
    },
  );
});

describe('listenFailure', () => {
  it('names what is known and passes on what is not', () => {
    expect(listenFailure('EADDRINUSE', { host: 'h', port: 1 }).code).toBe('NET_PORT_IN_USE');
    expect(listenFailure('EWEIRD', { host: 'h', port: 1 })).toEqual({
      code: 'NET_LISTEN_FAILED',
      detail: { host: 'h', port: 1, reason: 'EWEIRD' },
    });
  });
});
