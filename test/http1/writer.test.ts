import { describe, expect, it } from 'vitest';
import { BugError } from '../../src-main/contract/errors';
import { CONTINUE_REPLY, writeReply, type ReplyContext, type ReplyParts } from '../../src-main/http1/writer';

const NOW_MS = Date.UTC(1994, 10, 6, 8, 49, 37);
const body = (text: string) => new Uint8Array(Buffer.from(text));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const parts = (more: Partial<ReplyParts> = {}): ReplyParts => ({
  status: 200,
  fields: [],
  body: body('hello'),
  ...more,
});
const context = (more: Partial<ReplyContext> = {}): ReplyContext => ({
  method: 'GET',
  minor: 1,
  close: false,
  nowMs: NOW_MS,
  ...more,
});
const write = (p: Partial<ReplyParts>, c: Partial<ReplyContext> = {}) => text(writeReply(parts(p), context(c)));

describe('writeReply', () => {
  it('writes status line, Date, the fields given, the length and the body', () => {
    expect(write({ fields: [['Content-Type', 'text/plain']] })).toBe(
      'HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello',
    );
  });

  it('tells a HEAD request the length and leaves the body out', () => {
    expect(write({}, { method: 'HEAD' })).toMatch(/\r\nContent-Length: 5\r\n\r\n$/);
  });

  it.each([204, 304])('gives %i neither a length nor a body', (status) => {
    const reply = write({ status });
    expect(reply).not.toContain('Content-Length');
    expect(reply).toMatch(/\r\n\r\n$/);
  });

  it('gives an empty 200 a length of 0', () => {
    expect(write({ body: body('') })).toContain('\r\nContent-Length: 0\r\n\r\n');
  });

  it('announces the close', () => {
    expect(write({}, { close: true })).toContain('\r\nConnection: close\r\n');
    expect(write({}, { close: true, minor: 0 })).toContain('\r\nConnection: close\r\n');
  });

  it('announces keep-alive to HTTP/1.0 only', () => {
    expect(write({}, { minor: 0 })).toContain('\r\nConnection: keep-alive\r\n');
    expect(write({})).not.toContain('Connection');
  });

  it('writes a status without a known reason with an empty one', () => {
    expect(write({ status: 299 })).toMatch(/^HTTP\/1\.1 299 \r\n/);
  });

  it('writes values above 0x7F byte for byte', () => {
    expect([...writeReply(parts({ fields: [['X', '\xff']] }), context())]).toContain(0xff);
  });

  // U+010A cut to one byte would be a line feed.
  it.each(['a\r\nSet-Cookie: x', 'a\n', 'a\0', 'a\u010aSet-Cookie: x', '\x1b[2J'])('refuses the value %j', (value) => {
    expect(() => write({ fields: [['X', value]] })).toThrow(BugError);
  });

  it.each(['', 'a b', 'a:', 'X\r\nY', 'ä'])('refuses the name %j', (name) => {
    expect(() => write({ fields: [[name, 'v']] })).toThrow(BugError);
  });

  it.each(['Content-Length', 'connection', 'Date', 'Transfer-Encoding'])('keeps %s to itself', (name) => {
    expect(() => write({ fields: [[name, '1']] })).toThrow(BugError);
  });

  it('gives a new Date in the next second, also for the same parts', () => {
    const same = parts();
    expect(text(writeReply(same, context()))).toContain('08:49:37');
    expect(text(writeReply(same, context({ nowMs: NOW_MS + 999 })))).toContain('08:49:37');
    expect(text(writeReply(same, context({ nowMs: NOW_MS + 1000 })))).toContain('08:49:38');
  });

  it('tells apart HEAD, close and the version for the same parts', () => {
    const same = parts();
    const variants = [{}, { method: 'HEAD' }, { close: true }, { minor: 0 }, { minor: 0, close: true }];
    const written = variants.map((variant) => text(writeReply(same, context(variant))));
    expect(written.map((reply) => reply.endsWith('hello'))).toEqual([true, false, true, true, true]);
    expect(written.map((reply) => /Connection: (.*)\r/.exec(reply)?.[1])).toEqual([
      undefined,
      undefined,
      'close',
      'keep-alive',
      'close',
    ]);
  });

  it('leaves earlier replies alone', () => {
    const first = writeReply(parts({ body: body('first') }), context());
    for (let round = 0; round < 2000; round += 1) writeReply(parts({ body: body('later') }), context());
    expect(text(first)).toMatch(/first$/);
  });

  it('writes a body larger than a slab whole', () => {
    const large = new Uint8Array(200_000).fill(0x61);
    const reply = writeReply(parts({ body: large }), context());
    expect(reply.length - text(reply).indexOf('\r\n\r\n') - 4).toBe(200_000);
  });
});

it('the interim reply has no fields', () => {
  expect(text(CONTINUE_REPLY)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
});
