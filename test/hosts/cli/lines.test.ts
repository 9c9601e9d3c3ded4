import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src-main/contract/facts';
import { ansiPaint, lineOf, plainPaint, sentence, visible } from '../../../src-main/hosts/cli/lines';
import { closedFact, faultFact, openedFact, rateFact, replyFact, tripFact } from '../../support/facts';

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
    [closedFact(), '#7    closed by the client; 78 bytes in, 130 out, 1 request'],
  ])('tells %j', (fact, line) => {
    expect(told(fact)).toBe(line);
  });

  it('says nothing about what is told elsewhere', () => {
    expect(told(replyFact({ number: 0 }))).toBeUndefined();
    expect(told(rateFact({ allowed: true }))).toBeUndefined();
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

it('a failure is told as what happened and what to do', () => {
  expect(sentence({ code: 'NET_PORT_IN_USE', detail: { host: '127.0.0.1', port: 80 } })).toBe(
    'Port 80 on 127.0.0.1 is already in use. Stop the program that listens there, or choose another port.',
  );
});

it('ordinary text, umlauts and emoji included, stays as it is', () => {
  expect(visible('/Käse 😀')).toBe('/Käse 😀');
});
