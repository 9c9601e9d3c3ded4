import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { BodyWriter } from '@http1/chunk-writer';
import { NO_LIMITS, STRICT_RULES } from '@http1/events';
import { Parser } from '@http1/parser';
import { requestChanges, type RequestPlan } from '@http1/request-writer';
import { relayChanges, relayFraming } from '@http1/response-relay';
import { fieldChanges } from '../../../src-renderer/lens/field-changes';
import { fieldReasons } from '../../../src-renderer/lens/field-reasons';
import { MessageReading } from '../../../src-renderer/lens/message-parts';
import { bodyWords, countWords, isReframed, passedHead, sideHead } from '../../../src-renderer/lens/passed-head';
import { ascii } from '../../support/fake-connection';
import { passedReply, passedRequest, PLAN, REPLY, replyHeadOf, REQUEST, requestHeadOf } from '../../support/passed-on';

function side(text: string, role: 'request' | 'response' = 'request') {
  const replyTo = role === 'request' ? null : 'GET';
  const reading = new MessageReading({ role, start: 0, replyTo, rules: STRICT_RULES });
  reading.take(ascii(text));
  return sideHead(reading);
}

const requestSides = (text: string, plan: Partial<RequestPlan> = {}) =>
  passedHead(side(text), side(passedRequest(text, plan)));

const rowsOf = ({ fields }: ReturnType<typeof passedHead>) =>
  fields.map(({ fate, before, after }) => [fate, before && `${before.name}: ${before.value}`, after?.value ?? null]);

describe('a head on both sides', () => {
  it('tells what became of each field, in the order it came', () => {
    expect(rowsOf(requestSides(REQUEST))).toEqual([
      ['changed', 'Host: shop.test', '127.0.0.1:3000'],
      ['same', 'User-Agent: curl/8.5.0', 'curl/8.5.0'],
      ['removed', 'Connection: keep-alive, X-Once', null],
      ['removed', 'X-Once: 1', null],
      ['changed', 'X-Forwarded-For: 10.9.9.9', '127.0.0.1'],
      ['same', 'Content-Type: application/json', 'application/json'],
      ['same', 'Content-Length: 9', '9'],
      ['added', null, 'http'],
      ['added', null, 'shop.test'],
      ['added', null, '8080'],
      ['added', null, '1.0 bytescope'],
    ]);
  });

  it('says why', () => {
    const { fields } = requestSides(REQUEST);
    const why = (name: string) => fields.find(({ before, after }) => (before ?? after)?.name === name)?.why;
    expect(why('Connection')).toBe('belongs to one connection (RFC 9110 §7.6.1)');
    expect(why('X-Once')).toMatch(/^Connection names it/);
    expect(why('Host')).toMatch(/^the target names the host/);
    expect(why('X-Forwarded-For')).toMatch(/not trusted/);
    expect(why('Via')).toMatch(/names the hop/);
    expect(why('User-Agent')).toBeNull();
  });

  it('tells what of the start line went on otherwise', () => {
    expect(requestSides(REQUEST).line.changed).toEqual(['target', 'version']);
  });

  it('sums up', () => {
    expect(countWords(requestSides(REQUEST))).toBe('fields: 2 removed, 2 changed, 4 added, 3 as they came');
    const untouched = side('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(countWords(passedHead(untouched, untouched))).toBe('1 field as it came, nothing changed');
  });

  it('puts what was written first before all that came', () => {
    const [first] = requestSides('GET / HTTP/1.0\r\nAccept: */*\r\n\r\n').fields;
    expect([first?.fate, first?.after?.name]).toEqual(['added', 'Host']);
  });

  it('joins the lines of a trusted client, which is no distrust of the later ones', () => {
    const text = 'GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 10.0.0.2\r\n\r\n';
    const forwarded = { ...(PLAN.forwarded as NonNullable<RequestPlan['forwarded']>), trusted: true };
    const { fields } = requestSides(text, { forwarded });
    const chain = fields.filter(({ before }) => before?.name === 'X-Forwarded-For');
    expect(chain.map(({ fate, after, why }) => [fate, after?.value, why])).toEqual([
      ['changed', '10.0.0.1, 10.0.0.2, 127.0.0.1', 'says where the request came from'],
      ['removed', undefined, 'says where the request came from'],
    ]);
  });

  it('pairs Connection with the one of the other side', () => {
    const { fields } = requestSides('GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n', { close: true });
    const connection = fields.find(({ before }) => before?.name === 'Connection');
    expect([connection?.fate, connection?.after?.value]).toEqual(['changed', 'close']);
  });

  it('says how the body ends on both sides', () => {
    const before = side(REPLY, 'response').framing;
    const after = side(passedReply(REPLY, REQUEST), 'response').framing;
    if (before === null || after === null) throw new Error('no framing');
    expect([bodyWords(before, 5), bodyWords(after, null)]).toEqual(['chunked · 5 B', 'until the connection closes']);
    expect(isReframed(before, after)).toBe(true);
  });
});

describe('trailers on both sides', () => {
  const chunked = (trailers: string, head = '') =>
    `HTTP/1.1 200 OK\r\n${head}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n${trailers}\r\n`;
  const told = (before: string, after: string) =>
    passedHead(side(before, 'response'), side(after, 'response')).trailers.map(
      ({ fate, before: came, after: went, why }) => [fate, (came ?? went)?.name, went?.value ?? null, why],
    );

  it('are told like fields, and counted with them', () => {
    const before = chunked('Via: 1.1 other\r\nX-Once: 1\r\nX-Sum: 7\r\n', 'Connection: X-Once\r\n');
    const after = chunked('X-Sum: 7\r\n');
    expect(told(before, after)).toEqual([
      ['removed', 'Via', null, 'may not stand in trailers (RFC 9110 §6.5.1)'],
      ['removed', 'X-Once', null, expect.stringMatching(/^Connection names it/)],
      ['same', 'X-Sum', '7', null],
    ]);
    expect(passedHead(side(before, 'response'), side(after, 'response')).counts).toMatchObject({ removed: 3, same: 2 });
  });

  it('are those of the engine', () => {
    const trailers = 'Via: 1.1 other\r\nX-Once: 1\r\nKeep-Alive: a\r\nX-Sum: 7\r\n';
    const text = chunked(trailers, 'Connection: X-Once\r\n');
    const parser = new Parser('response', NO_LIMITS);
    parser.answers('GET');
    parser.receive(ascii(text));
    let kept = '';
    for (let event = parser.next(); event !== null && event.kind !== 'end'; event = parser.next()) {
      if (event.kind !== 'trailers') continue;
      const writer = new BodyWriter({ kind: 'chunked' });
      writer.end(event.fields, new Set(['x-once']), (bytes) => (kept += String.fromCharCode(...bytes)));
    }
    expect(kept).toBe('0\r\nX-Sum: 7\r\n\r\n');
    const fates = told(text, chunked('X-Sum: 7\r\n')).map(([fate, name]) => `${fate} ${name}`);
    expect(fates).toEqual(['removed Via', 'removed X-Once', 'removed Keep-Alive', 'same X-Sum']);
  });

  it('have no place after a body that goes on without chunks', () => {
    const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    expect(told(chunked('X-Sum: 7\r\n'), whole)).toEqual([
      ['removed', 'X-Sum', null, 'only a body in chunks has trailers after it (RFC 9112 §7.1.2)'],
    ]);
  });

  it('are not told of before both sides are complete', () => {
    const half = chunked('X-Sum: 7\r\n').slice(0, -6);
    expect(told(half, chunked('X-Sum: 7\r\n'))).toEqual([]);
  });
});

describe('pairing lines', () => {
  it('is linear in lines of one name', () => {
    const lines = (from: number) =>
      Array.from({ length: 50_000 }, (_, index) => ({ name: 'a', value: `${from + index}` }));
    const pairs = fieldChanges(lines(0), lines(25_000));
    expect(pairs.length).toBe(50_000);
  });

  const line = fc.record({
    name: fc.constantFrom('a', 'A', 'b', 'c', '__proto__', 'constructor'),
    value: fc.constantFrom('', '1', '2'),
  });
  test.prop([fc.array(line, { maxLength: 12 }), fc.array(line, { maxLength: 12 })])(
    'tells of every line of both sides once',
    (before, after) => {
      const pairs = fieldChanges(before, after);
      expect(pairs.flatMap((pair) => pair.before ?? [])).toEqual(before);
      expect(new Set(pairs.flatMap((pair) => pair.after ?? []))).toEqual(new Set(after));
      expect(pairs.filter((pair) => pair.after !== null).length).toBe(after.length);
      expect(pairs.every(({ fate, ...pair }) => (fate === 'added') === (pair.before === null))).toBe(true);
    },
  );
});

/** Lines that any intermediary has to decide about, and some that it does not. */
const REQUEST_LINES = [
  'Accept: */*',
  'Connection: close',
  'Connection: X-Once, Cookie',
  'X-Once: 1',
  'Cookie: a=b',
  'Keep-Alive: timeout=5',
  'TE: trailers, deflate',
  'Upgrade: h2c',
  'Proxy-Authorization: Basic x',
  'Max-Forwards: 3',
  'Expect: 100-continue',
  'X-Forwarded-Proto: https',
  'X-Forwarded-For: 10.9.9.9',
  'X-Real-IP: 10.9.9.9',
  'Forwarded: for=10.9.9.9',
  'Via: 1.1 other',
];
const REPLY_LINES = [
  'Server: nginx',
  'Connection: X-Once, Set-Cookie',
  'X-Once: 1',
  'Set-Cookie: a=b',
  'Keep-Alive: timeout=5',
  'Upgrade: h2c',
  'Date: Thu, 26 Nov 2026 06:34:57 GMT',
  'Via: 1.1 other',
];

/** What the engine did, in the order of the lines that came, then what it added. */
interface Told {
  readonly kind: string;
  readonly name: string;
  readonly why: string;
  readonly line: number | null;
}
const fateOf = ({ kind }: Told) => (kind === 'kept' ? 'same' : kind);
/** Of Connection the engine drops one and writes another: who sees the two sides sees one that changed, or stayed. */
const sorted = (rows: readonly (readonly [string, string, string])[]) =>
  rows.flatMap(([fate, name, why]) => (name === 'Connection' ? [] : [`${fate} ${name} ${why}`])).toSorted();

function compared(before: string, after: string, told: readonly Told[], role: 'request' | 'response') {
  const sides = [side(before, role), side(after, role)] as const;
  const pairs = fieldChanges(sides[0].fields, sides[1].fields);
  const target = sides[0].line.find(({ paint }) => paint === 'target')?.text ?? '';
  const reasons = fieldReasons(pairs, { fields: sides[0].fields, target });
  const nameOf = ({ before: came, after: went }: (typeof pairs)[number]) => (came ?? went)?.name ?? '';
  const seen = pairs.map((pair, index) => [pair.fate, nameOf(pair), reasons[index] ?? '-'] as const);
  const done = told.map((one) => [fateOf(one), one.name, hasNoReason(one) ? '-' : one.why] as const);
  return { seen: sorted(seen), done: sorted(done) };
}

/** A line that was decided anew and came out the same: nothing is to be seen of the decision. */
const hasNoReason = ({ kind, why }: Told) => why === 'end-to-end' || (kind === 'kept' && why !== 'protected');

describe('the reasons found from the two sides', () => {
  const someOf = (lines: readonly string[]) => fc.uniqueArray(fc.constantFrom(...lines), { maxLength: 9 });

  test.prop([someOf(REQUEST_LINES), fc.constantFrom('/a', 'http://shop.test/a'), fc.boolean(), fc.boolean()])(
    'are those the engine had, of requests',
    (lines, target, trusted, keepsHost) => {
      const text = `GET ${target} HTTP/1.1\r\nHost: a\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
      const forwarded = { ...(PLAN.forwarded as NonNullable<RequestPlan['forwarded']>), trusted };
      const plan = { forwarded, host: keepsHost ? ('keep' as const) : ('upstream' as const) };
      const head = requestHeadOf(text);
      const told = requestChanges(head, { ...PLAN, framing: head.framing, ...plan }).map((one) =>
        // Whose policy gave Host its value cannot be seen where the target names the host too.
        one.why === 'host-policy' && target.startsWith('http') ? { ...one, why: 'absolute-form' } : one,
      );
      const { seen, done } = compared(text, passedRequest(text, plan), told, 'request');
      expect(seen).toEqual(done);
    },
  );

  test.prop([someOf(REPLY_LINES), fc.constantFrom('Content-Length: 2', 'Transfer-Encoding: chunked')])(
    'are those the engine had, of replies',
    (lines, framing) => {
      const body = framing.startsWith('C') ? 'ok' : '2\r\nok\r\n0\r\n\r\n';
      const text = `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join('')}${framing}\r\n\r\n${body}`;
      const request = 'GET / HTTP/1.0\r\nHost: a\r\n\r\n';
      const plan = { request: requestHeadOf(request), close: false, upgrade: null, via: 'bytescope', nowMs: 0 };
      const head = replyHeadOf(text);
      expect(relayFraming(head, plan).kind).toBe(framing.startsWith('C') ? 'length' : 'until-close');
      const { seen, done } = compared(text, passedReply(text, request), relayChanges(head, plan), 'response');
      expect(seen).toEqual(done);
    },
  );
});
