import { describe, expect, it } from 'vitest';
import { SpanScanner } from '@http1/spans';
import { paintBytes, spanAt } from '../../../src-renderer/lens/span-map';
import { ascii } from '../../support/fake-connection';
import { helloMessage, inRecords, readingOf, recordedHello, serverNameBody } from '../../support/tls-hello';

const paintsOf = (text: string, cut: number | null = null) => {
  const bytes = ascii(text);
  return paintBytes({ start: 0, bytes, spans: new SpanScanner('request').scan(bytes), cut }).paints;
};
const paintOfText = (text: string, part: string, cut: number | null = null) => [
  ...new Set(paintsOf(text, cut).slice(text.indexOf(part), text.indexOf(part) + part.length)),
];

describe('paint', () => {
  const REQUEST = 'POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc';

  it('follows what the parser took each byte for', () => {
    const parts = {
      POST: 'method',
      '/up': 'target',
      'HTTP/1.1': 'version',
      Host: 'name',
      '\r\n': 'delimiter',
      abc: 'body',
    };
    for (const [part, paint] of Object.entries(parts)) expect(paintOfText(REQUEST, part), part).toEqual([paint]);
  });

  it('tells chunk sizes and extensions from chunk data', () => {
    const chunked = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n';
    expect([paintOfText(chunked, '3;x=y'), paintOfText(chunked, 'abc')]).toEqual([['chunk'], ['body']]);
  });

  it('flags bytes above 0x7E in a head, not in a body', () => {
    const text = 'POST / HTTP/1.1\r\nHost: a\r\nX: \xfc\r\nContent-Length: 1\r\n\r\n\xfc';
    const paints = paintsOf(text);
    expect([paints[text.indexOf('\xfc')], paints.at(-1)]).toEqual(['odd', 'body']);
  });

  it('marks the byte of a fault and everything after it', () => {
    const cut = REQUEST.indexOf('Content');
    expect(paintsOf(REQUEST, cut).slice(cut - 1, cut + 3)).toEqual(['delimiter', 'fault', 'garbage', 'garbage']);
    expect(paintsOf(REQUEST, cut).at(-1)).toBe('garbage');
  });

  it('leaves bytes plain that no span covers', () => {
    const painted = paintBytes({
      start: 100,
      bytes: ascii('abc'),
      spans: [{ start: 101, end: 102, kind: 'body' }],
      cut: null,
    });
    expect(painted.paints).toEqual(['plain', 'body', 'plain']);
  });
});

describe('paint of TLS', () => {
  const bytes = recordedHello('curl');
  const { hello, spans } = readingOf(bytes);
  const paintAt = ({ start }: { start: number }, cut: number | null = null) =>
    paintBytes({ start: 0, bytes, spans, cut, readsOn: true }).paints[start];

  it('follows what each byte stands for, and flags no number for its value', () => {
    const { paints } = paintBytes({ start: 0, bytes, spans, cut: null });
    expect(paints.some((paint) => paint === 'odd' || paint === 'plain')).toBe(false);
    expect(hello!.cipherSuites.every(({ place }) => paintAt(place) === 'chunk')).toBe(true);
    expect(paintAt(hello!.serverNames[0]!.place)).toBe('target');
  });

  it('flags a byte no name should hold', () => {
    const odd = inRecords(helloMessage({ extensions: [[0, serverNameBody('a\xffb')]] }));
    const { spans: oddSpans } = readingOf(odd);
    const { paints } = paintBytes({ start: 0, bytes: odd, spans: oddSpans, cut: null });
    expect(paints.slice(-3)).toEqual(['target', 'odd', 'target']);
  });

  it('goes on after the byte it was refused at', () => {
    expect(paintAt({ start: 0 }, 0)).toBe('fault');
    expect(paintAt(hello!.cipherSuites[0]!.place, 0)).toBe('chunk');
  });
});

describe('the span at an offset', () => {
  const spans = [
    { start: 0, end: 3, kind: 'method' },
    { start: 4, end: 5, kind: 'target' },
  ] as const;

  it('is the one that holds it, or none', () => {
    expect([0, 2, 3, 4, 5].map((offset) => spanAt(spans, offset)?.kind ?? null)).toEqual([
      'method',
      'method',
      null,
      'target',
      null,
    ]);
  });
});
