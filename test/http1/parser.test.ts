import { describe, expect, it } from 'vitest';
import {
  NO_LIMITS,
  STRICT_RULES,
  type Fields,
  type ParserEvent,
  type ParserLimits,
  type ParserRules,
} from '../../src-main/http1/events.ts';
import { Parser } from '../../src-main/http1/parser.ts';
import { textOf, wire } from '../support/wire-text.ts';

const GET = 'GET /path HTTP/1.1\r\nHost: a\r\n\r\n';

function feed(parser: Parser, text: string): ParserEvent[] {
  const events: ParserEvent[] = [];
  parser.receive(wire(text));
  for (let event = parser.next(); event !== null; event = parser.next()) events.push(event);
  return events;
}

function requestParser(limits: Partial<ParserLimits> = {}): Parser {
  return new Parser('request', { ...NO_LIMITS, ...limits });
}

function faultOf(events: readonly ParserEvent[]) {
  const [event] = events;
  return event?.kind === 'fault' ? event.fault : null;
}

/** The phase after each byte, in runs: `start-line 3`. */
function phaseRuns(parser: Parser, text: string): string[] {
  const runs: { phase: string; length: number }[] = [];
  for (const character of text) {
    feed(parser, character);
    const last = runs.at(-1);
    if (last?.phase === parser.phase) last.length += 1;
    else runs.push({ phase: parser.phase, length: 1 });
  }
  return runs.map(({ phase, length }) => `${phase} ${length}`);
}

describe('the phase after each byte', () => {
  it('is idle before the first message, empty lines included', () => {
    const parser = requestParser();
    expect(parser.phase).toBe('idle');
    expect(phaseRuns(parser, '\r\nG')).toEqual(['idle 2', 'start-line 1']);
  });

  it('follows a request without a body', () => {
    expect(phaseRuns(requestParser(), GET)).toEqual(['start-line 19', 'headers 11', 'complete 1']);
  });

  it('follows a body by length', () => {
    const text = 'POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc';
    expect(phaseRuns(requestParser(), text)).toEqual(['start-line 16', 'headers 21', 'body-length 3', 'complete 1']);
  });

  it('follows chunks and trailers', () => {
    const text = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nhi\r\n0\r\nA: b\r\n\r\n';
    expect(phaseRuns(requestParser(), text)).toEqual([
      'start-line 16',
      'headers 39',
      'chunk-size 5',
      'chunk-data 4',
      'chunk-size 3',
      'trailers 8',
      'complete 1',
    ]);
  });

  it('stays complete until the first byte of the next request', () => {
    const parser = requestParser();
    feed(parser, GET);
    expect(phaseRuns(parser, '\r\nGET')).toEqual(['complete 2', 'start-line 3']);
  });

  it('is body-until-close to the end of such a reply', () => {
    const parser = new Parser('response', NO_LIMITS);
    feed(parser, 'HTTP/1.1 200 OK\r\n\r\n');
    expect(phaseRuns(parser, 'abc')).toEqual(['body-until-close 3']);
    expect(parser.finish()).toEqual({ kind: 'end', end: 22, bodyBytes: 3 });
    expect(parser.phase).toBe('complete');
  });

  it('is fault for good once there was one', () => {
    const parser = requestParser();
    expect(faultOf(feed(parser, 'GET /\r\n'))).toMatchObject({ code: 'H1_REQUEST_LINE' });
    expect(feed(parser, GET)).toEqual([]);
    expect(parser.phase).toBe('fault');
  });
});

describe('what is counted', () => {
  it('is every byte, also after a fault', () => {
    const parser = requestParser();
    feed(parser, `${GET}G@T / HTTP/1.1\r\n`);
    expect(parser.offset).toBe(GET.length + 16);
    feed(parser, 'more');
    expect(parser.offset).toBe(GET.length + 20);
  });

  it('stands at the byte of the fault when the fault is told', () => {
    const parser = requestParser();
    parser.receive(wire(`${GET}G@T / HTTP/1.1\r\n`));
    parser.next();
    parser.next();
    expect(faultOf([parser.next()!])?.offset).toBe(GET.length + 1);
    expect(parser.offset).toBe(GET.length + 1);
  });

  it('tells where the message under way began', () => {
    const parser = requestParser();
    expect(parser.messageStart).toBe(0);
    feed(parser, '\r\n');
    expect(parser.messageStart).toBe(2);
    feed(parser, 'GET');
    expect(parser.messageStart).toBe(2);
    feed(parser, ' / HTTP/1.0\r\n\r\n');
    expect(parser.messageStart).toBe(parser.offset);
  });

  it('is the progress of the message under way', () => {
    const parser = requestParser();
    feed(parser, 'POST /ab HTTP/1.1\r\nHost: a\r\nX');
    expect([parser.headBytes, parser.fieldCount, parser.targetBytes, parser.bodyBytes]).toEqual([29, 2, 3, 0]);
    feed(parser, ': b\r\nContent-Length: 5\r\n\r\nabc');
    expect([parser.headBytes, parser.fieldCount, parser.targetBytes, parser.bodyBytes]).toEqual([55, 3, 3, 3]);
    feed(parser, 'deG');
    expect([parser.headBytes, parser.fieldCount, parser.targetBytes, parser.bodyBytes]).toEqual([1, 0, 0, 0]);
  });
});

describe('a limit changed in the middle of a message', () => {
  const lowered = (sent: string, limits: Partial<ParserLimits>, next: string) => {
    const parser = requestParser();
    feed(parser, sent);
    parser.limits = { ...NO_LIMITS, ...limits };
    return faultOf(feed(parser, next).filter(({ kind }) => kind === 'fault'));
  };

  it('refuses the next byte of a head that is longer already', () => {
    expect(lowered('GET / HTTP/1.1\r\nHo', { maxHeadBytes: 10 }, 's')).toEqual({
      code: 'LIM_HEAD_BYTES',
      offset: 18,
      detail: { limit: 10, measured: 19 },
    });
  });

  it('refuses the next byte after a target that is longer already', () => {
    const expected = { code: 'LIM_TARGET_BYTES', detail: { limit: 2, measured: 5 } };
    expect(lowered('GET /abcd', { maxTargetBytes: 2 }, ' ')).toEqual({ ...expected, offset: 9 });
    expect(lowered('GET /abcd HTTP/1.1\r\n', { maxTargetBytes: 2 }, 'H')).toEqual({ ...expected, offset: 20 });
  });

  it('refuses the next byte after more fields than it allows', () => {
    expect(lowered('GET / HTTP/1.1\r\nA: a\r\nB: b\r\n', { maxFieldCount: 1 }, '\r')).toEqual({
      code: 'LIM_FIELD_COUNT',
      offset: 28,
      detail: { limit: 1, measured: 2 },
    });
  });

  it('refuses the next byte of a request line that is longer already', () => {
    const expected = { code: 'LIM_REQUEST_LINE_BYTES', offset: 14, detail: { limit: 8, measured: 15 } };
    expect(lowered('GET / HTTP/1.1', { maxRequestLineBytes: 8 }, '\r')).toEqual(expected);
  });

  it('refuses the next byte of a field line that is longer already', () => {
    const expected = { code: 'LIM_FIELD_LINE_BYTES', offset: 20, detail: { limit: 3, measured: 5 } };
    expect(lowered('GET / HTTP/1.1\r\nX: y', { maxFieldLineBytes: 3 }, '\r')).toEqual(expected);
  });

  it('does not look back at a line that is over', () => {
    expect(lowered('GET / HTTP/1.1\r\nX: yz\r', { maxRequestLineBytes: 4, maxFieldLineBytes: 3 }, '\n')).toBeNull();
  });

  it('refuses the rest of a body whose length is more than it allows', () => {
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n';
    expect(lowered(`${head}ab`, { maxBodyBytes: 5 }, 'c')).toEqual({
      code: 'LIM_BODY_BYTES',
      offset: head.length + 2,
      detail: { limit: 5, measured: 9 },
    });
  });

  it('refuses the rest of a chunk that goes beyond it', () => {
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n4\r\nc';
    expect(lowered(head, { maxBodyBytes: 3 }, 'd')).toEqual({
      code: 'LIM_BODY_BYTES',
      offset: head.length,
      detail: { limit: 3, measured: 6 },
    });
  });

  it('lets go on what it was raised for', () => {
    const parser = requestParser({ maxHeadBytes: 20 });
    feed(parser, 'GET / HTTP/1.1\r\nHos');
    parser.limits = NO_LIMITS;
    expect(feed(parser, 't: a\r\n\r\n').map(({ kind }) => kind)).toEqual(['head', 'end']);
  });

  it('does not look back at a message that is over', () => {
    const parser = requestParser();
    feed(parser, 'GET /long-target HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n');
    parser.limits = { ...NO_LIMITS, maxTargetBytes: 5, maxFieldCount: 1, maxHeadBytes: 64 };
    expect(feed(parser, GET).map(({ kind }) => kind)).toEqual(['head', 'end']);
  });
});

describe('a rule changed in the middle of a message', () => {
  const ruled = (rules: Partial<ParserRules>) => ({ ...NO_LIMITS, rules: { ...STRICT_RULES, ...rules } });

  it('holds from the next byte on', () => {
    const parser = requestParser();
    feed(parser, 'GET / HTTP/1.1\r\nHost: a');
    parser.limits = ruled({ bareLf: true });
    expect(feed(parser, '\nX: y\n')).toEqual([]);
    parser.limits = NO_LIMITS;
    expect(faultOf(feed(parser, '\n'))).toEqual({ code: 'H1_BARE_LF', offset: 29 });
  });

  it('keeps the fields that are there when more of them are to be dropped', () => {
    const parser = requestParser();
    feed(parser, 'GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n');
    parser.limits = { ...ruled({ fieldOverflow: 'drop' }), maxFieldCount: 1 };
    const [event] = feed(parser, 'Y: z\r\n\r\n');
    expect(event?.kind === 'head' && event.head.fields.count).toBe(2);
  });
});

describe('the start line', () => {
  it('is known before the head is complete', () => {
    const parser = requestParser();
    feed(parser, 'GET /pa');
    expect(parser.startLine).toBeNull();
    feed(parser, 'th HTTP/1.1\r\nHo');
    expect(parser.startLine).toEqual({ method: 'GET', target: '/path', version: 'HTTP/1.1' });
  });

  it('is known where the head was refused', () => {
    const parser = requestParser({ maxBodyBytes: 1 });
    feed(parser, 'POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n');
    expect(parser.startLine).toMatchObject({ method: 'POST', target: '/up' });
  });

  it('is forgotten with the message', () => {
    const parser = requestParser();
    feed(parser, GET);
    expect(parser.startLine).toBeNull();
  });
});

describe('a head', () => {
  it('outlives the bytes it came from', () => {
    const parser = requestParser();
    const read = wire(GET);
    parser.receive(read);
    const event = parser.next();
    read.fill(0);
    expect(event?.kind === 'head' && event.head.fields.get('hOST')).toBe('a');
  });

  // Parsers share room for offsets: a head that comes in pieces must not lie there while others are read.
  it('stays what it is while other parsers read theirs in between', () => {
    const heads: { fields: Fields; name: string }[] = [];
    const parsers = Array.from({ length: 40 }, () => requestParser());
    const feedHead = (parser: Parser, text: string, name: string) => {
      const [event] = feed(parser, text);
      if (event?.kind === 'head') heads.push({ fields: event.head.fields, name });
    };
    for (let round = 0; round < 20; round += 1) {
      const nameOf = (index: number) => `N-${round}-${index}`;
      parsers.forEach((parser, index) => feedHead(parser, `GET / HTTP/1.0\r\nA: b\r\n${nameOf(index)}`, ''));
      parsers.forEach((parser, index) => feedHead(parser, `: ${index}\r\nC: d\r\n\r\n`, nameOf(index)));
      parsers.forEach((parser, index) =>
        feedHead(parser, `GET / HTTP/1.0\r\nA: b\r\n${nameOf(index)}: ${index}\r\nC: d\r\n\r\n`, nameOf(index)),
      );
    }
    expect(heads.length).toBe(1_600);
    const read = heads.map(({ fields }) => [fields.count, fields.get('a'), fields.name(1), fields.get('c')]);
    expect(read).toEqual(heads.map(({ name }) => [3, 'b', name, 'd']));
  });

  it('means by more fields than are noted what they say', () => {
    const many = Array.from({ length: 40 }, (_, index) => `X-${index}: y\r\n`).join('');
    const [event] = feed(requestParser(), `POST / HTTP/1.1\r\n${many}Host: a\r\nContent-Length: 3\r\n\r\n`);
    expect(event?.kind === 'head' && event.head.framing).toEqual({ kind: 'length', bytes: 3 });
  });

  it('finds fields without regard to case and keeps their order', () => {
    const [event] = feed(requestParser(), 'GET / HTTP/1.0\r\nX-A: 1\r\nB: 2\r\nx-a: 3\r\n\r\n');
    const fields = event?.kind === 'head' ? event.head.fields : null;
    expect(fields?.all('x-A')).toEqual(['1', '3']);
    expect(fields?.get('X-A')).toBe('1');
    expect(fields?.get('c')).toBeNull();
    expect(fields?.name(2)).toBe('x-a');
    expect([fields?.name(3), fields?.value(-1)]).toEqual(['', '']);
  });

  it('has names that differ only beyond the letters kept apart', () => {
    const [event] = feed(requestParser(), 'GET / HTTP/1.0\r\nA^: 1\r\n\r\n');
    expect(event?.kind === 'head' && event.head.fields.get('a~')).toBeNull();
  });

  it('may be larger than what heads usually share', () => {
    const values = Array.from({ length: 300 }, (_, index) => `X-${index}: ${'v'.repeat(index)}`);
    const [event] = feed(requestParser(), `GET / HTTP/1.0\r\n${values.join('\r\n')}\r\n\r\n`);
    const fields = event?.kind === 'head' ? event.head.fields : null;
    expect(fields?.count).toBe(300);
    expect(fields?.get('x-299')).toBe('v'.repeat(299));
  });
});

describe('body bytes', () => {
  it('are views of what was received, one for each piece of a chunk', () => {
    const parser = requestParser();
    feed(parser, 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    const read = wire('6\r\nabcd');
    parser.receive(read);
    const event = parser.next();
    if (event?.kind !== 'data') throw new Error('there is no data event');
    expect(textOf(event.bytes)).toBe('abcd');
    expect(event.bytes.buffer).toBe(read.buffer);
    expect(parser.next()).toBeNull();
  });
});

describe('how it is driven', () => {
  it('takes no more bytes before it has used up the last ones', () => {
    const parser = requestParser();
    parser.receive(wire(`${GET}${GET}`));
    parser.next();
    expect(() => parser.receive(wire('x'))).toThrow('before it had used up the last ones');
  });

  it('goes on from a clone as from itself', () => {
    const parser = requestParser();
    feed(parser, 'GET / HTTP/1.1\r\nHost: a');
    const copy = parser.clone(null);
    expect(feed(parser, 'b\r\n\r\n')).toMatchObject([{ kind: 'head' }, { kind: 'end', end: 28 }]);
    const [event] = feed(copy, 'cd\r\n\r\n');
    expect(event?.kind === 'head' && event.head.fields.get('host')).toBe('acd');
  });

  it('goes on between two messages of another direction, with its offsets and limits', () => {
    const parser = requestParser();
    feed(parser, GET);
    parser.restAt(1_000, { ...NO_LIMITS, maxTargetBytes: 4 });
    expect([parser.phase, parser.offset, parser.messageStart]).toEqual(['complete', 1_000, 1_000]);
    expect(faultOf(feed(parser, GET))).toMatchObject({ code: 'LIM_TARGET_BYTES', offset: 1_008 });
  });

  it('is new again where the other direction has not begun', () => {
    const parser = requestParser();
    feed(parser, GET);
    parser.restAt(0, NO_LIMITS);
    expect(parser.phase).toBe('idle');
    expect(faultOf(feed(parser, '\x16\x03\x01'))).toMatchObject({ code: 'H1_TLS_ON_PLAIN_PORT', offset: 0 });
  });

  it('does not leave a message for another direction, nor the empty lines before one', () => {
    for (const begun of ['G', '\r\n', '\r', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx']) {
      const parser = requestParser();
      feed(parser, begun);
      expect(parser.isAtRest).toBe(false);
      expect(() => parser.restAt(0, NO_LIMITS)).toThrow('cannot leave a message');
    }
  });
});

describe('bytes that were received', () => {
  it.each([
    ['of sockets', (bytes: Uint8Array) => bytes],
    ['of Node’s streams, whose slices are no copies', (bytes: Uint8Array) => Buffer.from(bytes)],
  ])('%s stay as they are where a fold is read as one space', (_, made) => {
    const text = 'GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n  2\r\n\r\n';
    const bytes = made(wire(text));
    const parser = requestParser({ rules: { ...STRICT_RULES, obsFold: true } });
    parser.receive(bytes);
    const event = parser.next();
    expect(event?.kind === 'head' && event.head.fields.get('x')).toBe('1 2');
    expect(textOf(bytes)).toBe(text);
  });
});
