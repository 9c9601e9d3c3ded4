/**
 * A request that was passed on, as two recorded connections: what the client sent, and what was written to the server,
 * by the writers of the engine. Times are those of a short exchange, on one clock.
 */
import type { ConnectionRow, Exchange, Relay } from '@contract/connections';
import type { Framing, RequestHead, ResponseHead } from '@http1/events';
import { NO_LIMITS } from '@http1/events';
import { Parser } from '@http1/parser';
import { writeRequest, type RequestPlan } from '@http1/request-writer';
import { relayFraming, writeRelayedHead, type RelayPlan } from '@http1/response-relay';
import { hopText } from '@http1/forwarded-element';
import { ascii, RecordedConnection, received, sent } from './fake-connection';

export const CLIENT_ID = 12;
export const UPSTREAM_ID = 13;
const START_MS = 4;
export const SERVER = 'http://127.0.0.1:3000';

const HOP = hopText({ client: '127.0.0.1', clientPort: 53_122, proto: 'http', port: 8080, by: null });

export const PLAN: Omit<RequestPlan, 'framing'> = {
  authority: '127.0.0.1:3000',
  host: 'upstream',
  expect: 'drop',
  close: false,
  upgrade: null,
  via: 'bytescope',
  forwarded: { hop: HOP, trusted: false, writesXForwarded: true, writesForwarded: false },
};

function headOf(role: 'request' | 'response', text: string, method: string | null) {
  const parser = new Parser(role, NO_LIMITS);
  if (method !== null) parser.answers(method);
  parser.receive(ascii(text));
  const event = parser.next();
  if (event?.kind !== 'head') throw new Error(`no head: ${JSON.stringify(event)}`);
  return event.head;
}
export const requestHeadOf = (text: string) => headOf('request', text, null) as RequestHead;
export const replyHeadOf = (text: string, method = 'GET') => headOf('response', text, method) as ResponseHead;

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);

/** A body without its chunks, for bodies of one chunk. */
function plainBody(text: string, framing: Framing): string {
  const body = bodyOf(text);
  return framing.kind === 'chunked' ? body.slice(body.indexOf('\r\n') + 2, body.lastIndexOf('\r\n0\r\n')) : body;
}

const framed = (body: string, framing: Framing): string =>
  framing.kind === 'chunked' && body !== '' ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body;

/** The request as it goes to the server. A body that came in chunks is gathered. */
export function passedRequest(request: string, plan: Partial<RequestPlan> = {}): string {
  const head = requestHeadOf(request);
  const body = plainBody(request, head.framing);
  const framing: Framing = head.framing.kind === 'chunked' ? { kind: 'length', bytes: body.length } : head.framing;
  return latin1(writeRequest(head, { ...PLAN, framing, ...plan }).bytes) + body;
}

/** The reply as it goes to the client. */
export function passedReply(reply: string, request: string, plan: Partial<RelayPlan> = {}): string {
  const asked = requestHeadOf(request);
  const head = replyHeadOf(reply, asked.method);
  const whole: RelayPlan = { request: asked, close: false, upgrade: null, via: 'bytescope', nowMs: 0, ...plan };
  const body = framed(plainBody(reply, head.framing), relayFraming(head, whole));
  return latin1(writeRelayedHead(head, whole)) + body;
}

export const makeRelay = (changes: Partial<Relay> = {}): Relay => ({
  upstream: 'api',
  server: SERVER,
  retries: 0,
  connection: UPSTREAM_ID,
  number: 1,
  routedAtMs: START_MS + 1,
  connectAtMs: START_MS + 1.5,
  connectedAtMs: START_MS + 2,
  securedAtMs: null,
  sendAtMs: START_MS + 2.2,
  sentAtMs: START_MS + 2.4,
  replyAtMs: START_MS + 8,
  repliedAtMs: START_MS + 9,
  ...changes,
});

export interface Scene {
  readonly request: string;
  readonly reply: string;
  readonly relay?: Partial<Relay>;
  readonly plan?: Partial<RequestPlan>;
  readonly relayPlan?: Partial<RelayPlan>;
  readonly row?: Partial<ConnectionRow>;
  readonly upstreamRow?: Partial<ConnectionRow>;
  /** Of both exchanges. */
  readonly exchange?: Partial<Exchange>;
}

const change = (connection: RecordedConnection, exchange: Partial<Exchange>): RecordedConnection => {
  const { exchanges } = connection.detail;
  connection.extra = { ...connection.extra, exchanges: exchanges.map((one) => ({ ...one, ...exchange })) };
  return connection;
};

/** Both connections of one exchange. */
export function passedOn(scene: Scene): { client: RecordedConnection; upstream: RecordedConnection } {
  const { request, reply, exchange = {} } = scene;
  const client = new RecordedConnection(CLIENT_ID, { client: '127.0.0.1:53122', ...scene.row }).add(
    received(START_MS, request),
    sent(START_MS + 9.5, passedReply(reply, request, scene.relayPlan)),
  );
  const upstream = new RecordedConnection(UPSTREAM_ID, {
    side: 'upstream',
    upstream: `api · ${SERVER}`,
    client: '127.0.0.1:41000',
    server: '127.0.0.1:3000',
    openedAtMs: START_MS + 1.5,
    connectedAtMs: START_MS + 2,
    phase: 'idle',
    ...scene.upstreamRow,
  }).add(received(START_MS + 2.2, passedRequest(request, scene.plan)), sent(START_MS + 8, reply));
  return {
    client: change(client, { relay: makeRelay(scene.relay), ...exchange }),
    upstream: change(upstream, { relayOf: { connection: CLIENT_ID, number: 1 }, ...exchange }),
  };
}

export const REQUEST =
  'POST http://shop.test/cart HTTP/1.0\r\nHost: shop.test\r\nUser-Agent: curl/8.5.0\r\nConnection: keep-alive, X-Once\r\n' +
  'X-Once: 1\r\nX-Forwarded-For: 10.9.9.9\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"a":[1]}';
export const REPLY =
  'HTTP/1.1 201 Created\r\nServer: nginx\r\nKeep-Alive: timeout=5\r\nContent-Type: text/plain\r\n' +
  'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n';
