import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src-main/contract/settings';
import { MAX_HELD_BODY_BYTES, MAX_HELD_TOTAL_BYTES } from '../../src-main/guard/held-bytes';
import { PolicyInForce } from '../../src-main/inspector/policy';
import { LINGER_MS, STOP_LINGER_MS } from '../../src-main/session/linger';
import { Playbook } from '../support/session-playbook';

const GET = 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n';
const post = (length: number, path = '/echo', more = ''): string =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n${more}\r\n`;

describe('a conversation', () => {
  it('answers a request and keeps the connection', () => {
    const book = new Playbook().send(GET);
    expect(book.statuses()).toEqual([200]);
    expect(book.effects).toEqual([]);
    expect(book.session.phase).toBe('idle');
  });

  it('answers a request that arrives one byte at a time', () => {
    expect(new Playbook().sendByteByByte(GET).statuses()).toEqual([200]);
  });

  it('answers several requests of one read in order', () => {
    const book = new Playbook().send(GET + post(2) + 'hi' + 'GET /none HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(book.statuses()).toEqual([200, 200, 404]);
    expect(book.factsOf('reply').map((reply) => reply.number)).toEqual([1, 2, 3]);
  });

  it('is not mixed with another one, whose requests come in between and in pieces', () => {
    const [one, other] = [new Playbook(), new Playbook()] as const;
    one.send(GET);
    other.send(GET.slice(0, 20));
    one.send(`\r\n${GET}`.slice(0, 30));
    other.send(GET.slice(20));
    one.send(`\r\n${GET}`.slice(30));
    other.send(GET);
    const starts = [one, other].map((book) => book.factsOf('head').map(({ start, end }) => [start, end]));
    expect(starts).toEqual([
      [
        [0, GET.length],
        [GET.length + 2, GET.length * 2 + 2],
      ],
      [
        [0, GET.length],
        [GET.length, GET.length * 2],
      ],
    ]);
    expect([one.statuses(), other.statuses()]).toEqual([
      [200, 200],
      [200, 200],
    ]);
  });

  it('runs under the idle deadline of its own last reply, whatever another one does meanwhile', () => {
    const [one, other] = [new Playbook(), new Playbook()] as const;
    one.send(GET);
    const { deadline } = one.session;
    other.wait(5_000).send(GET);
    expect(one.session.deadline).toEqual(deadline);
    expect(deadline).toMatchObject({ guard: 'idleTimeoutMs', startedAtMs: 1_000_000 });
  });

  it('waits for the whole body before it answers', () => {
    const book = new Playbook().send(post(5) + 'he');
    expect(book.written()).toBe('');
    expect(book.session.phase).toBe('body-length');
    expect(book.send('llo').written()).toMatch(/\r\n\r\nhello$/);
  });

  it('puts a chunked body together', () => {
    const book = new Playbook().send('POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    book.sendByteByByte('3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n');
    expect(book.written()).toMatch(/Content-Length: 5\r\n\r\nabcde$/);
  });

  it('closes after the reply where the client says close', () => {
    const book = new Playbook().send('GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' + GET);
    expect(book.written()).toMatch(/^HTTP\/1\.1 200 [^]*\r\nConnection: close\r\n/);
    expect(book.factsOf('reply')).toHaveLength(1);
    expect(book.effects).toEqual(['end']);
  });

  it('closes after the reply to HTTP/1.0 without keep-alive', () => {
    const book = new Playbook().send('GET /health HTTP/1.0\r\n\r\n');
    expect(book.statuses()).toEqual([200]);
    expect(book.effects).toEqual(['end']);
  });

  it('sends the head alone for HEAD', () => {
    const book = new Playbook().send('HEAD /health HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(book.written()).toMatch(/Content-Length: [1-9]\d*\r\n(.+\r\n)*\r\n$/);
  });

  it('walks through the parse states as bytes arrive', () => {
    const book = new Playbook();
    const phases = [
      'GE',
      'T / HTTP/1.1\r\nHo',
      'st: a\r\nTransfer-Encoding: chunked\r\n\r\n',
      '3\r\n',
      'abc\r\n0\r\n',
    ].map((piece) => book.send(piece).session.phase);
    expect(phases).toEqual(['start-line', 'headers', 'chunk-size', 'chunk-data', 'trailers']);
    expect(book.send('\r\n').session.phase).toBe('idle');
  });
});

describe('100-continue', () => {
  const EXPECT = 'Expect: 100-continue\r\n';

  it('is sent before the body and the reply after it', () => {
    const book = new Playbook().send(post(2, '/echo', EXPECT));
    expect(book.statuses()).toEqual([100]);
    expect(book.send('ok').statuses()).toEqual([200]);
  });

  it('is replaced by the final status where the body would be read for nothing', () => {
    const book = new Playbook().send(post(2, '/none', EXPECT));
    expect(book.statuses()).toEqual([404]);
    expect(book.effects).toEqual(['end']);
  });

  it('is replaced by 413 where the declared body is too long', () => {
    const book = new Playbook({ maxBodyBytes: 1 }).send(post(2, '/echo', EXPECT));
    expect(book.statuses()).toEqual([413]);
  });

  it('is not sent to HTTP/1.0', () => {
    const book = new Playbook().send('POST /echo HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n');
    expect(book.statuses()).toEqual([]);
  });
});

describe('deadlines', () => {
  it('answer 408 to a head that is not complete in time', () => {
    const book = new Playbook({ headTimeoutMs: 500 }).send('GET / HT').wait(499);
    expect(book.statuses()).toEqual([]);
    expect(book.wait(1).statuses()).toEqual([408]);
    expect(book.factsOf('reply')).toMatchObject([{ number: 0, startedAtMs: book.nowMs - 500 }]);
    expect(book.factsOf('trip')).toMatchObject([
      { guard: 'headTimeoutMs', limit: 500, measured: 500, offset: 8, status: 408 },
    ]);
    expect(book.effects).toEqual(['end']);
  });

  it('are not moved by a trickle of head bytes', () => {
    const book = new Playbook({ headTimeoutMs: 500 });
    for (const letter of 'GET / HT') book.send(letter).wait(100);
    expect(book.statuses()).toEqual([408]);
  });

  it('trip on the bytes that come too late, before those are parsed', () => {
    const book = new Playbook({ headTimeoutMs: 500 }).send('GET /health HTTP/1.1\r\nHost: a\r\n\r');
    book.nowMs += 600;
    expect(book.send('\n').statuses()).toEqual([408]);
  });

  it('answer 408 to a body that is not complete in time', () => {
    const book = new Playbook({ bodyTimeoutMs: 300 }).send(post(10) + 'abc').wait(300);
    expect(book.statuses()).toEqual([408]);
    expect(book.factsOf('trip')).toMatchObject([{ guard: 'bodyTimeoutMs', code: 'LIM_BODY_TIMEOUT' }]);
  });

  it('answer 408 to a body slower than the minimum rate', () => {
    const book = new Playbook({ minBodyBytesPerSec: 100, bodyTimeoutMs: null }).send(post(10_000));
    for (let second = 0; second < 6; second += 1) book.send('0123456789').wait(1_000);
    expect(book.statuses()).toEqual([408]);
    expect(book.factsOf('trip')).toMatchObject([{ guard: 'minBodyBytesPerSec', limit: 100, measured: 10 }]);
  });

  it('close an idle connection without a reply', () => {
    const book = new Playbook({ idleTimeoutMs: 200 }).send(GET);
    book.written();
    book.wait(200);
    expect(book.written()).toBe('');
    expect(book.effects).toEqual(['end']);
    expect(book.factsOf('trip')).toMatchObject([{ guard: 'idleTimeoutMs', status: null }]);
  });

  it('move at once when the setting changes, armed ones too', () => {
    const book = new Playbook().send('GET /').wait(2_000);
    expect(book.change({ headTimeoutMs: 2_000 }).statuses()).toEqual([408]);
  });

  it('do not trip any more when the guard is switched off', () => {
    const book = new Playbook({ headTimeoutMs: 500 }).send('GET /').change({ headTimeoutMs: null }).wait(100_000);
    expect(book.statuses()).toEqual([]);
  });
});

describe('byte budgets', () => {
  it.each([
    ['maxHeadBytes', 431, { maxHeadBytes: 64 }, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(60)}\r\n\r\n`],
    ['maxFieldCount', 431, { maxFieldCount: 2 }, 'GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n\r\n'],
    ['maxTargetBytes', 414, { maxTargetBytes: 5 }, 'GET /12345 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['maxBodyBytes', 413, { maxBodyBytes: 5 }, post(6)],
  ] as const)('trip %s with %i, whole or byte by byte, at the same offset', (guard, status, settings, bytes) => {
    const whole = new Playbook(settings).send(bytes);
    const pieces = new Playbook(settings).sendByteByByte(bytes);
    expect(whole.statuses()).toEqual([status]);
    expect(whole.factsOf('trip')).toMatchObject([{ guard, status }]);
    expect(pieces.factsOf('trip')).toEqual(whole.factsOf('trip'));
  });

  it('stop a chunked body that grows past the limit', () => {
    const book = new Playbook({ maxBodyBytes: 5 });
    book.send('POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n');
    expect(book.statuses()).toEqual([]);
    expect(book.send('1\r\nf\r\n').statuses()).toEqual([413]);
  });

  it('are those in force when the byte is consumed', () => {
    const book = new Playbook().send(
      'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n',
    );
    expect(book.change({ maxBodyBytes: 6 }).send('2\r\nfg\r\n').statuses()).toEqual([413]);
  });
});

describe('requests per connection', () => {
  it('closes with the last reply and says so in it', () => {
    const book = new Playbook({ maxRequestsPerConnection: 2 }).send(GET);
    expect(book.written()).not.toMatch(/Connection: close/);
    expect(book.send(GET + GET).written()).toMatch(/^HTTP\/1\.1 200 [^]*Connection: close/);
    expect(book.factsOf('reply')).toHaveLength(2);
    expect(book.factsOf('trip')).toMatchObject([
      { guard: 'maxRequestsPerConnection', code: 'LIM_REQUESTS', measured: 2, status: null },
    ]);
  });
});

describe('admission', () => {
  it('answers 503 to the connection beyond the limit and closes', () => {
    const policy = new PolicyInForce({ ...DEFAULT_SETTINGS, maxConnections: 1 }, 'default');
    const first = new Playbook({}, 'default', policy);
    const second = new Playbook({}, 'default', policy);
    expect(second.statuses()).toEqual([503]);
    expect(second.factsOf('reply')).toMatchObject([{ startedAtMs: second.nowMs }]);
    expect(second.effects).toEqual(['end']);
    expect(first.send(GET).statuses()).toEqual([200]);
  });

  it('names the limit of one client where that one is reached first', () => {
    const policy = new PolicyInForce({ ...DEFAULT_SETTINGS, maxConnectionsPerClient: 1 }, 'default');
    new Playbook({}, 'default', policy);
    const second = new Playbook({}, 'default', policy);
    expect(second.factsOf('trip')).toMatchObject([{ code: 'LIM_CLIENT_CONNECTIONS', limit: 1, status: 503 }]);
  });

  it('gives the place back when an admitted connection is gone, and only then', () => {
    const policy = new PolicyInForce({ ...DEFAULT_SETTINGS, maxConnections: 1 }, 'default');
    const first = new Playbook({}, 'default', policy);
    new Playbook({}, 'default', policy).session.closed(false, 0);
    expect(policy.admission.open).toBe(1);
    first.session.closed(false, 0);
    expect(policy.admission.open).toBe(0);
  });
});

describe('the rate limit', () => {
  const ONE = { bucketCapacity: 1, bucketRefillPerSec: 1 };

  it('answers 429 with Retry-After and the RateLimit fields once the bucket is empty', () => {
    const book = new Playbook(ONE).send(GET);
    book.written();
    const reply = book.send(GET).written();
    expect(reply).toMatch(/^HTTP\/1\.1 429 /);
    expect(reply).toMatch(/\r\nRetry-After: 1\r\n/);
    expect(reply).toMatch(/\r\nRateLimit: "default";r=0;t=1\r\n/);
    expect(reply).toMatch(/\r\nRateLimit-Policy: "default";q=1;w=1\r\n/);
  });

  it('keeps the connection and lets the next request in after the refill', () => {
    const book = new Playbook(ONE).send(GET).send(GET).wait(1_000).send(GET);
    expect(book.statuses()).toEqual([200, 429, 200]);
  });

  it('drops the body of a request it refused, and finds the next request', () => {
    const book = new Playbook(ONE).send(GET).send(post(5) + 'hel');
    expect(book.statuses()).toEqual([200, 429]);
    expect(
      book
        .wait(1_000)
        .send('lo' + GET)
        .statuses(),
    ).toEqual([200]);
  });

  it('does not see a request whose head is malformed', () => {
    const book = new Playbook(ONE).send('GET / HTTP/1.1\r\nBad Name: 1\r\n\r\n');
    expect(book.factsOf('rate')).toEqual([]);
    expect(book.statuses()).toEqual([400]);
  });
});

describe('after a refusal', () => {
  it('parses nothing any more and drops what arrives', () => {
    const book = new Playbook().send('BAD\r\n\r\n' + GET).send(GET);
    expect(book.statuses()).toEqual([400]);
    expect(book.session.phase).toBe('lingering');
    expect(book.session.bytesIn).toBe(7 + 2 * GET.length);
  });

  it('gives the client time to read the reply, then closes', () => {
    const book = new Playbook().send('BAD\r\n\r\n').wait(LINGER_MS - 1);
    expect(book.effects).toEqual(['end']);
    expect(book.wait(1).effects).toEqual(['end', 'destroy']);
  });

  // RFC 9110 §9.3.2: what is wrong with a request does not give HEAD content.
  it.each([
    'HEAD * HTTP/1.1\r\n',
    'HEAD /a b',
    'HEAD / HTTP/2.0',
    'HEAD\r\n',
    'HEAD /\x7f',
    `HEAD /${'x'.repeat(9_000)}`,
  ])('sends no body to a HEAD refused in its start line: %.20s', (text) => {
    expect(new Playbook().send(text).written()).toMatch(
      /^HTTP\/1\.1 [45]\d\d [^]*Content-Length: [1-9]\d*\r\n([^\r]+\r\n)*\r\n$/,
    );
  });

  it.each(['HEAD\x0b /', 'HEAD] /', 'HEADER /a b'])('tells %j, which is no HEAD, what is wrong', (text) => {
    expect(new Playbook().send(text).written()).toMatch(/\r\n\r\nH1_/);
  });

  it.each([
    ['a CR', ['\r', 'X'], 'H1_BARE_CR', 1],
    ['too many empty lines', ['\r\n'.repeat(40)], 'LIM_HEAD_BYTES', 64],
  ])('does not take %s after a request for a part of it', (_what, pieces, code, requestBytes) => {
    const head = 'HEAD /health HTTP/1.1\r\nHost: a\r\n\r\n';
    const book = new Playbook({ maxHeadBytes: 64 }).send(head);
    for (const piece of pieces) book.send(piece);
    expect(book.written()).toContain(`\r\n\r\n${code}`);
    const none = { method: '', target: '', version: '' };
    expect(book.factsOf('reply').at(-1)).toMatchObject({ ...none, requestStart: head.length, requestBytes });
  });

  it('sends no body to a HEAD whose start line took too long', () => {
    const book = new Playbook({ headTimeoutMs: 100 }).send('HEAD / HT').wait(100);
    expect(book.written()).toMatch(/^HTTP\/1\.1 408 [^]*\r\n\r\n$/);
  });

  it('names the request whose head it refused, and sends no body to a refused HEAD', () => {
    const book = new Playbook().send('HEAD /x HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n');
    expect(book.written()).toMatch(/^HTTP\/1\.1 400 [^]*\r\n\r\n$/);
    expect(book.factsOf('reply')).toMatchObject([{ number: 0, method: 'HEAD', target: '/x', status: 400 }]);
  });

  it('states the fault with code, offset and status', () => {
    const book = new Playbook().send('GET / HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n');
    expect(book.factsOf('fault')).toMatchObject([{ code: 'H1_FIELD_SPACE', offset: 26, status: 400 }]);
  });
});

describe('the end of a connection', () => {
  it('names a request that was cut off by the client, without a reply', () => {
    const book = new Playbook().send('GET / HT');
    book.session.peerEnded(book.nowMs);
    expect(book.factsOf('fault')).toMatchObject([{ code: 'H1_INCOMPLETE', offset: 8, status: null }]);
    expect(book.written()).toBe('');
  });

  it('is stated once, with who ended it and what went through', () => {
    const book = new Playbook().send(GET);
    book.session.peerEnded(book.nowMs);
    book.session.closed(false, book.nowMs);
    book.session.closed(false, book.nowMs);
    expect(book.factsOf('connection.closed')).toMatchObject([
      { cause: 'client-closed', bytesIn: GET.length, requests: 1 },
    ]);
  });

  it('closes an idle connection at once when the server stops', () => {
    const book = new Playbook().send(GET);
    book.session.stop(book.nowMs);
    expect(book.effects).toEqual(['end']);
  });

  it('waits only briefly for the client when the server stops, also where it lingered before', () => {
    const idle = new Playbook().send(GET);
    idle.session.stop(idle.nowMs);
    expect(idle.wait(STOP_LINGER_MS).effects).toEqual(['end', 'destroy']);
    const refused = new Playbook().send('BAD\r\n\r\n');
    refused.session.stop(refused.nowMs);
    expect(refused.wait(STOP_LINGER_MS).effects).toEqual(['end', 'destroy']);
  });

  it('lets the request under way finish when the server stops', () => {
    const book = new Playbook().send(post(2) + 'h');
    book.session.stop(book.nowMs);
    expect(book.effects).toEqual([]);
    expect(book.send('i').written()).toMatch(/Connection: close/);
    expect(book.effects).toEqual(['end']);
  });
});

describe('a client that does not read', () => {
  it('is not read from until it takes what was written', () => {
    const book = new Playbook().send(GET);
    book.session.sent(false, book.nowMs);
    expect(book.session.phase).toBe('replying');
    book.session.drained(book.nowMs);
    expect(book.effects).toEqual(['pause', 'resume']);
  });

  it('is reset after the idle timeout', () => {
    const book = new Playbook({ idleTimeoutMs: 1_000 }).send(GET);
    book.session.sent(false, book.nowMs);
    expect(book.wait(1_000).effects).toEqual(['pause', 'reset']);
  });

  it('is reset once, however late the socket is gone', () => {
    const book = new Playbook({ idleTimeoutMs: 1_000 }).send(GET);
    book.session.sent(false, book.nowMs);
    expect(book.wait(1_000).wait(0).wait(1_000).effects).toEqual(['pause', 'reset']);
    expect(book.factsOf('trip')).toHaveLength(1);
  });

  it('has its next head timed without the time in which nothing was read', () => {
    const book = new Playbook({ headTimeoutMs: 500, idleTimeoutMs: 60_000 }).send(GET + 'GET / HT').wait(100);
    const startedAtMs = book.nowMs - 100;
    book.session.sent(false, book.nowMs);
    book.wait(30_000).session.drained(book.nowMs);
    expect(book.wait(399).statuses()).toEqual([200]);
    expect(book.wait(1).statuses()).toEqual([408]);
    expect(book.factsOf('trip')).toMatchObject([{ guard: 'headTimeoutMs', measured: 500 }]);
    expect(book.factsOf('reply').at(-1)).toMatchObject({ startedAtMs });
  });

  it('has its next body timed without it, too', () => {
    const book = new Playbook({ bodyTimeoutMs: 500 }).send(GET + post(9) + 'x');
    book.session.sent(false, book.nowMs);
    book.wait(30_000).session.drained(book.nowMs);
    expect(book.wait(499).statuses()).toEqual([200]);
    expect(book.wait(1).statuses()).toEqual([408]);
  });

  it.each([
    ['between reads', { headTimeoutMode: 'inactivity' }, 500],
    ['from accept', { headTimeoutStart: 'accept' }, 300],
  ] as const)('has a head that is timed %s timed without it, too', (_when, settings, leftMs) => {
    const book = new Playbook({ headTimeoutMs: 500, idleTimeoutMs: 60_000, ...settings }).send('GET /');
    book.wait(200).send(' HT');
    book.nowMs += 30_000;
    book.session.notReadFor(30_000);
    expect(book.wait(leftMs - 1).statuses()).toEqual([]);
    expect(book.wait(1).statuses()).toEqual([408]);
  });

  it('that takes some just in time has its bytes parsed all the same', () => {
    const book = new Playbook({ idleTimeoutMs: 1_000 }).send(GET);
    book.pendingBytes = 10;
    book.session.sent(false, book.nowMs);
    book.pendingBytes = 5;
    book.nowMs += 1_000;
    expect(book.send(GET).statuses()).toEqual([200, 200]);
  });
});

describe('a body the reply repeats', () => {
  const held = { maxBodyBytes: null, bodyTimeoutMs: null, minBodyBytesPerSec: null };

  it('is refused before it comes where it says that it is too long to be held', () => {
    const book = new Playbook(held).send(post(MAX_HELD_BODY_BYTES + 1));
    expect(book.statuses()).toEqual([413]);
    expect(book.factsOf('fault')).toMatchObject([{ code: 'LIM_HELD_BODY', status: 413 }]);
  });

  it('may be of any length where the reply does not repeat it', () => {
    expect(new Playbook(held).send(post(MAX_HELD_BODY_BYTES + 1, '/none')).factsOf('fault')).toEqual([]);
  });

  it('is refused where the bodies of all connections leave no room for it', () => {
    const policy = new PolicyInForce(DEFAULT_SETTINGS, 'default');
    policy.held.reserve(MAX_HELD_TOTAL_BYTES);
    const book = new Playbook({}, 'default', policy).send(post(5) + 'h');
    expect(book.statuses()).toEqual([503]);
    expect(book.factsOf('fault')).toMatchObject([{ code: 'LIM_HELD_TOTAL', status: 503 }]);
    expect(policy.held.total).toBe(MAX_HELD_TOTAL_BYTES);
  });
});

describe('echo mode', () => {
  it('answers every valid request with its own body', () => {
    const book = new Playbook({}, 'echo').send(post(3, '/any/where') + 'abc');
    expect(book.written()).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\nabc$/);
  });

  it('counts the memory of the body until the client has taken the reply', () => {
    const book = new Playbook({}, 'echo').send(post(3) + 'abc');
    book.session.sent(false, book.nowMs);
    expect(book.policy.held.total).toBeGreaterThan(0);
    book.session.drained(book.nowMs);
    expect(book.policy.held.total).toBe(0);
  });

  it('gives the memory of an unfinished body back when the connection is gone', () => {
    const book = new Playbook({}, 'echo').send(post(300) + 'abc');
    book.session.closed(true, book.nowMs);
    expect(book.policy.held.total).toBe(0);
  });
});
