import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../src-main/contract/settings';
import { PolicyInForce } from '../../src-main/inspector/policy';
import { Playbook } from '../support/session-playbook';

const GET = 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n';
const post = (length: number): string => `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;

/** One request at once, and room for three that wait a second each. */
const LEAKY: Partial<Settings> = { rateModel: 'leaky', bucketCapacity: 4, bucketRefillPerSec: 1 };

/** The first request was answered, the second one waits. */
function waiting(settings: Partial<Settings> = {}, bytes = GET): Playbook {
  const book = new Playbook({ ...LEAKY, ...settings }).send(GET);
  book.written();
  return book.send(bytes);
}

describe('a request the leaky bucket holds back', () => {
  it('is answered when its turn has come', () => {
    const book = waiting();
    expect(book.session.phase).toBe('delayed');
    expect(book.wait(999).statuses()).toEqual([]);
    expect(book.wait(1).statuses()).toEqual([200]);
    expect(book.session.phase).toBe('idle');
    expect(book.factsOf('rate').map(({ delayMs }) => delayMs)).toEqual([0, 1_000]);
  });

  it('is not read past, and runs under no deadline', () => {
    const book = waiting({ idleTimeoutMs: 100, requestTimeoutMs: 100, bucketRefillPerSec: 0.1 });
    expect(book.effects).toEqual(['pause']);
    expect(book.session.deadline).toBeNull();
    expect(book.wait(10_000).statuses()).toEqual([200]);
    expect(book.effects).toEqual(['pause', 'resume']);
    expect(book.factsOf('trip')).toEqual([]);
  });

  it('lets what follows it in the same read wait for turns of their own', () => {
    const book = waiting({}, GET + GET);
    expect(book.wait(1_000).statuses()).toEqual([200]);
    expect(book.session.phase).toBe('delayed');
    expect(book.wait(1_000).statuses()).toEqual([200]);
    expect(book.effects).toEqual(['pause', 'resume', 'pause', 'resume']);
  });

  it('keeps the rest of its read, though the next read overwrites it', () => {
    const bytes = Uint8Array.from(post(5) + 'hello', (character) => character.charCodeAt(0));
    const book = waiting({}, '');
    book.session.received(bytes, book.nowMs);
    bytes.fill(0);
    expect(book.wait(1_000).written()).toMatch(/\r\n\r\nhello$/);
  });

  it('takes in afterwards what arrived all the same', () => {
    const book = waiting({}, `${post(5)}he`)
      .send('ll')
      .send('o');
    expect(book.wait(1_000).written()).toMatch(/\r\n\r\nhello$/);
  });

  it('is not held against the time of its body', () => {
    const book = waiting({ bodyTimeoutMs: 500 }, `${post(5)}he`)
      .wait(1_000)
      .wait(499);
    expect(book.statuses()).toEqual([]);
    expect(book.wait(1).statuses()).toEqual([408]);
    expect(book.factsOf('trip')).toMatchObject([{ guard: 'bodyTimeoutMs', measured: 500 }]);
  });

  it('is told to go on with 100 Continue only when its turn has come', () => {
    const book = waiting({}, 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n');
    expect(book.statuses()).toEqual([]);
    expect(book.wait(1_000).statuses()).toEqual([100]);
  });

  it('is refused at once where there is no room to wait', () => {
    const policy = new PolicyInForce({ ...DEFAULT_SETTINGS, ...LEAKY, rateStatus: '503' }, 'default');
    const books = Array.from({ length: 6 }, () => new Playbook({}, 'default', policy).send(GET));
    expect(books.map((book) => book.statuses()[0] ?? book.session.phase)).toEqual([
      200,
      'delayed',
      'delayed',
      'delayed',
      503,
      503,
    ]);
  });
});

describe('the wait ends early', () => {
  it('where the rate limit is switched off, or does not delay any more', () => {
    expect(waiting().change({ bucketCapacity: null }).statuses()).toEqual([200]);
    expect(waiting().change({ rateModel: 'token' }).statuses()).toEqual([200]);
  });

  it('by as much as the bucket leaks faster', () => {
    const book = waiting().wait(500).change({ bucketRefillPerSec: 5 }).wait(50).change({ bucketRefillPerSec: 10 });
    expect(book.wait(24).statuses()).toEqual([]);
    expect(book.wait(1).statuses()).toEqual([200]);
  });

  it('where the server stops: the request is answered, then FIN', () => {
    const book = waiting();
    book.session.stop(book.nowMs);
    expect(book.written()).toMatch(/^HTTP\/1\.1 200 [^]*Connection: close/);
    expect(book.effects).toEqual(['pause', 'resume', 'end']);
  });

  it('where the socket is gone, without a reply', () => {
    const book = waiting();
    book.session.closed(true, book.nowMs);
    expect(book.session.wakeAtMs).toBeNull();
    expect(book.wait(1_000).written()).toBe('');
  });

  it('where a rule of our own is broken', () => {
    const book = waiting();
    book.session.broke({ code: 'BUG_INVARIANT', detail: { reason: 'test' } }, book.nowMs);
    expect(book.statuses()).toEqual([500]);
    expect(book.wait(1_000).statuses()).toEqual([]);
  });
});

describe('a client that half-closes while its request waits', () => {
  it('gets its reply, then FIN', () => {
    const book = waiting();
    book.session.peerEnded(book.nowMs);
    expect(book.effects).toEqual(['pause']);
    expect(book.wait(1_000).statuses()).toEqual([200]);
    expect(book.effects).toEqual(['pause', 'resume', 'end']);
  });
});

describe('a client that does not take its reply while the next request waits', () => {
  it('is read again when both are over, and once', () => {
    const book = new Playbook(LEAKY).send(GET + GET);
    book.session.sent(false, book.nowMs);
    expect(book.wait(1_000).effects).toEqual(['pause']);
    expect(book.session.phase).toBe('replying');
    book.session.drained(book.nowMs);
    expect(book.effects).toEqual(['pause', 'resume']);
    expect(book.statuses()).toEqual([200, 200]);
  });
});
