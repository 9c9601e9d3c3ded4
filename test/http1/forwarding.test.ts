/** Whatever comes in: what is passed on reads one way, under the strictest rules, wherever it is cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STRICT_RULES, type ParserRules } from '../../src-main/http1/events.ts';
import { hopText } from '../../src-main/http1/forwarded-element.ts';
import { mutate } from '../fuzz/mutate.ts';
import { seeded } from '../support/random.ts';
import { wireDocuments } from '../support/wire-cases.ts';
import { wire } from '../support/wire-text.ts';
import { readRequests, tryReplies, tryRequests } from './forwarding-check.ts';

/** All that may be let through and still leave something to pass on. */
const TOLERANT: ParserRules = {
  ...STRICT_RULES,
  bareLf: true,
  obsFold: true,
  equalLengths: true,
  lengthWithCoding: 'keep',
  codingInHttp10: true,
  repeatedHost: true,
  emptyFieldName: true,
  oddFieldNames: true,
  versions: 'any',
  http09: 'answer',
};

const HOP = hopText({ client: '2001:db8::7', clientPort: 4711, proto: 'https', port: 8443, by: '_edge' });
const FORWARDED = (trusted: boolean) => ({ hop: HOP, trusted, writesXForwarded: true, writesForwarded: true });

const NAMES = [
  'X-A',
  'x-b',
  'Accept',
  'Authorization',
  'Cookie',
  'Via',
  'TE',
  'Trailer',
  'Upgrade',
  'Keep-Alive',
  'Proxy-Authorization',
  'HTTP2-Settings',
  'Max-Forwards',
  'X-Forwarded-For',
  'X_Forwarded_For',
  'Forwarded',
  'Expect',
  'Cache-Control',
];
const LISTED = [...NAMES, 'close', 'keep-alive', 'Content-Length', 'Transfer-Encoding', 'Host', '', ' ', '\t', 'x y'];
const values = fc.oneof(
  fc.constantFrom(
    '',
    '1',
    'trailers',
    'gzip, Trailers',
    '100-continue',
    'for="a',
    'websocket, h2c',
    '1.1 us (',
    '\xff',
  ),
  fc.string({ unit: fc.constantFrom(...'aZ0,;="\\ \t:()\xe9'), maxLength: 12 }),
);
const fieldLine = fc.oneof(
  fc.tuple(fc.constantFrom(...NAMES), values).map(([name, value]) => `${name}: ${value}`),
  fc.array(fc.constantFrom(...LISTED), { maxLength: 4 }).map((options) => `Connection: ${options.join(',')}`),
);
const lineEnd = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r\n \t', '\n\t');
const framings = fc.constantFrom(
  { lines: [], body: '' },
  { lines: ['Content-Length: 5'], body: 'hello' },
  { lines: ['content-length: 005', 'Content-Length: 5, 5'], body: 'hello' },
  { lines: ['Transfer-Encoding: Chunked'], body: '5;a="b"\r\nhello\r\n0\r\nX-A: 1\r\nVia: 1.1 x\r\n\r\n' },
  { lines: ['Content-Length: 3', 'Transfer-Encoding: chunked'], body: '0\r\n\r\n' },
  { lines: ['Transfer-Encoding: chunked', 'content-length: 3'], body: '3\r\nGET\r\n0\r\n\r\n' },
);

/** Field lines in any order, framing and all, each with a line end of its own. */
const heads = (startLine: fc.Arbitrary<string>, needed: string[]) =>
  fc
    .tuple(startLine, fc.array(fc.tuple(fieldLine, lineEnd), { maxLength: 8 }), framings, fc.nat(20))
    .map(([first, lines, { lines: framing, body }, at]) => {
      const all = lines.map(([line, end]) => `${line}${end}${/[ \t]$/.test(end) ? 'folded\r\n' : ''}`);
      all.splice(at % (all.length + 1), 0, ...[...needed, ...framing].map((line) => `${line}\r\n`));
      return wire(`${first}\r\n${all.join('')}\r\n${body}`);
    });

const requestLines = fc.oneof(
  fc.tuple(
    fc.constantFrom('GET', 'POST', 'OPTIONS', 'TRACE', 'x!'),
    fc.constantFrom('/', '/a?b', '//c', 'http://h', 'HTTP://h:/', 'https://[::1]:8?q', 'http://h/%7e'),
    fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0'),
  ),
  fc.constantFrom(['OPTIONS', '*', 'HTTP/1.1']),
);
const requests = heads(
  requestLines.map((parts) => parts.join(' ')),
  ['Host: a'],
);

describe('requests', () => {
  it('are passed on as the one request they were taken for', () => {
    let passed = 0;
    fc.assert(
      fc.property(requests, fc.boolean(), (bytes, tolerant) => {
        const found = tryRequests(bytes, { rules: tolerant ? TOLERANT : STRICT_RULES, everywhere: true });
        expect(found.wrong).toBe(null);
        passed += found.passed;
      }),
      { numRuns: 600 },
    );
    expect(passed).toBeGreaterThan(200);
  });

  it.each([true, false])('stay one request with Via and the hops told, the peer trusted or not: %s', (trusted) => {
    fc.assert(
      fc.property(requests, fc.constantFrom('keep', 'upstream'), (bytes, host) => {
        const more = { host, via: 'us', forwarded: FORWARDED(trusted), close: true } as const;
        expect(tryRequests(bytes, { rules: TOLERANT, more }).wrong).toBe(null);
      }),
      { numRuns: 500 },
    );
  });
});

const replies = heads(
  fc.constantFrom(
    'HTTP/1.1 200 OK',
    'HTTP/1.1 204 ',
    'HTTP/1.1 304 Not Modified',
    'HTTP/1.0 200 \xe9t\xe9',
    'HTTP/1.1 103 Early Hints',
    'HTTP/1.1 426 x',
    'HTTP/1.1 205 Reset Content',
  ),
  [],
);

describe('replies', () => {
  it('are passed on as the one reply they were taken for', () => {
    let passed = 0;
    const cases = fc.tuple(replies, fc.constantFrom('GET', 'HEAD', 'POST'), fc.constantFrom(0, 1), fc.boolean());
    fc.assert(
      fc.property(cases, ([bytes, method, minor, tolerant]) => {
        const rules = tolerant ? TOLERANT : STRICT_RULES;
        const found = tryReplies(bytes, { rules, methods: [method, method], minor, everywhere: true });
        expect(found.wrong).toBe(null);
        passed += found.passed;
      }),
      { numRuns: 600 },
    );
    expect(passed).toBeGreaterThan(200);
  });
});

const documents = wireDocuments();
const casesOf = (role: string) => [...documents.values()].flat().filter((one) => one.role === role);

describe('the corpus of what servers let through', () => {
  it.each([...documents].filter(([file]) => file.startsWith('request')))(
    'leaves strict and unambiguous: %s',
    (_, cases) => {
      for (const { input, fact, limits } of cases) {
        for (const rules of [limits.rules, TOLERANT]) {
          expect(tryRequests(input, { rules, everywhere: true }).wrong, fact).toBe(null);
        }
      }
    },
  );

  it('has requests of every tolerance in it', () => {
    const tolerated = casesOf('request').filter(
      ({ input, limits }) => limits.rules !== STRICT_RULES && tryRequests(input, { rules: limits.rules }).passed > 0,
    );
    expect(tolerated.length).toBeGreaterThan(20);
    const strict = tolerated.filter(({ input }) => readRequests(input).fault !== null);
    expect(strict.length).toBeGreaterThan(10);
  });

  it.each([...documents].filter(([file]) => file.startsWith('response')))('leaves replies whole: %s', (_, cases) => {
    for (const { input, fact, limits, answers } of cases) {
      for (const minor of [0, 1]) {
        const trial = { rules: limits.rules, methods: answers, minor, everywhere: true };
        expect(tryReplies(input, trial).wrong, fact).toBe(null);
      }
    }
  });
});

describe('mutated messages', () => {
  const INPUTS = 6_000;

  it('are passed on as what they were taken for, where they are taken', () => {
    const random = seeded(11);
    const seeds = casesOf('request').flatMap(({ input }) => (input.length <= 1024 ? [input] : []));
    for (let run = 0; run < INPUTS; run += 1) {
      const input = mutate(seeds, random);
      const more = random() < 0.5 ? {} : { via: 'us', forwarded: FORWARDED(random() < 0.5) };
      expect(tryRequests(input, { rules: random() < 0.5 ? STRICT_RULES : TOLERANT, more }).wrong).toBe(null);
    }
  });
});
