import { describe, expect, it } from 'vitest';
import { allExchanges, failureOf, messageSpan } from '../../../src-renderer/lens/exchanges';
import { RecordedConnection, received, sent } from '../../support/fake-connection';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('exchanges', () => {
  it('include the request whose head is still coming in', () => {
    const told = new RecordedConnection(1).add(received(1, GET)).detail;
    const row = { ...told.row, phase: 'headers', bytesIn: GET.length + 30, method: 'POST', target: '/next' } as const;
    expect(allExchanges({ ...told, row }).at(-1)).toMatchObject({
      number: 2,
      requestStart: GET.length,
      method: 'POST',
      headEnd: null,
    });
  });

  it('include what a client of SOCKS has said so far, which is no request of HTTP', () => {
    const told = new RecordedConnection(1, { phase: 'greeting', method: '' }, { exchanges: [] });
    expect(allExchanges(told.add(received(1, '\x05\x01\x00')).detail)).toMatchObject([
      { number: 1, version: 'SOCKS5', method: '', requestEnd: null },
    ]);
  });

  it('do not show the start line of the request before as that of a new one', () => {
    const told = new RecordedConnection(1).add(received(1, GET)).detail;
    const row = { ...told.row, phase: 'start-line', bytesIn: GET.length + 3 } as const;
    expect(allExchanges({ ...told, row }).at(-1)).toMatchObject({ number: 2, method: '' });
  });

  it('include the request that was cut without a reply, with what cut it', () => {
    const told = new RecordedConnection(1).add(received(1, GET)).detail;
    const trip = { connection: 1, atMs: 9, guard: 'headTimeoutMs', code: 'LIM_HEAD_TIMEOUT', status: null } as const;
    const trips = [{ ...trip, limit: 5, measured: 5, offset: GET.length + 30 }];
    const cut = { phase: 'closed', closedAtMs: 9, closeCause: 'guard-closed', bytesIn: GET.length + 30 } as const;
    const inFields = { ...told.row, ...cut, method: 'POST', target: '/cut', status: null };
    expect(allExchanges({ ...told, trips, row: inFields }).at(-1)).toMatchObject({
      number: 2,
      method: 'POST',
      failure: { code: 'LIM_HEAD_TIMEOUT', detail: { limit: 5 }, offset: GET.length + 30 },
    });
    const inStartLine = { ...told.row, ...cut, status: 200 };
    expect(allExchanges({ ...told, trips, row: inStartLine }).at(-1)).toMatchObject({ number: 2, method: '' });
  });

  it('do not take what came after the last request for one more', () => {
    const told = new RecordedConnection(1).add(received(1, GET)).detail;
    const row = { ...told.row, phase: 'closed', closedAtMs: 9, bytesIn: GET.length + 30, status: 200 } as const;
    expect(allExchanges({ ...told, row })).toBe(told.exchanges);
  });

  it('are as told otherwise', () => {
    const { detail } = new RecordedConnection(1).add(received(1, GET));
    expect(allExchanges(detail)).toBe(detail.exchanges);
  });

  it('know which bytes are theirs, up to the end of the stream while they are under way', () => {
    const [exchange] = new RecordedConnection(1).add(received(1, GET), sent(2, OK)).detail.exchanges;
    expect(messageSpan(exchange!, 'in', 999)).toEqual({ start: 0, end: GET.length });
    expect(messageSpan(exchange!, 'out', 999)).toEqual({ start: 0, end: OK.length });
    const open = { ...exchange!, requestEnd: null, replyStart: null };
    expect(messageSpan(open, 'in', 999)).toEqual({ start: 0, end: 999 });
    expect(messageSpan(open, 'out', 999)).toBeNull();
  });

  it('know the numbers of a fault that its mark leaves out', () => {
    const told = new RecordedConnection(1).add(received(1, GET)).detail.exchanges;
    const failure = { code: 'LIM_BODY_BYTES', detail: { limit: 10, measured: 11 }, offset: 5 } as const;
    const exchanges = told.map((exchange) => ({ ...exchange, failure }));
    const mark = { connection: 1, atMs: 1, code: 'LIM_BODY_BYTES', offset: 5, status: 413 } as const;
    expect(failureOf(mark, exchanges).detail).toEqual({ limit: 10, measured: 11 });
    expect(failureOf(mark, [])).toEqual({ code: 'LIM_BODY_BYTES' });
  });
});
