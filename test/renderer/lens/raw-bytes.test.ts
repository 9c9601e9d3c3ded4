import { describe, expect, it } from 'vitest';
import type { Exchange } from '@contract/connections';
import { isOfSocks, openingStart, rawFrom, socksEnd } from '../../../src-renderer/lens/raw-bytes';
import { RecordedConnection, received, sent } from '../../support/fake-connection';

const CONNECT = 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n';
const OPEN = 'HTTP/1.1 200 OK\r\n\r\n';

function switched(to: Exchange['switchedTo'], changes: Partial<Exchange> = {}) {
  const connection = new RecordedConnection(1).add(received(1, CONNECT), sent(2, OPEN));
  const exchanges = connection.detail.exchanges.map((one) => ({ ...one, switchedTo: to, ...changes }));
  return { ...connection.detail, exchanges };
}
const neverHttp = (phase: 'tunnel' | 'closed', barPhase: 'tunnel' | 'idle') => {
  const { detail } = new RecordedConnection(1, { phase, method: '' });
  const bar = { direction: 'in', fromMs: 1, toMs: 1, bytes: 4, count: 1, phase: barPhase } as const;
  return { ...detail, timeline: [bar] };
};

describe('bytes that are not HTTP', () => {
  it('begin after the exchange that switched, in both directions', () => {
    const detail = switched('tunnel');
    expect([rawFrom(detail, 'in'), rawFrom(detail, 'out')]).toEqual([CONNECT.length, OPEN.length]);
  });

  it('do not begin before the reply that switches is told of', () => {
    expect(rawFrom(switched('websocket', { replyEnd: null }), 'out')).toBeNull();
  });

  it('are there from the start on a connection that never spoke HTTP, also once it is closed', () => {
    expect(rawFrom(neverHttp('tunnel', 'idle'), 'in')).toBe(0);
    expect(rawFrom(neverHttp('closed', 'tunnel'), 'out')).toBe(0);
  });

  it('are not there where HTTP is only not complete', () => {
    expect(rawFrom(neverHttp('closed', 'idle'), 'in')).toBeNull();
    expect(rawFrom(new RecordedConnection(1).add(received(1, 'GET')).detail, 'in')).toBeNull();
  });
});

describe('where TLS may begin', () => {
  it('is after CONNECT', () => {
    expect(openingStart(switched('tunnel'))).toBe(CONNECT.length);
  });

  it('is nowhere after a switch to WebSocket, or where a request line was read', () => {
    expect([openingStart(switched('websocket')), openingStart(switched(null))]).toEqual([null, null]);
  });

  it('is at the first byte where nothing was read as a request', () => {
    expect(openingStart(new RecordedConnection(1).detail)).toBe(0);
    expect(openingStart(neverHttp('closed', 'tunnel'))).toBe(0);
  });
});

describe('a client of the SOCKS mode', () => {
  const fault = (code: 'SOCKS_VERSION' | 'SOCKS_METHOD', offset: number) =>
    new RecordedConnection(
      1,
      { method: '' },
      { exchanges: [], faults: [{ connection: 1, atMs: 1, code, offset, status: null }] },
    ).detail;
  const ends = (detail: ReturnType<typeof fault>) => [
    isOfSocks(detail),
    rawFrom(detail, 'in'),
    socksEnd(detail, 'in'),
    socksEnd(detail, 'out'),
  ];

  it('has no end of its handshake before a tunnel was granted', () => {
    expect(ends(fault('SOCKS_METHOD', 1))).toEqual([true, 0, Infinity, Infinity]);
    const { detail } = new RecordedConnection(1, { phase: 'greeting', method: '' });
    expect(ends(detail)).toEqual([true, 0, Infinity, Infinity]);
    const bar = { direction: 'in', fromMs: 1, toMs: 1, bytes: 4, count: 1, phase: 'greeting' } as const;
    expect(isOfSocks({ ...detail, row: { ...detail.row, phase: 'closed' }, timeline: [bar] })).toBe(true);
  });

  it('has its tunnel after the handshake', () => {
    const detail = switched('tunnel', { version: 'SOCKS5' });
    expect(ends(detail)).toEqual([true, 0, CONNECT.length, OPEN.length]);
  });

  it('that spoke something else is read as that', () => {
    expect(ends(fault('SOCKS_VERSION', 0))).toEqual([true, null, null, null]);
  });
});
