import { describe, expect, it } from 'vitest';
import type { GuardName } from '../../src-main/contract/settings';
import { Playbook } from '../support/session-playbook';

const GET = 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n';
const POST = 'POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n';

const seen = (book: Playbook, guard: GuardName) => book.policy.gauges.extreme(guard);

describe('the gauges', () => {
  it('take the first wait for the first byte timeout and later ones for the idle timeout', () => {
    const book = new Playbook({ firstByteTimeoutMs: 9_000 }).wait(300).send(GET);
    expect([seen(book, 'firstByteTimeoutMs'), seen(book, 'idleTimeoutMs')]).toEqual([300, null]);
    book.wait(500).send(GET);
    expect([seen(book, 'firstByteTimeoutMs'), seen(book, 'idleTimeoutMs')]).toEqual([300, 500]);
  });

  it('take the first wait for the idle timeout too where the first byte has no limit of its own', () => {
    expect(seen(new Playbook({ firstByteTimeoutMs: null }).wait(300).send(GET), 'idleTimeoutMs')).toBe(300);
  });

  it('take the time of a head from where its timeout starts', () => {
    const half = (headTimeoutStart: 'accept' | 'first-byte') =>
      new Playbook({ headTimeoutStart }).wait(1_000).send('GET /health HTT').wait(200).send('P/1.1\r\nHost: a\r\n\r\n');
    expect(seen(half('first-byte'), 'headTimeoutMs')).toBe(200);
    expect(seen(half('accept'), 'headTimeoutMs')).toBe(1_200);
  });

  it('take the longest silence where a timeout counts between reads', () => {
    const book = new Playbook({ headTimeoutMode: 'inactivity', bodyTimeoutMode: 'inactivity' }).send('POST /none HTTP');
    for (const piece of ['/1.1\r\nHost: a\r\n', 'Content-Length: 4\r\n\r\n', 'ab', 'cd']) book.wait(100).send(piece);
    expect(seen(book, 'headTimeoutMs')).toBe(100);
    expect(seen(book, 'bodyTimeoutMs')).toBe(100);
  });

  it('take the whole of a request for the request timeout', () => {
    expect(seen(new Playbook().send(POST).wait(700).send('body'), 'requestTimeoutMs')).toBe(700);
  });

  it('take the bytes of the request line without its line end', () => {
    expect(seen(new Playbook().send(GET), 'maxRequestLineBytes')).toBe('GET /health HTTP/1.1'.length);
  });

  it('take the longest field line where its length is limited', () => {
    const sent = GET.replace('Host: a\r\n', 'Host: a\r\nX-Long: 123\r\nY: 1\r\n');
    expect(seen(new Playbook({ maxFieldLineBytes: 100 }).send(sent), 'maxFieldLineBytes')).toBe('X-Long: 123'.length);
    expect(seen(new Playbook({ maxFieldLineBytes: null }).send(sent), 'maxFieldLineBytes')).toBeNull();
  });

  it('take the rates of what outlasted the grace', () => {
    const young = new Playbook({ minRateGraceMs: 1_000 }).send('GET /health HTTP/1.1\r\n').wait(900);
    expect(seen(young.send('Host: a\r\n\r\n'), 'minHeadBytesPerSec')).toBeNull();
    const old = new Playbook({ minRateGraceMs: 1_000, minBodyBytesPerSec: null })
      .send('GET /health HTTP/1.1\r\n')
      .wait(2_000);
    expect(seen(old.send('Host: a\r\n\r\n').send(POST).wait(4_000).send('body'), 'minHeadBytesPerSec')).toBe(17);
    expect(seen(old, 'minBodyBytesPerSec')).toBe(1);
  });
});

describe('HTTP/0.9', () => {
  it('is answered with a body alone, then FIN', () => {
    const book = new Playbook({ http09: 'answer' }).send('GET /health\r\n');
    expect(book.written()).toBe('ok\n');
    expect(book.effects).toEqual(['end']);
    expect(book.factsOf('reply')).toMatchObject([{ status: 200, start: 0, end: 3, version: 'HTTP/0.9' }]);
  });

  it('is refused with a body alone, too', () => {
    const book = new Playbook({ http09: 'answer', bucketCapacity: 1, bucketRefillPerSec: 0.001 });
    const head = { method: 'GET', target: '/', fields: { get: () => null } };
    book.policy.buckets.take('127.0.0.1', head, book.policy.settings, book.nowMs);
    expect(book.send('GET /health\r\n').written()).toMatch(/^LIM_RATE: /);
  });
});
