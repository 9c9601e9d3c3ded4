import type { ConnectionDetail } from '@contract/connections';
import { describe, expect, it } from 'vitest';
import { TlsOpening } from '@tls/opening';
import { beyondAsTls } from '../../../src-renderer/lens/beyond-http';
import { PAGE_BYTES, type Page } from '../../../src-renderer/model/byte-pages.svelte';
import { PageSpans } from '../../../src-renderer/model/page-spans';
import { ascii, RecordedConnection, received, sent } from '../../support/fake-connection';
import { DEFAULT_SETTINGS } from '@contract/settings';
import { recordedHello } from '../../support/tls-hello';

const HEAD = 'POST / HTTP/1.1\r\nHost: a\r\n';

/** Loads pages on demand and remembers which. */
function over(connection: RecordedConnection, direction: 'in' | 'out' = 'in') {
  const spans = new PageSpans(direction);
  const loaded: number[] = [];
  const known = new Map<number, Page>();
  const page = (index: number): Page => {
    const cached = known.get(index);
    if (cached !== undefined) return cached;
    loaded.push(index);
    const { bytes, reads, keptFrom, offset, streamBytes } = connection.bytes(direction, index * PAGE_BYTES, PAGE_BYTES);
    const made = { index, start: offset, bytes, reads, keptFrom, asOfBytes: streamBytes };
    known.set(index, made);
    return made;
  };
  const messages = (detail: ConnectionDetail) => spans.messagesOf(detail);
  const explain = (index: number, rawFrom: number | null = null) => {
    const context = { loaded: page, messages: messages(connection.detail), rawFrom };
    return spans.spansOf(page(index), context);
  };
  return { spans, explain, loaded, messages: () => messages(connection.detail) };
}

const chunked = (chunks: number, size: number) =>
  `${HEAD}Transfer-Encoding: chunked\r\n\r\n${`${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`.repeat(chunks)}0\r\n\r\n`;

describe('spans by page', () => {
  it('follow the settings the bytes were read under', () => {
    const connection = new RecordedConnection(1).add(received(1, 'GET / HTTP/1.0\nX: y\n\n'));
    const kinds = (acceptBareLf: boolean) => {
      connection.extra = { settings: { ...DEFAULT_SETTINGS, acceptBareLf } };
      return over(connection)
        .explain(0)
        .map(({ kind }) => kind);
    };
    expect([kinds(true).includes('garbage'), kinds(false).includes('garbage')]).toEqual([false, true]);
  });

  it('of a body by length are known anywhere without reading what stands before', () => {
    const body = 'b'.repeat(PAGE_BYTES * 40);
    const { explain, loaded } = over(
      new RecordedConnection(1).add(received(1, `${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`)),
    );
    expect(explain(30).map(({ kind }) => kind)).toEqual(['body']);
    expect(loaded).toEqual([30]);
  });

  it('of a chunked body are found by reading on from its start, a bounded way', () => {
    const { explain, loaded } = over(new RecordedConnection(1).add(received(1, chunked(100, 1_000))));
    expect(new Set(explain(3).map(({ kind }) => kind))).toEqual(new Set(['chunk-size', 'line-end', 'chunk-data']));
    expect(loaded.sort()).toEqual([0, 1, 2, 3]);
  });

  it('of a chunked body entered far from its start stay open, and nothing else is read for them', () => {
    const { explain, loaded } = over(new RecordedConnection(1).add(received(1, chunked(1_000, 1_000))));
    expect(explain(40)).toEqual([]);
    expect(loaded).toEqual([40]);
  });

  it('go on from where the page before ended', () => {
    const { explain, loaded } = over(new RecordedConnection(1).add(received(1, chunked(1_000, 1_000))));
    for (let index = 0; index < 40; index += 1) explain(index);
    expect(explain(40).length).toBeGreaterThan(10);
    expect(loaded.length).toBe(41);
  });

  it('begin with the message that begins in the middle of the page after a long body', () => {
    const body = 'b'.repeat(PAGE_BYTES * 20);
    const text = `${HEAD}Content-Length: ${body.length}\r\n\r\n${body}GET /next HTTP/1.1\r\nHost: b\r\n\r\n`;
    const { explain } = over(new RecordedConnection(1).add(received(1, text)));
    expect(
      explain(20)
        .slice(0, 3)
        .map(({ kind }) => kind),
    ).toEqual(['body', 'method', 'space']);
  });

  it('leave no byte of a chunked body out and take each size line for one', () => {
    const text = chunked(60, 777);
    const { explain } = over(new RecordedConnection(1).add(received(1, text)));
    const kinds = new Array<string>(text.length);
    for (let index = 0; index * PAGE_BYTES < text.length; index += 1) {
      for (const { start, end, kind } of explain(index)) kinds.fill(kind, start, end);
    }
    expect(kinds.length).toBe(text.length);
    expect(kinds.findIndex((kind) => kind === undefined)).toBe(-1);
    const sizes = [...text.matchAll(/309\r\n/g)].map(({ index }) => kinds[index]);
    expect(new Set(sizes)).toEqual(new Set(['chunk-size']));
  });

  it('of replies respect what each of them answers', () => {
    const connection = new RecordedConnection(1).add(
      received(1, 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n'),
      sent(2, 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'),
      received(3, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
      sent(4, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    );
    const spans = over(connection, 'out').explain(0);
    expect(spans.filter(({ kind }) => kind === 'status').length).toBe(2);
    expect(spans.filter(({ kind }) => kind === 'body')).toMatchObject([{ end: connection.row.bytesOut }]);
  });

  it('tell an element whole across a page edge', () => {
    const long = 'v'.repeat(PAGE_BYTES);
    const text = `GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${long}\r\n\r\n`;
    const connection = new RecordedConnection(1).add(received(1, ascii(text)));
    const { spans, messages } = over(connection);
    const page = (index: number): Page => {
      const range = connection.bytes('in', index * PAGE_BYTES, PAGE_BYTES);
      return { index, start: range.offset, bytes: range.bytes, reads: [], keptFrom: 0, asOfBytes: range.streamBytes };
    };
    const pages = [page(0), page(1)];
    const context = { loaded: (index: number) => pages[index] ?? null, messages: messages() };
    const value = spans.spanAround(100, context);
    expect(value).toMatchObject({
      kind: 'field-value',
      start: text.indexOf(long),
      end: text.indexOf(long) + long.length,
    });
  });
});

describe('bytes of another protocol', () => {
  const CONNECT = 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n';
  const tunnel = new RecordedConnection(1).add(received(1, CONNECT), received(2, 'x'.repeat(PAGE_BYTES * 2)));

  it('are one span from where they begin', () => {
    const { explain } = over(tunnel);
    const spans = explain(0, CONNECT.length);
    expect(spans.at(-1)).toEqual({ start: CONNECT.length, end: PAGE_BYTES, kind: 'tunnel-data' });
    expect(spans.filter(({ kind }) => kind === 'garbage')).toEqual([]);
    expect(spans.at(-2)?.kind).toBe('empty-line');
  });

  it('are nothing else on the pages after, and nothing is read for them', () => {
    const { explain, loaded } = over(tunnel);
    const start = 2 * PAGE_BYTES;
    expect(explain(2, CONNECT.length)).toEqual([{ start, end: start + CONNECT.length, kind: 'tunnel-data' }]);
    expect(loaded).toEqual([2]);
  });

  it('are told anew where the switch becomes known only after the bytes came', () => {
    const { explain } = over(tunnel);
    expect(explain(0).at(-1)?.kind).not.toBe('tunnel-data');
    expect(explain(0, CONNECT.length).at(-1)?.kind).toBe('tunnel-data');
  });

  it('hold HTTP before them and TLS after it', () => {
    const hello = recordedHello('curl');
    const connection = new RecordedConnection(1).add(received(1, CONNECT), received(2, hello));
    const opening = new TlsOpening(CONNECT.length);
    opening.receive(hello);
    const spans = new PageSpans('in');
    const { bytes, reads, keptFrom } = connection.bytes('in', 0, PAGE_BYTES);
    const page = { index: 0, start: 0, bytes, reads, keptFrom, asOfBytes: bytes.length };
    const messages = spans.messagesOf(connection.detail);
    const context = { loaded: () => page, messages, beyond: beyondAsTls(opening.reading()), rawFrom: CONNECT.length };
    const { paints } = spans.paint(page, context, null);
    expect([paints[0], paints[CONNECT.length], paints[CONNECT.length + 3]]).toEqual(['method', 'method', 'delimiter']);
    const name = Buffer.from(bytes).indexOf('bytescope.test');
    expect(paints[name]).toBe('target');
    expect(paints.includes('garbage')).toBe(false);
  });
});
