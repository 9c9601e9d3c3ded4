import { describe, expect, it } from 'vitest';
import { BugError } from '../../src-main/contract/errors';
import { BodyWriter } from '../../src-main/http1/chunk-writer';
import type { Framing } from '../../src-main/http1/events';
import { fieldsOf, type FieldPairs } from '../support/request-head';
import { textOf, wire } from '../support/wire-text';

const CHUNKED: Framing = { kind: 'chunked' };
const length = (bytes: number): Framing => ({ kind: 'length', bytes });

function writerOf(framing: Framing) {
  const writer = new BodyWriter(framing);
  const pieces: Uint8Array[] = [];
  const out = (bytes: Uint8Array) => void pieces.push(bytes);
  return {
    writer,
    pieces,
    text: () => pieces.map(textOf).join(''),
    write: (text: string) => writer.write(wire(text), out),
    end: (trailers: FieldPairs | null = null, named: ReadonlySet<string> | null = null) =>
      writer.end(trailers && fieldsOf(trailers), named, out),
  };
}

describe('chunks', () => {
  it('are a size line, the data and CRLF', () => {
    const { write, end, text } = writerOf(CHUNKED);
    write('a'.repeat(27));
    write('b');
    end();
    expect(text()).toBe(`1b\r\n${'a'.repeat(27)}\r\n1\r\nb\r\n0\r\n\r\n`);
  });

  it('hand on the very view that came', () => {
    const { writer } = writerOf(CHUNKED);
    const data = wire('xxabcxx').subarray(2, 5);
    const pieces: Uint8Array[] = [];
    writer.write(data, (bytes) => void pieces.push(bytes));
    expect(pieces[1]).toBe(data);
  });

  it('are not made of nothing, for that would be the last one', () => {
    const { write, end, text } = writerOf(CHUNKED);
    write('');
    write('a');
    write('');
    end();
    expect(text()).toBe('1\r\na\r\n0\r\n\r\n');
  });

  it('of a large piece have a size in hexadecimal', () => {
    const { write, pieces } = writerOf(CHUNKED);
    write('a'.repeat(0xabcde));
    expect(textOf(pieces[0]!)).toBe('abcde\r\n');
  });
});

describe('trailers', () => {
  const trailersOf = (pairs: FieldPairs, named: ReadonlySet<string> | null = null) => {
    const { end, text } = writerOf(CHUNKED);
    end(pairs, named);
    return text();
  };

  it('go on after the last chunk, as spelled', () => {
    expect(
      trailersOf([
        ['x-Sum', '\xff"'],
        ['X-Sum', ''],
      ]),
    ).toBe('0\r\nx-Sum: \xff"\r\nX-Sum: \r\n\r\n');
  });

  it.each([
    'Content-Length',
    'transfer-encoding',
    'Host',
    'Authorization',
    'Set-Cookie',
    'Connection',
    'Keep-Alive',
    'Proxy-Authorization',
    'HTTP2-Settings',
    'Via',
    'Forwarded',
    'X-Forwarded-For',
    'X_Forwarded_For',
    'X-Real-IP',
    'Trailer',
  ])('may not be %s', (name) => {
    expect(trailersOf([[name, '1']])).toBe('0\r\n\r\n');
  });

  it('may not be what Connection named in the head', () => {
    expect(
      trailersOf(
        [
          ['X-Hop', '1'],
          ['Y', '2'],
        ],
        new Set(['x-hop']),
      ),
    ).toBe('0\r\nY: 2\r\n\r\n');
  });

  it.each<readonly [string, string]>([
    ['X', 'a\r\n\r\nGET / HTTP/1.1'],
    ['X\r\n', 'a'],
  ])('cannot hold a line end: %j', (name, value) => {
    expect(() => trailersOf([[name, value]])).toThrow(BugError);
  });

  it.each([length(0), { kind: 'none' } as const, { kind: 'until-close' } as const])('have no room in %j', (framing) => {
    const { end, text } = writerOf(framing);
    expect(end([['X', '1']])).toBe(null);
    expect(text()).toBe('');
  });
});

describe('a body of known length', () => {
  it('passes without anything around it, where it is as long as said', () => {
    const { write, end, text } = writerOf(length(5));
    expect([write('he'), write('llo'), end()]).toEqual([null, null, null]);
    expect(text()).toBe('hello');
  });

  it('that goes on is told, and nothing of the piece is written', () => {
    const { write, end, text } = writerOf(length(5));
    write('hell');
    const mismatch = { kind: 'too-long', announcedBytes: 5, bodyBytes: 6 };
    expect(write('o!')).toEqual(mismatch);
    expect(text()).toBe('hell');
    expect(write('o')).toEqual(mismatch);
    expect(end()).toEqual(mismatch);
    expect(text()).toBe('hell');
  });

  it('that ends early is told', () => {
    const { write, end } = writerOf(length(5));
    write('hell');
    expect(end()).toEqual({ kind: 'too-short', announcedBytes: 5, bodyBytes: 4 });
  });

  it('of nothing takes nothing', () => {
    for (const framing of [length(0), { kind: 'none' } as const]) {
      expect(writerOf(framing).end()).toBe(null);
      expect(writerOf(framing).write('a')).toEqual({ kind: 'too-long', announcedBytes: 0, bodyBytes: 1 });
    }
  });
});

it('a body that ends with the connection passes as it is', () => {
  const { write, end, text, writer } = writerOf({ kind: 'until-close' });
  expect([write('a'), write('b'), end()]).toEqual([null, null, null]);
  expect(text()).toBe('ab');
  expect(writer.bodyBytes).toBe(2);
});

it.each([CHUNKED, length(0)])('a body cannot be written on or ended after its end: %j', (framing) => {
  const { write, end } = writerOf(framing);
  end();
  expect(() => write('a')).toThrow(BugError);
  expect(() => end()).toThrow(BugError);
});
