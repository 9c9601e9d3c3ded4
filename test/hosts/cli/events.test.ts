import { describe, expect, it } from 'vitest';
import { eventOf, toJsonLine } from '../../../src-main/hosts/cli/events';
import { closedFact, faultFact, openedFact, rateFact, replyFact, tripFact } from '../../support/facts';

const TIMES = { time: '2024-01-02T03:04:05.006Z', atMs: 1704164645006, connection: 7 };

describe('eventOf', () => {
  it('tells an opened connection', () => {
    const ends = { client: '127.0.0.1:50000', server: '127.0.0.1:8080' };
    expect(eventOf(openedFact())).toEqual({ event: 'connection.opened', ...TIMES, ...ends });
  });

  it('tells a request when it is answered', () => {
    expect(eventOf(replyFact())).toEqual({
      event: 'request',
      ...TIMES,
      request: 1,
      method: 'GET',
      target: '/health',
      version: 'HTTP/1.1',
      status: 200,
      bytes: 78,
      replyBytes: 130,
    });
  });

  it('does not call a refusal of no request a request', () => {
    expect(eventOf(replyFact({ number: 0, status: 408 }))).toBeNull();
  });

  it('tells a trip', () => {
    expect(eventOf(tripFact())).toEqual({
      event: 'guard.trip',
      ...TIMES,
      guard: 'headTimeoutMs',
      limit: 100,
      measured: 101,
      status: 408,
      code: 'LIM_HEAD_TIMEOUT',
      offset: 43,
    });
  });

  it('tells a rate limit, but not a token that was there', () => {
    const bucket = { bucket: '127.0.0.1', cost: 1, capacity: 5, level: 0.5, retryAfterMs: 500 };
    expect(eventOf(rateFact())).toEqual({ event: 'rate.limited', ...TIMES, request: 2, ...bucket });
    expect(eventOf(rateFact({ allowed: true }))).toBeNull();
  });

  it('tells a fault', () => {
    expect(eventOf(faultFact())).toEqual({ event: 'fault', ...TIMES, code: 'H1_BARE_LF', offset: 14, status: 400 });
  });

  it('tells a closed connection', () => {
    expect(eventOf(closedFact())).toEqual({
      event: 'connection.closed',
      ...TIMES,
      cause: 'client-closed',
      bytesIn: 78,
      bytesOut: 130,
      requests: 1,
    });
  });
});

describe('toJsonLine', () => {
  it('leaves no control and no line separator as it is', () => {
    const target = '/\x1b[2J\x07\n\x7f\x9b\u2028\u2029';
    const line = toJsonLine({ event: 'request', target });
    expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/);
    expect(JSON.parse(line)).toEqual({ event: 'request', target });
  });
});
