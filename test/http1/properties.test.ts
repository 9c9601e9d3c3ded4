import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  NO_LIMITS,
  STRICT_RULES,
  type ParserEvent,
  type ParserLimits,
  type ParserRules,
} from '../../src-main/http1/events.ts';
import { Parser } from '../../src-main/http1/parser.ts';
import { writeReply } from '../../src-main/http1/writer.ts';
import { countedBytes } from '../support/counted-bytes.ts';
import { eventLog, piecesAt, piecesOf } from '../support/event-log.ts';
import { textOf, wire } from '../support/wire-text.ts';

const TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~09azAZ";
const LIMITS: ParserLimits = {
  maxHeadBytes: 200,
  maxFieldCount: 8,
  maxTargetBytes: 40,
  maxRequestLineBytes: 50,
  maxFieldLineBytes: 30,
  maxBodyBytes: 60,
  rules: STRICT_RULES,
};

const textFrom = (characters: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });
const tokens = textFrom(TOKEN_CHARACTERS, 1, 12);
const values = fc
  .string({ unit: fc.constantFrom(...'aZ09 \t:;,"()\xe9\xff'), maxLength: 20 })
  .map((text) => text.replace(/^[ \t]+|[ \t]+$/g, ''));
const bodies = fc.uint8Array({ maxLength: 40 });

/** Names of our own, so that no field means anything. */
const fieldLists = fc.array(
  fc.tuple(
    tokens.map((token) => `X-${token}`),
    values,
  ),
  { maxLength: 6 },
);

/** Pieces of messages and of attacks, put together anyhow. */
const nearlyHttp = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'GET / HTTP/1.1\r\n',
        'GET /\r\n',
        'GET / HTTP/2.0\r\n',
        'X: y\n',
        ': y\r\n',
        'X@: y\r\n',
        '\x16\x03\x01',
        'POST /x HTTP/1.1\r\nHost: a\r\n',
        'HTTP/1.1 200 OK\r\n',
        'Host: a\r\n',
        'Content-Length: 5\r\n',
        'Transfer-Encoding: chunked\r\n',
        'Connection: close\r\n',
        'X:  y \t\r\n',
        ' folded\r\n',
        '\r\n',
        '\r\n\r\n',
        'hello',
        '5\r\nhello\r\n',
        '5;a="b"\r\nhello\r\n',
        '0\r\n\r\n',
        '0\r\nX: y\r\n\r\n',
      ),
      fc.string({ unit: fc.constantFrom(...'\r\n\0 \t:;=",aG/\x7f\xff'), maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => wire(pieces.join('')));

const cutPlaces = (length: number, places: readonly number[]): number[] =>
  [...new Set(places.map((place) => place % Math.max(1, length)))].filter((place) => place > 0).sort((a, b) => a - b);

const anyRules: fc.Arbitrary<ParserRules> = fc.record({
  bareLf: fc.boolean(),
  obsFold: fc.boolean(),
  equalLengths: fc.boolean(),
  lengthWithCoding: fc.constantFrom('refuse', 'close', 'keep'),
  codingInHttp10: fc.boolean(),
  repeatedHost: fc.boolean(),
  emptyFieldName: fc.boolean(),
  oddFieldNames: fc.boolean(),
  versions: fc.constantFrom('http1', 'exact', 'any'),
  http09: fc.constantFrom('refuse', 'answer', 'fields'),
  tlsOnPlainPort: fc.constantFrom('refuse', 'wait'),
  emptyLines: fc.boolean(),
  oddTargets: fc.boolean(),
  fieldOverflow: fc.constantFrom('refuse', 'drop'),
});

describe('any bytes', () => {
  it.each(['request', 'response'] as const)('get the same verdict at every cut, under any rules: %s', (role) => {
    const cases = fc.tuple(fc.oneof(nearlyHttp, bodies), fc.array(fc.nat(200), { maxLength: 8 }), anyRules);
    fc.assert(
      fc.property(cases, ([bytes, places, rules]) => {
        const run = { role, limits: { ...LIMITS, rules }, closes: true };
        const whole = eventLog([bytes], run);
        expect(eventLog(piecesOf(bytes, 1), run)).toEqual(whole);
        expect(eventLog(piecesAt(bytes, cutPlaces(bytes.length, places)), run)).toEqual(whole);
      }),
      { numRuns: 1_200 },
    );
  });
});

describe('what is written is what is read', () => {
  it('for requests with bodies of every framing', () => {
    const chunked = (body: Uint8Array, size: number): string => {
      const pieces = body.length === 0 ? [] : piecesOf(body, size);
      return `${pieces.map((piece) => `${piece.length.toString(16)}\r\n${textOf(piece)}\r\n`).join('')}0\r\n\r\n`;
    };
    const requests = fc.record({
      method: tokens.filter((token) => token !== 'PRI' && token !== 'CONNECT'),
      path: textFrom('abc/?=&%20', 0, 20),
      fields: fieldLists,
      body: bodies,
      chunkSize: fc.option(fc.integer({ min: 1, max: 9 })),
    });
    fc.assert(
      fc.property(requests, ({ method, path, fields, body, chunkSize }) => {
        const framing = chunkSize === null ? `Content-Length: ${body.length}` : 'Transfer-Encoding: chunked';
        const lines = [`${method} /${path} HTTP/1.1`, 'Host: a', ...fields.map(([name, value]) => `${name}: ${value}`)];
        const sent = chunkSize === null ? textOf(body) : chunked(body, chunkSize);
        const read = readAll(
          new Parser('request', NO_LIMITS),
          wire(`${[...lines, framing].join('\r\n')}\r\n\r\n${sent}`),
        );
        expect(read).toMatchObject({ method, target: `/${path}`, body: textOf(body), complete: true });
        expect(read.fields.slice(1, -1)).toEqual(fields);
      }),
    );
  });

  it('for the replies of our own writer', () => {
    const replies = fc.record({
      status: fc.constantFrom(200, 204, 304, 404, 503),
      fields: fieldLists,
      body: bodies,
      method: fc.constantFrom('GET', 'HEAD', 'POST'),
      minor: fc.constantFrom(0, 1),
      close: fc.boolean(),
    });
    fc.assert(
      fc.property(replies, ({ status, fields, body, method, minor, close }) => {
        const bytes = writeReply({ status, fields, body }, { method, minor, close, nowMs: 0 });
        const parser = new Parser('response', NO_LIMITS);
        parser.answers(method);
        const read = readAll(parser, bytes);
        const isBare = method === 'HEAD' || status === 204 || status === 304;
        expect(read).toMatchObject({ status, body: isBare ? '' : textOf(body), complete: true, keepAlive: !close });
        expect(read.fields.filter(([name]) => name.startsWith('X-'))).toEqual(fields);
      }),
    );
  });
});

interface Read {
  method: string;
  target: string;
  status: number;
  fields: [name: string, value: string][];
  body: string;
  keepAlive: boolean;
  complete: boolean;
}

function readAll(parser: Parser, bytes: Uint8Array): Read {
  const read: Read = { method: '', target: '', status: 0, fields: [], body: '', keepAlive: false, complete: false };
  parser.receive(bytes);
  for (let event = parser.next(); event !== null; event = parser.next()) takeInto(read, event);
  return read;
}

function takeInto(read: Read, event: ParserEvent): void {
  if (event.kind === 'head') {
    const { fields } = event.head;
    Object.assign(read, event.head);
    read.fields = Array.from({ length: fields.count }, (_, index) => [fields.name(index), fields.value(index)]);
  } else if (event.kind === 'data') {
    read.body += textOf(event.bytes);
  } else {
    read.complete ||= event.kind === 'end';
  }
}

describe('hostile input', () => {
  const HEAD = 'POST / HTTP/1.1\r\nHost: a\r\n';
  const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
  const many = (piece: string): string => piece.repeat(Math.ceil(20_000 / piece.length));

  /** A plain line is tried once as a whole and, where it is not plain, taken step by step. */
  const MAX_LOOKS_PER_BYTE = 6;

  it.each([
    ['white space after a value', `${HEAD}X: a${many(' ')}b\r\n\r\n`],
    ['white space before a value', `${HEAD}X:${many('\t')}b\r\n\r\n`],
    ['words with white space between them', `${HEAD}X: ${many('a  ')}\r\n\r\n`],
    ['a name without an end', `${HEAD}${many('a')}`],
    ['a target without an end', `GET /${many('a')}`],
    ['a method without an end', many('A')],
    ['empty fields', `${HEAD}${many('a:\r\n')}\r\n`],
    ['empty lines', many('\r\n')],
    ['tiny chunks', `${CHUNKED}${many('1\r\na\r\n')}`],
    ['a chunk extension', `${CHUNKED}1;${'a'.repeat(16_000)}\r\n`],
    ['trailers', `${CHUNKED}0\r\n${many('a: b\r\n')}\r\n`],
    ['small requests', many('GET / HTTP/1.0\r\n\r\n')],
  ])('is read in linear time: %s', (_, text) => {
    const bytes = wire(text);
    for (const size of [1, 7, bytes.length]) {
      const count = { reads: 0 };
      const parser = new Parser('request', NO_LIMITS);
      for (const piece of piecesOf(bytes, size)) {
        parser.receive(countedBytes(piece, count));
        while (parser.next() !== null);
      }
      expect(count.reads / bytes.length, `pieces of ${size}`).toBeLessThan(MAX_LOOKS_PER_BYTE);
    }
  });
});
