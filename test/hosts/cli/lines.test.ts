import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src-main/contract/facts';
import { ansiPaint, lineOf, plainPaint, sentence, sentences, visible } from '../../../src-main/hosts/cli/lines';
import { Relays } from '../../../src-main/hosts/cli/relays';
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

/** The line without its time. */
const told = (fact: Fact) => lineOf(fact, plainPaint)?.replace(/^\d\d:\d\d:\d\d\.\d{3} {2}/, '');

describe('lineOf', () => {
  it.each([
    [openedFact(), '#7    opened from 127.0.0.1:50000'],
    [replyFact(), '#7    GET /health 200 78 bytes'],
    [tripFact(), '#7    Head timeout tripped at byte 43: measured 101 ms, limit 100 ms; answered 408'],
    [tripFact({ status: null }), '#7    Head timeout tripped at byte 43: measured 101 ms, limit 100 ms; no reply'],
    [rateFact(), '#7    rate limited: the bucket of 127.0.0.1 holds too little'],
    [faultFact(), '#7    H1_BARE_LF at byte 14: A line ends in LF without CR. answered 400'],
    [
      openedFact({ side: 'upstream', upstream: 'api · http://127.0.0.1:3000' }),
      '#7    opens to api · http://127.0.0.1:3000',
    ],
    [connectedFact(), '#8    connected to 127.0.0.1:3000 from 127.0.0.1:51000'],
    [securedFact(), '#8    secured: TLSv1.3, TLS_AES_128_GCM_SHA256, http/1.1, for example.com'],
    [securedFact({ alpn: null, serverName: null }), '#8    secured: TLSv1.3, TLS_AES_128_GCM_SHA256'],
    [
      securedFact({ certificate: { subject: 'a', issuer: 'a', notAfterMs: 0, distrust: 'TLS_UPSTREAM_SELF_SIGNED' } }),
      '#8    secured: TLSv1.3, TLS_AES_128_GCM_SHA256, http/1.1, for example.com, certificate not verified (TLS_UPSTREAM_SELF_SIGNED)',
    ],
    [relayFact({ retries: 1 }), '#7    request 1 is sent again, to http://127.0.0.1:3000: attempt 1 failed'],
    [switchedFact(), '#7    request 2 goes on as a WebSocket'],
    [healthFact(), '      api at http://127.0.0.1:3000 is ejected: 3 connect failures in a row; tried again in 2 s'],
    [
      healthFact({ to: 'slow-start', reason: '2 checks in a row passed' }),
      '      api at http://127.0.0.1:3000 is in slow start: 2 checks in a row passed',
    ],
    [closedFact(), '#7    closed by the client; 78 bytes in, 130 out, 1 request'],
  ])('tells %j', (fact, line) => {
    expect(told(fact)).toBe(line);
  });

  it('says nothing about what is told elsewhere', () => {
    expect(told(replyFact({ number: 0 }))).toBeUndefined();
    expect(told(rateFact({ allowed: true }))).toBeUndefined();
    expect(told(replyFact({ side: 'upstream' }))).toBeUndefined();
    expect(told(relayFact())).toBeUndefined();
  });

  it('tells of a reply of SOCKS by its code and name', () => {
    const socks = { method: 'CONNECT', target: 'a.test:443', version: 'SOCKS5' };
    const line = lineOf(replyFact({ ...socks, status: 5 }), plainPaint);
    expect(line).toContain('CONNECT a.test:443 REP 5 (connection refused) 78 bytes');
    expect(lineOf(replyFact({ ...socks, status: 0 }), ansiPaint)).toContain('\x1b[32mREP 0 (succeeded)');
    expect(lineOf(faultFact({ status: 2 }), plainPaint)).toContain(
      'answered REP 2 (connection not allowed by ruleset)',
    );
  });

  it('colours by status, and only with ANSI paint', () => {
    expect(lineOf(replyFact({ status: 503 }), ansiPaint)).toContain('\x1b[31m503\x1b[0m');
    expect(lineOf(replyFact({ status: 503 }), plainPaint)).not.toContain('\x1b');
  });

  it('lets no byte of a client reach the terminal as a control', () => {
    const line = lineOf(replyFact({ method: 'G\x1bT', target: '/\x1b]0;owned\x07\r\n\x9b2J\u202e' }), plainPaint);
    expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
    expect(line).toContain('G\\x1bT /\\x1b]0;owned\\x07\\x0d\\x0a\\x9b2J\\u{202e}');
  });
});

describe('a reply that was passed on', () => {
  const toldBy = (relays: Relays, fact: Fact) => lineOf(fact, plainPaint, relays.take(fact))?.slice(20);

  it('names the upstream and the server it came from', () => {
    const relays = new Relays();
    relays.take(relayFact());
    expect(toldBy(relays, replyFact())).toBe('GET /health 200 78 bytes from api at http://127.0.0.1:3000');
  });

  it('names the last of the servers that were tried', () => {
    const relays = new Relays();
    relays.take(relayFact());
    relays.take(relayFact({ server: 'http://b', retries: 1 }));
    expect(toldBy(relays, replyFact())).toBe('GET /health 200 78 bytes from api at http://b, attempt 2');
  });

  it('names the server alone where a client chose it', () => {
    const line = lineOf(replyFact(), plainPaint, relayOf({ upstream: '', server: 'http://example.com' }));
    expect(line).toMatch(/ bytes from http:\/\/example\.com$/);
  });

  it('is not confused with another request, nor with another connection', () => {
    const relays = new Relays();
    relays.take(relayFact());
    expect(relays.take(replyFact({ number: 2 }))).toBeNull();
    expect(relays.take(replyFact({ connection: 9 }))).toBeNull();
    relays.take(closedFact());
    expect(relays.take(replyFact())).toBeNull();
  });
});

it('several mistakes are a line each', () => {
  const mistakes = 'a: it is wrong.\nb: it is\x1b wrong too.';
  const told = sentences({ code: 'CFG_PROXY', detail: { mistake: 'a: it is wrong (and 1 more)', mistakes } });
  expect(told[0]).toMatch(/^The proxy configuration cannot be used: a: it is wrong \(and 1 more\)\. /);
  expect(told.slice(1)).toEqual(['  b: it is\\x1b wrong too.']);
  expect(sentences({ code: 'CFG_FLAG', detail: { reason: 'No.' } }).length).toBe(1);
});

it('a failure is told as what happened and what to do', () => {
  expect(sentence({ code: 'NET_PORT_IN_USE', detail: { host: '127.0.0.1', port: 80 } })).toBe(
    'Port 80 on 127.0.0.1 is already in use. Stop the program that listens there, or choose another port.',
  );
});

it('ordinary text, umlauts and emoji included, stays as it is', () => {
  expect(visible('/Käse 😀')).toBe('/Käse 😀');
});
