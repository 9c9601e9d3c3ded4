import { describe, expect, it } from 'vitest';
import { eventOf, toJsonLine } from '../../../src-main/hosts/cli/events';
import {
  closedFact,
  connectedFact,
  faultFact,
  healthFact,
  openedFact,
  rateFact,
  relayFact,
  relayOf,
  replyFact,
  securedFact,
  switchedFact,
  tripFact,
} from '../../support/facts';

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
    expect(eventOf(faultFact({ status: 2 }))).toMatchObject({ status: null, socksReply: 2 });
    expect(eventOf(replyFact({ version: 'SOCKS5', status: 5 }))).toMatchObject({ status: null, socksReply: 5 });
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

describe('what is passed on', () => {
  const AT = { time: TIMES.time, atMs: TIMES.atMs };

  it('is told with the reply: from which server, over which connection, and how long that took', () => {
    expect(eventOf(replyFact(), relayOf({ retries: 1 }))).toMatchObject({
      event: 'request',
      status: 200,
      upstream: 'api',
      server: 'http://127.0.0.1:3000',
      retries: 1,
      over: 8,
      connectMs: 2,
      waitMs: 7.5,
    });
  });

  it('has no times that are not known yet', () => {
    const kept = relayOf({ connectAtMs: null, connectedAtMs: null, replyAtMs: null });
    expect(eventOf(replyFact(), kept)).toMatchObject({ connectMs: null, waitMs: null });
    const secured = relayOf({ securedAtMs: relayOf().routedAtMs + 30 });
    expect(eventOf(replyFact(), secured)).toMatchObject({ connectMs: 30 });
  });

  it('is not told again as the reply of the server', () => {
    expect(eventOf(replyFact({ side: 'upstream' }))).toBeNull();
  });

  it('begins with a server that was chosen', () => {
    const server = { upstream: 'api', server: 'http://127.0.0.1:3000', retries: 0 };
    expect(eventOf(relayFact())).toEqual({ event: 'relay', ...TIMES, request: 1, ...server });
  });

  it('needs connections to servers, and some of them TLS', () => {
    const opened = openedFact({ side: 'upstream', upstream: 'api · http://127.0.0.1:3000', client: '', carrier: 3 });
    expect(eventOf(opened)).toMatchObject({ upstream: 'api · http://127.0.0.1:3000', carrier: 3 });
    const ends = { client: '127.0.0.1:51000', server: '127.0.0.1:3000' };
    expect(eventOf(connectedFact())).toEqual({ event: 'connection.connected', ...TIMES, connection: 8, ...ends });
    expect(eventOf(securedFact())).toMatchObject({ event: 'connection.secured', version: 'TLSv1.3', alpn: 'http/1.1' });
  });

  it('may go on in another protocol', () => {
    expect(eventOf(switchedFact())).toEqual({ event: 'switched', ...TIMES, request: 2, to: 'websocket' });
  });

  it('depends on servers whose health changes on no connection', () => {
    const reason = '3 connect failures in a row; tried again in 2 s';
    const change = {
      upstream: 'api',
      server: 'http://127.0.0.1:3000',
      from: 'in',
      to: 'ejected',
      cause: 'faults',
      reason,
    };
    expect(eventOf(healthFact())).toEqual({ event: 'health', ...AT, ...change });
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
