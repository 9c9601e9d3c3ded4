/** Writes final replies, and states where each stands and what it answers. */
import type { StartLine } from '../http1/parser';
import { writeReply, type ReplyParts } from '../http1/writer';
import type { Desk } from './desk';
import type { OpenExchange } from './exchange';
import type { Outbound } from './outbound';

const NO_START_LINE: StartLine = { method: '', target: '', version: '' };

export function replyToRequest(
  out: Outbound,
  desk: Desk,
  exchange: OpenExchange,
  parts: ReplyParts,
  atMs: number,
): void {
  const { head, rateFields, closes: close } = exchange;
  const { method, minor } = head;
  const start = out.bytes;
  // The reply to HTTP/0.9 is the body alone (RFC 1945 §4.1).
  if (head.simple) out.write(parts.body);
  else out.write(writeReply(withFields(parts, rateFields), { method, minor, close, nowMs: atMs }));
  exchange.replied = true;
  stateReply(out, desk, exchange, { status: parts.status, start, atMs });
}

/** The reply to this request, which began at that offset, is written. */
export function stateReply(
  out: Outbound,
  { parser }: Desk,
  { head, number, startedAtMs }: OpenExchange,
  { status, start, atMs }: { readonly status: number; readonly start: number; readonly atMs: number },
): void {
  const { method, target, version, start: requestStart } = head;
  out.port.record({
    kind: 'reply',
    connection: out.connection,
    atMs,
    number,
    status,
    start,
    end: out.bytes,
    side: 'client',
    method,
    target,
    version,
    requestStart,
    requestBytes: parser.offset - requestStart,
    startedAtMs,
  });
}

/** To bytes that did not become a request, or to none; the connection closes after it. */
export function replyToNone(out: Outbound, { parser, clock }: Desk, parts: ReplyParts, atMs: number): void {
  const { offset, messageStart } = parser;
  const { method, target, version } = parser.startLine ?? NO_START_LINE;
  const start = out.bytes;
  // The method is known before the start line is: HEAD has no content, whatever is wrong (RFC 9110 §9.3.2).
  out.write(writeReply(parts, { method: parser.method, minor: 1, close: true, nowMs: atMs }));
  out.port.record({
    kind: 'reply',
    connection: out.connection,
    atMs,
    number: 0,
    status: parts.status,
    start,
    end: out.bytes,
    side: 'client',
    method,
    target,
    version,
    requestStart: messageStart,
    requestBytes: offset - messageStart,
    startedAtMs: clock.requestStartedAtMs,
  });
}

/** What is kept of a reply holds no long body in memory. */
const MAX_KEPT_BODY_BYTES = 1024;

let joined: { readonly parts: ReplyParts; readonly added: ReplyParts['fields']; readonly whole: ReplyParts } | null =
  null;

/** The very parts where nothing is added, and the same again where the same is: the writer knows them again. */
function withFields(parts: ReplyParts, added: ReplyParts['fields']): ReplyParts {
  if (added.length === 0) return parts;
  if (joined !== null && joined.parts === parts && joined.added === added) return joined.whole;
  const whole = { status: parts.status, fields: [...parts.fields, ...added], body: parts.body };
  if (parts.body.length <= MAX_KEPT_BODY_BYTES) joined = { parts, added, whole };
  return whole;
}
