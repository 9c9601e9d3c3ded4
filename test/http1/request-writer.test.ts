import { describe, expect, it } from 'vitest';
import { BugError } from '../../src-main/contract/errors';
import { STRICT_RULES, type RequestHead } from '../../src-main/http1/events';
import { hopText } from '../../src-main/http1/forwarded-element';
import { encodeLatin1ByHand, encodeLatin1With } from '../../src-main/http1/head-text';
import { requestChanges, requestedHost, writeRequest, type RequestPlan } from '../../src-main/http1/request-writer';
import { fieldsOf, requestHead, type FieldPairs } from '../support/request-head';
import { textOf, wire } from '../support/wire-text';
import { planFor, readRequests } from './forwarding-check';

const headOf = (lines: readonly string[], rules = STRICT_RULES): RequestHead => {
  const [message] = readRequests(wire(`${lines.join('\r\n')}\r\n\r\n`), rules).messages;
  if (message === undefined) throw new Error('the head was not taken');
  return message.head;
};
const write = (lines: readonly string[], more: Partial<RequestPlan> = {}) => {
  const head = headOf(lines);
  return textOf(writeRequest(head, planFor(head, more)).bytes)
    .split('\r\n')
    .slice(0, -2);
};
const get = (...fields: string[]) => ['GET / HTTP/1.1', 'Host: a', ...fields];
const changesOf = (lines: readonly string[], more: Partial<RequestPlan> = {}) => {
  const head = headOf(lines);
  return requestChanges(head, planFor(head, more)).map(({ kind, name, why, line }) => `${kind} ${name} ${why} ${line}`);
};

describe('the request line', () => {
  it.each([
    ['GET http://h:80/a?b=c HTTP/1.1', 'GET /a?b=c HTTP/1.1'],
    ['GET http://h HTTP/1.1', 'GET / HTTP/1.1'],
    ['GET http://h?q HTTP/1.1', 'GET /?q HTTP/1.1'],
    ['OPTIONS http://h HTTP/1.1', 'OPTIONS * HTTP/1.1'],
    ['OPTIONS http://h/ HTTP/1.1', 'OPTIONS / HTTP/1.1'],
    ['OPTIONS * HTTP/1.1', 'OPTIONS * HTTP/1.1'],
    ['GET //h/a HTTP/1.1', 'GET //h/a HTTP/1.1'],
    ['GET /%2e%2E/%zz"<> HTTP/1.1', 'GET /%2e%2E/%zz"<> HTTP/1.1'],
    ['get / HTTP/1.0', 'get / HTTP/1.1'],
  ])('%s becomes %s', (came, left) => {
    expect(write([came, 'Host: h'])[0]).toBe(left);
  });

  it('of a request without a version names ours, and Host', () => {
    const [message] = readRequests(wire('GET /x\r\n'), { ...STRICT_RULES, http09: 'answer' }).messages;
    expect(textOf(writeRequest(message!.head, planFor(message!.head)).bytes)).toBe(
      'GET /x HTTP/1.1\r\nHost: upstream.test:8080\r\n\r\n',
    );
  });
});

describe('Host', () => {
  it('is kept byte for byte, where it stood', () => {
    expect(write(['GET / HTTP/1.1', 'X: 1', 'hOST: A.example:080'])).toEqual([
      'GET / HTTP/1.1',
      'X: 1',
      'hOST: A.example:080',
    ]);
  });

  it('names the server where the plan says so', () => {
    expect(write(get(), { host: 'upstream' })).toEqual(['GET / HTTP/1.1', 'Host: upstream.test:8080']);
  });

  it('is that of an absolute target, whatever the client wrote beside it', () => {
    expect(write(['GET http://[::1]:81/ HTTP/1.1', 'Host: evil'])).toEqual(['GET / HTTP/1.1', 'Host: [::1]:81']);
    expect(changesOf(['GET http://h:/ HTTP/1.1', 'Host: evil'])).toEqual(['changed Host absolute-form 0']);
    expect(requestedHost(headOf(['GET http://h:/ HTTP/1.1', 'Host: evil']))).toBe('h');
  });

  it('is added, first, to a request of HTTP/1.0 that has none', () => {
    expect(write(['GET / HTTP/1.0', 'X: 1'])).toEqual(['GET / HTTP/1.1', 'Host: upstream.test:8080', 'X: 1']);
    expect(write(['GET http://h/ HTTP/1.0', 'X: 1'])[1]).toBe('Host: h');
  });

  it('is the first of several that the rules let through', () => {
    const head = headOf(['GET / HTTP/1.1', 'Host: a', 'Host: b'], { ...STRICT_RULES, repeatedHost: true });
    expect(textOf(writeRequest(head, planFor(head)).bytes)).toBe('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  });
});

describe('what belongs to one connection', () => {
  it.each([
    'Keep-Alive: timeout=5',
    'Proxy-Connection: keep-alive',
    'Proxy-Authorization: Basic x',
    'HTTP2-Settings: AA',
  ])('stays behind: %s', (line) => {
    expect(write(get(line, 'X: 1'))).toEqual(get('X: 1'));
  });

  it('stays behind where Connection names it, in any case and any of its lines', () => {
    const lines = get(
      'Connection: x-one , ,\tX-TWO',
      'X-One: 1',
      'x-two: 2',
      'X-Three: 3',
      'connection: x-three, close',
    );
    expect(write(lines)).toEqual(get());
  });

  it.each([
    'Authorization: Bearer x',
    'Cookie: a=b',
    'Via: 1.1 x',
    'X-Forwarded-For: 1.2.3.4',
    'X-Real-IP: 1.2.3.4',
    'Forwarded: for=1.2.3.4',
    'Cache-Control: no-store',
    'Content-Type: text/plain',
    'Origin: https://a',
    'Trailer: X',
  ])('is not what Connection may not name: %s', (line) => {
    const name = line.slice(0, line.indexOf(':'));
    expect(write(get(`Connection: ${name}`, line))).toEqual(get(line));
  });

  it('takes neither Host nor the framing away, though Connection names them', () => {
    const lines = ['POST / HTTP/1.1', 'Host: a', 'Connection: Host, Content-Length', 'Content-Length: 3'];
    expect(write(lines)).toEqual(['POST / HTTP/1.1', 'Host: a', 'Content-Length: 3']);
    const chunked = ['POST / HTTP/1.1', 'Host: a', 'Connection: transfer-encoding', 'Transfer-Encoding: chunked'];
    expect(write(chunked)).toEqual(['POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked']);
  });

  it('is said anew where the connection to the server is closed', () => {
    expect(write(get('Connection: keep-alive'), { close: true })).toEqual(get('Connection: close'));
  });

  it('of TE is all but the word that trailers are welcome', () => {
    expect(write(get('te: gzip;q=0.5, Trailers', 'Connection: te'))).toEqual(get('te: trailers', 'Connection: TE'));
    expect(write(get('TE: gzip', 'TE: trailers', 'TE: trailers'))).toEqual(get('TE: trailers', 'Connection: TE'));
    expect(write(get('TE: trailers;q=0'))).toEqual(get());
    expect(write(['GET / HTTP/1.0', 'Host: a', 'TE: trailers'])).toEqual(get());
  });
});

describe('the framing', () => {
  const tolerant = { ...STRICT_RULES, equalLengths: true, lengthWithCoding: 'keep', codingInHttp10: true } as const;
  it.each([
    [['Content-Length: 0005'], ['Content-Length: 5']],
    [['content-length: 5, 5', 'Content-Length: 5'], ['content-length: 5']],
    [
      ['Content-Length: 5', 'X: 1', 'transfer-encoding: CHUNKED'],
      ['X: 1', 'transfer-encoding: chunked'],
    ],
    [['Transfer-Encoding: chunked', 'Content-Length: 5'], ['Transfer-Encoding: chunked']],
    [['Content-Length: 0'], ['Content-Length: 0']],
    [[], []],
  ])('of %j is %j', (came, left) => {
    const head = headOf(['POST / HTTP/1.1', 'Host: a', ...came], tolerant);
    expect(textOf(writeRequest(head, planFor(head)).bytes)).toBe(
      ['POST / HTTP/1.1', 'Host: a', ...left, '', ''].join('\r\n'),
    );
  });

  it('may be another where the body was gathered', () => {
    const lines = ['POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked'];
    expect(write(lines, { framing: { kind: 'length', bytes: 7 } })).toEqual([
      'POST / HTTP/1.1',
      'Host: a',
      'Content-Length: 7',
    ]);
    expect(write(lines, { framing: { kind: 'none' } })).toEqual(['POST / HTTP/1.1', 'Host: a']);
  });
});

describe('Expect', () => {
  const expecting = ['POST / HTTP/1.1', 'Host: a', 'Content-Length: 1', 'Expect: 100-Continue'];

  it('goes on or stays behind as the plan says', () => {
    expect(write(expecting)).toEqual(expecting);
    expect(write(expecting, { expect: 'drop' })).toEqual(expecting.slice(0, -1));
  });

  it('of HTTP/1.0 does not come to life in HTTP/1.1', () => {
    expect(write(['POST / HTTP/1.0', ...expecting.slice(1)])).toEqual(expecting.slice(0, -1));
  });
});

describe('Max-Forwards', () => {
  it.each(['OPTIONS', 'TRACE'])('of %s counts down', (method) => {
    expect(write([`${method} / HTTP/1.1`, 'Host: a', 'Max-Forwards: 010', 'Max-Forwards: 99'])).toEqual([
      `${method} / HTTP/1.1`,
      'Host: a',
      'Max-Forwards: 9',
    ]);
  });

  it('of other methods passes', () => {
    expect(write(get('Max-Forwards: 0'))).toEqual(get('Max-Forwards: 0'));
  });

  it('that is no number goes', () => {
    expect(write(['TRACE / HTTP/1.1', 'Host: a', 'Max-Forwards: -1'])).toEqual(['TRACE / HTTP/1.1', 'Host: a']);
  });

  it('of 0 is not for passing on', () => {
    expect(() => write(['TRACE / HTTP/1.1', 'Host: a', 'Max-Forwards: 0'])).toThrow(BugError);
  });
});

describe('an upgrade', () => {
  const asked = get('Connection: keep-alive, Upgrade', 'Upgrade: h2c, WebSocket');

  it('goes on for the one protocol of the plan', () => {
    expect(write(asked, { upgrade: 'websocket' })).toEqual(get('Upgrade: websocket', 'Connection: Upgrade'));
    expect(write(get(), { upgrade: 'websocket' })).toEqual(get('Upgrade: websocket', 'Connection: Upgrade'));
  });

  it('stays behind without one', () => {
    expect(write(asked)).toEqual(get());
  });

  it('is never asked for before a body', () => {
    const lines = ['POST / HTTP/1.1', 'Host: a', 'Content-Length: 1'];
    expect(() => write(lines, { upgrade: 'websocket' })).toThrow(BugError);
  });
});

describe('what became of each line', () => {
  it('is listed in the order of writing, with why', () => {
    const hop = hopText({ client: '10.0.0.1', clientPort: null, proto: 'http', port: 80, by: null });
    const forwarded = { hop, trusted: false, writesXForwarded: true, writesForwarded: false };
    const lines = get(
      'Connection: x, cookie',
      'X: 1',
      'Cookie: a',
      'X-Forwarded-For: 9.9.9.9',
      'forwarded: for=x',
      'Y: 2',
    );
    expect(changesOf(lines, { via: 'us', close: true, forwarded })).toEqual([
      'kept Host end-to-end 0',
      'removed Connection hop-by-hop 1',
      'removed X named-in-connection 2',
      'kept Cookie protected 3',
      'changed X-Forwarded-For untrusted 4',
      'removed forwarded untrusted 5',
      'kept Y end-to-end 6',
      'added X-Forwarded-Proto hop-appended null',
      'added X-Forwarded-Host hop-appended null',
      'added X-Forwarded-Port hop-appended null',
      'added Via via null',
      'added Connection hop-by-hop null',
    ]);
  });
});

/** A head that no parser would make. */
const forged = (pairs: FieldPairs, more: Partial<RequestHead> = {}): RequestHead => ({
  ...requestHead('GET', '/', [['Host', 'a'], ...pairs]),
  ...more,
});

describe('what cannot be written', () => {
  const bad = ['a\r\nX: y', 'a\n', 'a\r', '\0', '\x7f', '\x1b', 'a\u010aX: y', '\u0141'];

  it.each(bad)('is a bug as a value: %j', (value) => {
    const head = forged([['X', value]]);
    expect(() => writeRequest(head, planFor(head))).toThrow(BugError);
  });

  it.each(['\0', '\r', '\n', '\x1f', '\x7f'])('is a bug wherever it stands in a value: %j', (byte) => {
    for (let at = 0; at <= 9; at += 1) {
      const head = forged([['X', `${'a'.repeat(at)}${byte}${'\xff'.repeat(9 - at)}`]]);
      expect(() => writeRequest(head, planFor(head)), `at ${at}`).toThrow(BugError);
      const last = forged([['X', `${'a'.repeat(at)}${byte}${'a'.repeat(9 - at)}`]]);
      expect(() => writeRequest(last, planFor(last)), `at ${at}`).toThrow(BugError);
    }
  });

  it.each(['', 'a b', 'a:', 'Transfer-Encoding: chunked\r\nX', 'Transfer-Encoding: chunked, x', '\xe4', '\u0141'])(
    'is a bug as a name: %j',
    (name) => {
      const head = forged([[name, 'v']]);
      expect(() => writeRequest(head, planFor(head))).toThrow(BugError);
    },
  );

  it.each([
    [{ method: 'GET /x HTTP/1.1\r\nX: y\r\n\r\nGET' }],
    [{ method: '' }],
    [{ target: '/ HTTP/1.1\r\nX: y' }],
    [{ target: '/a b' }],
    [{ target: '/\u012f' }],
    [{ target: '' }],
  ])('is a bug in the request line: %j', (more) => {
    const head = forged([], more);
    expect(() => writeRequest(head, planFor(head))).toThrow(BugError);
  });

  it.each<Partial<RequestPlan>>([
    { authority: 'a\r\nX: y', host: 'upstream' },
    { authority: '' },
    { authority: 'user@host' },
    { via: 'a, 1.1 b' },
    { via: '' },
    { upgrade: 'a\r\nX: y' },
    { framing: { kind: 'until-close' } },
    { framing: { kind: 'length', bytes: -1 } },
    { framing: { kind: 'length', bytes: 1.5 } },
    { framing: { kind: 'length', bytes: Number.NaN } },
    { framing: { kind: 'length', bytes: 1e21 } },
  ])('is a bug in the plan: %j', (more) => {
    const head = forged([]);
    expect(() => writeRequest(head, planFor(head, more))).toThrow(BugError);
  });

  it('is a CONNECT, which is answered with a tunnel', () => {
    const head = headOf(['CONNECT a:443 HTTP/1.1', 'Host: a:443']);
    expect(() => writeRequest(head, planFor(head))).toThrow(BugError);
  });

  it('leaves nothing behind for the next head', () => {
    const bad = forged([['X', '\n']]);
    expect(() => writeRequest(bad, planFor(bad))).toThrow(BugError);
    expect(write(get('X: 1'))).toEqual(get('X: 1'));
  });

  it.each([
    ['by hand', encodeLatin1ByHand],
    ['of the platform', (text: string, into: Uint8Array, at: number) => into.set(Buffer.from(text, 'latin1'), at)],
  ])('is the same with the encoder %s', (_, encoder) => {
    encodeLatin1With(encoder);
    try {
      const long = `X: ${'\xe9\t'.repeat(3_000)}\xff`;
      expect(write(get(long))).toEqual(get(long));
      const head = forged([['X', `${'a'.repeat(5_000)}\n`]]);
      expect(() => writeRequest(head, planFor(head))).toThrow(BugError);
    } finally {
      encodeLatin1With(encodeLatin1ByHand);
    }
  });
});

describe('hostile heads', () => {
  it('with thousands of lines are written whole', () => {
    const lines = Array.from({ length: 10_000 }, (_, at) => `X-${at}: ${at}`);
    expect(write(get(...lines))).toEqual(get(...lines));
  });

  it.each([
    ['lines of Connection', Array.from({ length: 2_000 }, (_, at) => `Connection: x-${at}`)],
    [
      'one Connection with many names',
      [`Connection: ${Array.from({ length: 5_000 }, (_, at) => `x-${at}`).join(',')}`],
    ],
    ['white space and commas', [`Connection: ${' \t,'.repeat(20_000)}x-7`]],
  ])('lose what they name and nothing else: %s', (_, lines) => {
    expect(write(get(...lines, 'X-7: 1', 'Y: 2'))).toEqual(get('Y: 2'));
  });

  it('have each line looked at a few times, however many there are', () => {
    const looksAt = (count: number): number => {
      let looks = 0;
      const pairs = Array.from({ length: count }, (_, at): readonly [string, string] => [
        ['Connection', 'X-Forwarded-For', 'Via', 'TE', 'Content-Length'][at % 5]!,
        'x-forwarded-for',
      ]);
      const fields = fieldsOf([['Host', 'a'], ...pairs]);
      const counted = {
        ...fields,
        name: (line: number) => ((looks += 1), fields.name(line)),
        value: (line: number) => ((looks += 1), fields.value(line)),
        all: (name: string) => ((looks += count), fields.all(name)),
        get: (name: string) => ((looks += count), fields.get(name)),
      };
      const hop = hopText({ client: '10.0.0.1', clientPort: null, proto: 'http', port: 80, by: null });
      const forwarded = { hop, trusted: true, writesXForwarded: true, writesForwarded: true };
      const head = forged([], { fields: counted });
      writeRequest(head, planFor(head, { forwarded, via: 'us' }));
      return looks / count;
    };
    expect(looksAt(4_000)).toBeLessThan(12);
    expect(looksAt(4_000) - looksAt(1_000)).toBeLessThan(0.1);
  });
});
