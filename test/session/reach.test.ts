import { describe, expect, it } from 'vitest';
import { Reach } from '../../src-main/session/reach';

const reach = (allow: readonly string[] = [], allowPrivate = false): Reach =>
  new Reach(
    { allow, allowPrivate, intercept: [], insecure: [] },
    (address, port) => address === '10.9.9.9' && port === 8080,
  );

describe('a client', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('on loopback may use the proxy: %s', (client) => {
    expect(reach().refusalOf(client)).toBeNull();
  });

  it('from elsewhere may not, unless it is on the list', () => {
    expect(reach().refusalOf('192.0.2.7')).toEqual({ code: 'FWD_CLIENT', detail: { client: '192.0.2.7' } });
    expect(reach(['192.0.2.0/24']).refusalOf('192.0.2.7')).toBeNull();
    expect(reach(['192.0.2.0/24']).refusalOf('192.0.3.7')).not.toBeNull();
  });
});

describe('an address', () => {
  const PRIVATE = [
    '127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
  ];
  it.each(PRIVATE)('that is private is out of reach of clients from elsewhere: %s', (address) => {
    expect(reach(['192.0.2.7']).mayReachFor('192.0.2.7')(address, 80)).toEqual({ code: 'FWD_PRIVATE' });
    expect(reach(['192.0.2.7'], true).mayReachFor('192.0.2.7')(address, 80)).toBeNull();
    expect(reach().mayReachFor('127.0.0.1')(address, 80)).toBeNull();
  });

  it.each(['93.184.216.34', '172.32.0.1', '2606:2800:220:1::1'])('that is public is in reach: %s', (address) => {
    expect(reach(['192.0.2.7']).mayReachFor('192.0.2.7')(address, 80)).toBeNull();
  });

  it('of our own listener is in nobody’s reach', () => {
    expect(reach([], true).mayReachFor('127.0.0.1')('10.9.9.9', 8080)).toEqual({ code: 'FWD_LOOP' });
    expect(reach([], true).mayReachFor('127.0.0.1')('10.9.9.9', 8081)).toBeNull();
  });
});
