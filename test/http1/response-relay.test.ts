import { describe, expect, it } from 'vitest';
import { BugError } from '../../src-main/contract/errors';
import { STRICT_RULES, type ResponseHead } from '../../src-main/http1/events';
import {
  closesAfter,
  relayChanges,
  relayFraming,
  relayOf,
  writeRelayedHead,
  type RelayPlan,
} from '../../src-main/http1/response-relay';
import { fieldsOf } from '../support/request-head';
import { textOf, wire } from '../support/wire-text';
import { readReplies, relayPlan } from './forwarding-check';

const headOf = (lines: readonly string[], method = 'GET', rules = STRICT_RULES): ResponseHead => {
  const [message] = readReplies(wire(`${lines.join('\r\n')}\r\n\r\n`), rules, [method]).messages;
  if (message === undefined) throw new Error('the head was not taken');
  return message.head;
};
const write = (lines: readonly string[], more: Partial<RelayPlan> = {}) => {
  const plan = relayPlan('GET', more);
  return textOf(writeRelayedHead(headOf(lines, plan.request.method), plan))
    .split('\r\n')
    .slice(0, -2);
};
const to = (minor: number, method = 'GET') => ({ request: { method, minor, simple: false } });
const DATE = 'Date: Thu, 01 Jan 1970 00:00:00 GMT';
const ok = (...fields: string[]) => ['HTTP/1.1 200 OK', DATE, ...fields];

describe('the head of a reply', () => {
  it('keeps status and reason, and says our version', () => {
    expect(write(['HTTP/1.0 299 \xe9t\xe9 ok', DATE, 'Content-Length: 1'])[0]).toBe('HTTP/1.1 299 \xe9t\xe9 ok');
    expect(write(['HTTP/1.1 200 ', DATE, 'Content-Length: 1'])[0]).toBe('HTTP/1.1 200 ');
  });

  it('keeps end-to-end fields in order, as spelled', () => {
    const lines = ok('sET-cookie: a', 'Set-Cookie: b', 'X: \xff\t"', 'Content-Length: 0', 'Via: 1.1 x');
    expect(write(lines)).toEqual(lines);
  });

  it('leaves behind what belongs to the connection to the server', () => {
    const gone = ['Keep-Alive: timeout=5', 'Proxy-Authenticate: Basic', 'Upgrade: h2c', 'TE: x', 'X: 1'];
    expect(write(ok(...gone, 'Connection: close, X', 'Content-Length: 0'))).toEqual(ok('Content-Length: 0'));
  });

  it.each(['Set-Cookie: a', 'Cache-Control: no-store', 'Content-Security-Policy: x', 'Content-Type: a/b'])(
    'keeps what Connection may not name: %s',
    (line) => {
      const name = line.slice(0, line.indexOf(':'));
      expect(write(ok(line, `Connection: ${name}`, 'Content-Length: 0'))).toEqual(ok(line, 'Content-Length: 0'));
    },
  );

  it('gets a Date where it has none, an interim reply not', () => {
    expect(write(['HTTP/1.1 204 x'], { nowMs: 1_000 })).toEqual([
      'HTTP/1.1 204 x',
      'Date: Thu, 01 Jan 1970 00:00:01 GMT',
    ]);
    expect(write(['HTTP/1.1 103 x', 'Link: y'])).toEqual(['HTTP/1.1 103 x', 'Link: y']);
  });

  it('tells Via with the version of the server', () => {
    expect(write(['HTTP/1.0 204 x', DATE, 'Via: 1.1 x'], { via: 'us' })).toEqual([
      'HTTP/1.1 204 x',
      DATE,
      'Via: 1.1 x',
      'Via: 1.0 us',
    ]);
  });

  it('keeps what a 426 asks the client for', () => {
    expect(write(['HTTP/1.1 426 x', DATE, 'Upgrade: websocket', 'Connection: upgrade', 'Content-Length: 0'])).toEqual([
      'HTTP/1.1 426 x',
      DATE,
      'Upgrade: websocket',
      'Content-Length: 0',
      'Connection: Upgrade',
    ]);
  });
});

describe('the body of a reply', () => {
  it.each([
    [['Content-Length: 05'], 1, ['Content-Length: 5']],
    [['Content-Length: 5'], 0, ['Content-Length: 5', 'Connection: keep-alive']],
    [['Transfer-Encoding: Chunked'], 1, ['Transfer-Encoding: chunked']],
    [['Transfer-Encoding: chunked'], 0, ['Connection: close']],
    [[], 1, ['Transfer-Encoding: chunked']],
    [[], 0, ['Connection: close']],
  ])('of a server that says %j ends for HTTP/1.%i as said by %j', (came, minor, left) => {
    expect(write(ok(...came), to(minor))).toEqual(ok(...left));
  });

  it.each(['HEAD', 'GET'])('that is left out for %s has a length all the same', (method) => {
    const status = method === 'HEAD' ? '200 OK' : '304 x';
    const lines = [`HTTP/1.1 ${status}`, DATE, 'Content-Length: 05'];
    expect(write(lines, to(1, method))).toEqual([`HTTP/1.1 ${status}`, DATE, 'Content-Length: 5']);
    expect(relayFraming(headOf(lines, method), relayPlan(method))).toEqual({ kind: 'none' });
  });

  it('of a 204 to HEAD has none', () => {
    expect(write(['HTTP/1.1 204 x', DATE, 'Content-Length: 5'], to(1, 'HEAD'))).toEqual(['HTTP/1.1 204 x', DATE]);
  });

  it('is not in a coding for an empty member of the list', () => {
    expect(write(ok('Transfer-Encoding: , chunked, ,'))).toEqual(ok('Transfer-Encoding: chunked'));
  });

  it('that is left out has no coding', () => {
    expect(write(ok('Transfer-Encoding: chunked'), to(1, 'HEAD'))).toEqual(ok());
  });

  it.each(['204 x', '103 x'])('that there is none of has no length: %s', (status) => {
    expect(write([`HTTP/1.1 ${status}`, DATE, 'Content-Length: 5'])).toEqual([`HTTP/1.1 ${status}`, DATE]);
  });

  it('has one length, where the rules let it be said twice', () => {
    const rules = { ...STRICT_RULES, equalLengths: true, lengthWithCoding: 'keep' } as const;
    const twice = headOf(ok('Content-Length: 5, 5', 'Content-Length: 5'), 'HEAD', rules);
    expect(textOf(writeRelayedHead(twice, relayPlan('HEAD')))).toContain(`${DATE}\r\nContent-Length: 5\r\n\r\n`);
    const both = headOf(ok('Content-Length: 5', 'Transfer-Encoding: chunked'), 'HEAD', rules);
    expect(textOf(writeRelayedHead(both, relayPlan('HEAD')))).toMatch(/GMT\r\n\r\n$/);
  });

  it('is all there is for HTTP/0.9', () => {
    const plan = relayPlan('GET', { request: { method: 'GET', minor: 0, simple: true } });
    const head = headOf(ok('Content-Length: 5'));
    expect(writeRelayedHead(head, plan).length).toBe(0);
    expect(relayFraming(head, plan)).toEqual({ kind: 'until-close' });
    expect(closesAfter(head, plan)).toBe(true);
    expect(closesAfter(headOf(['HTTP/1.1 204 x']), plan)).toBe(true);
  });
});

describe('Connection', () => {
  it('is close where we close', () => {
    expect(write(ok('Content-Length: 0'), { close: true })).toEqual(ok('Content-Length: 0', 'Connection: close'));
  });

  it('does not tell the client that the server closed', () => {
    expect(write(ok('Content-Length: 0', 'Connection: close'))).toEqual(ok('Content-Length: 0'));
  });

  it('is close where the body ends so, whatever the plan says', () => {
    expect(closesAfter(headOf(ok()), relayPlan('GET', to(0)))).toBe(true);
    expect(closesAfter(headOf(ok()), relayPlan('GET'))).toBe(false);
  });
});

const SWITCH = ['HTTP/1.1 101 x', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Accept: x'];

describe('what is not relayed', () => {
  it.each([100, 102, 103])('is a %i to HTTP/1.0', (status) => {
    const head = headOf([`HTTP/1.1 ${status} x`]);
    expect(relayOf(head, relayPlan('GET', to(0)))).toBe('drop');
    expect(relayOf(head, relayPlan('GET', to(1)))).toBe('forward');
    expect(() => writeRelayedHead(head, relayPlan('GET', to(0)))).toThrow(BugError);
  });

  it.each([
    [SWITCH, null],
    [SWITCH, 'h2c'],
    [[SWITCH[0]!, 'Upgrade: h2c', SWITCH[2]!], 'websocket'],
    [[SWITCH[0]!, 'Upgrade: websocket, h2c', SWITCH[2]!], 'websocket'],
    [[SWITCH[0]!, SWITCH[1]!, SWITCH[1]!, SWITCH[2]!], 'websocket'],
    [SWITCH.slice(0, 2), 'websocket'],
    [SWITCH.slice(0, 1), 'websocket'],
  ])('is a switch nobody asked for: %j for %s', (lines, upgrade) => {
    expect(relayOf(headOf(lines), relayPlan('GET', { upgrade }))).toBe('unasked-switch');
  });

  it.each(['gzip, chunked', 'gzip'])('is a body in the coding %s', (coding) => {
    const head = headOf(ok(`Transfer-Encoding: ${coding}`));
    expect(relayOf(head, relayPlan('GET'))).toBe('coded');
    expect(() => writeRelayedHead(head, relayPlan('GET'))).toThrow(BugError);
    expect(relayOf(headOf(ok(`Transfer-Encoding: ${coding}`), 'HEAD'), relayPlan('HEAD'))).toBe('forward');
  });

  it('is what a server says to CONNECT', () => {
    expect(relayOf(headOf(ok(), 'CONNECT'), relayPlan('CONNECT'))).toBe('tunnel');
    expect(relayOf(headOf(['HTTP/1.1 407 x', 'Content-Length: 0'], 'CONNECT'), relayPlan('CONNECT'))).toBe('forward');
  });
});

describe('a switch that was asked for', () => {
  it('goes on with Upgrade and without a length', () => {
    const plan = { upgrade: 'websocket' };
    expect(relayOf(headOf(SWITCH), relayPlan('GET', plan))).toBe('switch');
    expect(write([...SWITCH, 'Content-Length: 4'], plan)).toEqual([
      'HTTP/1.1 101 x',
      'Upgrade: websocket',
      'Sec-WebSocket-Accept: x',
      'Connection: Upgrade',
    ]);
  });
});

describe('what cannot be written', () => {
  const forged = (more: Partial<ResponseHead>): ResponseHead => ({ ...headOf(ok('Content-Length: 0')), ...more });

  it.each<Partial<ResponseHead>>([
    { reason: 'OK\r\nSet-Cookie: a=b' },
    { reason: '\u010a' },
    { status: 99 },
    { status: 2000 },
    { status: Number.NaN },
    { fields: fieldsOf([['X', 'a\r\n\r\n<script>']]) },
    { fields: fieldsOf([['X\r\nY', 'a']]) },
  ])('is a bug: %j', (more) => {
    expect(() => writeRelayedHead(forged(more), relayPlan('GET'))).toThrow(BugError);
  });
});

it('lists what became of each line', () => {
  const head = headOf(ok('X: 1', 'Connection: x, set-cookie', 'Set-Cookie: a', 'Transfer-Encoding: CHUNKED'));
  const changes = relayChanges(head, relayPlan('GET', { via: 'us' }));
  expect(changes.map(({ kind, name, why }) => `${kind} ${name} ${why}`)).toEqual([
    'kept Date end-to-end',
    'removed X named-in-connection',
    'removed Connection hop-by-hop',
    'kept Set-Cookie protected',
    'changed Transfer-Encoding framing',
    'added Via via',
  ]);
});
