/**
 * What must hold of every message that is passed on, however it came: tried on whatever bytes are handed in. Returns
 * what is wrong in words; null where nothing is.
 */
import { NO_LIMITS, STRICT_RULES, type Fields, type ParserRules } from '../../src-main/http1/events.ts';
import type { RequestHead, ResponseHead } from '../../src-main/http1/events.ts';
import { BodyWriter } from '../../src-main/http1/chunk-writer.ts';
import { namedInConnection, staysThoughNamed } from '../../src-main/http1/hop-fields.ts';
import { forwardsLeft } from '../../src-main/http1/max-forwards.ts';
import { Parser, type ParserRole } from '../../src-main/http1/parser.ts';
import { originTarget, requestChanges, writeRequest, type RequestPlan } from '../../src-main/http1/request-writer.ts';
import {
  closesAfter,
  relayChanges,
  relayFraming,
  relayOf,
  writeRelayedHead,
  type RelayPlan,
} from '../../src-main/http1/response-relay.ts';
import { asksForWebSocket } from '../../src-main/http1/upgrade.ts';
import { eventLog, piecesAt, piecesOf } from '../support/event-log.ts';
import { textOf, wire } from '../support/wire-text.ts';

type Pair = readonly [name: string, value: string];

export interface Message<Head> {
  readonly head: Head;
  body: string;
  trailers: Fields | null;
  isComplete: boolean;
}

export interface Reading<Head> {
  readonly messages: Message<Head>[];
  fault: string | null;
}

export const pairsOf = (fields: Fields): Pair[] =>
  Array.from({ length: fields.count }, (_, line) => [fields.name(line), fields.value(line)]);

function readAll<Head>(role: ParserRole, bytes: Uint8Array, rules: ParserRules, answers: readonly string[]) {
  const parser = new Parser(role, { ...NO_LIMITS, rules });
  for (const method of answers) parser.answers(method);
  const reading: Reading<Head> = { messages: [], fault: null };
  parser.receive(bytes);
  for (let event = parser.next() ?? parser.finish(); event !== null; event = parser.next() ?? parser.finish()) {
    const last = reading.messages.at(-1);
    if (event.kind === 'head')
      reading.messages.push({ head: event.head as Head, body: '', trailers: null, isComplete: false });
    else if (event.kind === 'fault') reading.fault = event.fault.code;
    else if (event.kind === 'data') last!.body += textOf(event.bytes);
    else if (event.kind === 'trailers') last!.trailers = event.fields;
    else last!.isComplete = true;
    if (event.kind === 'fault') break;
  }
  return reading;
}

export const readRequests = (bytes: Uint8Array, rules = STRICT_RULES) =>
  readAll<RequestHead>('request', bytes, rules, []);
export const readReplies = (bytes: Uint8Array, rules = STRICT_RULES, answers: readonly string[] = []) =>
  readAll<ResponseHead>('response', bytes, rules, answers);

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const BODY_PIECE_BYTES = 7;

/** The body and trailers of a message in the framing of its head, in small pieces. */
function bodyBytes(writer: BodyWriter, { body, trailers, head }: Message<RequestHead | ResponseHead>): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const out = (bytes: Uint8Array) => void pieces.push(bytes);
  for (const piece of body === '' ? [] : piecesOf(wire(body), BODY_PIECE_BYTES)) {
    if (writer.write(piece, out) !== null) throw new Error('a body is longer than its head says');
  }
  const named = namedInConnection(head.fields);
  if (writer.end(trailers, named, out) !== null) throw new Error('a body is shorter than its head says');
  return pieces;
}

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'http2-settings',
]);
const DECIDED = new Set(['host', 'content-length', 'transfer-encoding', 'te', 'upgrade', 'expect', 'max-forwards']);

/** The slow and plain way to say which fields are for the other end. */
function endToEnd({ fields }: { fields: Fields }): string[] {
  const named = fields
    .all('connection')
    .flatMap((value) => value.split(','))
    .map((option) => option.replace(/^[ \t]*([^]*?)[ \t]*$/, '$1').toLowerCase());
  return pairsOf(fields)
    .filter(([name]) => {
      const lower = name.toLowerCase();
      if (HOP_BY_HOP.has(lower) || DECIDED.has(lower)) return false;
      if (/^(date|forwarded|x-forwarded-(for|host|port|proto|.*)|x-real-ip)$/.test(lower.replaceAll('_', '-')))
        return true;
      return !named.includes(lower) || staysThoughNamed(lower);
    })
    .map((pair) => pair.join(': '));
}

const countOf = (fields: Fields, ...names: string[]): number =>
  names.reduce((sum, name) => sum + fields.all(name).length, 0);

const cutSomewhere = (bytes: Uint8Array, at: number): Uint8Array[] =>
  bytes.length < 2 ? [bytes] : piecesAt(bytes, [1 + (at % (bytes.length - 1))]);

/** Every place is tried where the bytes are few. */
const MAX_BYTES_CUT_EVERYWHERE = 300;

function differsByCut(bytes: Uint8Array, role: ParserRole, answers: readonly string[], everywhere: boolean) {
  const run = { role, closes: true, answers };
  const whole = eventLog([bytes], run).join('\n');
  const cuts = [piecesOf(bytes, 1), cutSomewhere(bytes, bytes.length * 7)];
  if (everywhere && bytes.length <= MAX_BYTES_CUT_EVERYWHERE) {
    for (let at = 1; at < bytes.length; at += 1) cuts.push(piecesAt(bytes, [at]));
  }
  return cuts.some((pieces) => eventLog(pieces, run).join('\n') !== whole);
}

export const planFor = (head: RequestHead, more: Partial<RequestPlan> = {}): RequestPlan => ({
  authority: 'upstream.test:8080',
  host: 'keep',
  framing: head.framing,
  expect: 'forward',
  close: false,
  upgrade: asksForWebSocket(head) ? 'websocket' : null,
  via: null,
  forwarded: null,
  ...more,
});

const isPassedOn = (head: RequestHead): boolean => head.method !== 'CONNECT' && forwardsLeft(head) !== 0;

/** Stands after the message: whoever reads it anywhere else has been led astray. */
const NEXT_REQUEST = wire('GET /the-next-one HTTP/1.1\r\nHost: next\r\n\r\n');

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function wrongInRequest(message: Message<RequestHead>, more: Partial<RequestPlan>, everywhere: boolean): string | null {
  const { head, body } = message;
  const plan = planFor(head, more);
  const headBytes = writeRequest(head, plan).bytes;
  const sent = joined([headBytes, ...bodyBytes(new BodyWriter(plan.framing), message), NEXT_REQUEST]);
  const { messages, fault } = readRequests(sent);
  const [read, next] = messages;
  if (fault !== null || messages.length !== 2 || read === undefined || next?.head.target !== '/the-next-one')
    return `is read as ${messages.length} requests, ${fault ?? 'no fault'}`;
  const written = read.head;
  const { fields } = written;
  if (written.method !== head.method || written.target !== originTarget(head)) return 'has another request line';
  if (written.version !== 'HTTP/1.1') return 'has another version';
  if (read.body !== body || !same(written.framing, plan.framing)) return 'has another body';
  if (countOf(fields, 'content-length', 'transfer-encoding') > 1) return 'says twice how its body ends';
  if (countOf(fields, 'host') !== 1) return 'has not one Host';
  if (countOf(fields, 'connection') > 1) return 'has more than one Connection';
  if (plan.forwarded === null && plan.via === null) {
    if (!same(endToEnd(written), endToEnd(head))) return 'has other end-to-end fields';
    const again =
      isPassedOn(written) && countOf(fields, 'max-forwards') === 0
        ? writeRequest(written, planFor(written, more)).bytes
        : headBytes;
    if (textOf(again) !== textOf(headBytes)) return 'is not stable';
  }
  if (differsByCut(sent, 'request', [], everywhere)) return 'is read otherwise when it is cut';
  return wrongInChanges(requestChanges(head, plan), head.fields, fields);
}

/** Every line that came is told of once, and what is kept, changed and added is what was written, in that order. */
function wrongInChanges(changes: ReturnType<typeof requestChanges>, came: Fields, written: Fields): string | null {
  const lines = changes.flatMap(({ line }) => (line === null ? [] : [line]));
  if (
    !same(
      lines,
      Array.from({ length: came.count }, (_, line) => line),
    )
  )
    return 'has a line nothing is told of';
  const left = changes.filter(({ kind }) => kind !== 'removed').map(({ name }) => name);
  return same(
    left,
    pairsOf(written).map(([name]) => name),
  )
    ? null
    : 'is told of otherwise than it is written';
}

export interface Trial {
  readonly rules?: ParserRules;
  readonly more?: Partial<RequestPlan>;
  /** Cut at every place, where the bytes are few? */
  readonly everywhere?: boolean;
}

export interface Found {
  /** Of messages that were whole and passed on. */
  readonly passed: number;
  readonly wrong: string | null;
}

export function tryRequests(bytes: Uint8Array, { rules, more = {}, everywhere = false }: Trial = {}): Found {
  let passed = 0;
  for (const message of readRequests(bytes, rules).messages) {
    if (!message.isComplete || !isPassedOn(message.head)) continue;
    passed += 1;
    const wrong = wrongInRequest(message, more, everywhere);
    if (wrong !== null) return { passed, wrong: `${message.head.method} ${message.head.target} ${wrong}` };
  }
  return { passed, wrong: null };
}

const NEXT_REPLY = wire('HTTP/1.1 299 Next\r\nContent-Length: 0\r\n\r\n');

export const relayPlan = (method: string, more: Partial<RelayPlan> = {}): RelayPlan => ({
  request: { method, minor: 1, simple: false },
  close: false,
  upgrade: null,
  via: null,
  nowMs: 0,
  ...more,
});

function wrongInReply(message: Message<ResponseHead>, plan: RelayPlan, everywhere: boolean): string | null {
  const { head, body } = message;
  const framing = relayFraming(head, plan);
  const headBytes = writeRelayedHead(head, plan);
  const isLast = closesAfter(head, plan);
  const after = isLast || head.interim ? [] : [NEXT_REPLY];
  const sent = joined([headBytes, ...bodyBytes(new BodyWriter(framing), message), ...after]);
  const answers = [plan.request.method, 'GET'];
  const { messages, fault } = readReplies(sent, STRICT_RULES, answers);
  const [read, next] = messages;
  if (
    fault !== null ||
    read === undefined ||
    messages.length !== 1 + after.length ||
    (next?.head.status ?? 299) !== 299
  )
    return `is read as ${messages.length} replies, ${fault ?? 'no fault'}`;
  const written = read.head;
  if (written.status !== head.status || written.reason !== head.reason) return 'has another status line';
  if (read.body !== body || !read.isComplete) return 'has another body';
  if (!same(written.framing, framing)) return 'ends otherwise than was said';
  if (!head.interim && written.keepAlive !== !isLast && plan.request.minor > 0)
    return 'says otherwise whether we close';
  if (countOf(written.fields, 'content-length', 'transfer-encoding') > 1) return 'says twice how its body ends';
  const dated = endToEnd(written).filter((pair) => head.fields.get('date') !== null || !pair.startsWith('Date: '));
  const welcome = (pair: string) => !/^(expect|max-forwards|host): /i.test(pair);
  if (!same(dated.filter(welcome), endToEnd(head).filter(welcome))) return 'has other end-to-end fields';
  if (
    relayOf(written, plan) === 'forward' &&
    !plan.request.simple &&
    textOf(writeRelayedHead(written, plan)) !== textOf(headBytes)
  )
    return 'is not stable';
  if (differsByCut(sent, 'response', answers, everywhere)) return 'is read otherwise when it is cut';
  return wrongInChanges(relayChanges(head, plan), head.fields, written.fields);
}

export interface ReplyTrial {
  readonly rules?: ParserRules;
  readonly methods: readonly string[];
  readonly minor?: number;
  readonly everywhere?: boolean;
}

export function tryReplies(bytes: Uint8Array, { rules, methods, minor = 1, everywhere = false }: ReplyTrial): Found {
  let passed = 0;
  let request = 0;
  for (const message of readReplies(bytes, rules, methods).messages) {
    const method = methods[request] ?? 'GET';
    if (!message.head.interim) request += 1;
    const plan = relayPlan(method, { request: { method, minor, simple: false } });
    if (!message.isComplete || relayOf(message.head, plan) !== 'forward') continue;
    passed += 1;
    const wrong = wrongInReply(message, plan, everywhere);
    if (wrong !== null) return { passed, wrong: `${message.head.status} ${wrong}` };
  }
  return { passed, wrong: null };
}
