/**
 * Replies as bytes.
 *
 * Owns the framing of a reply: status line, Date, Content-Length, Connection. It must not know routes, guards or
 * clocks; the time is an argument. Head and body leave in one buffer, because two writes cost half as much again
 * and stall behind Nagle's algorithm.
 *
 * A value it cannot write safely is a bug of the caller, never sent: a CR or LF in a field would let whoever chose
 * that value write a reply of their own (response splitting).
 */
import { BugError } from '../contract/errors';
import { httpDate } from './date';
import { REASONS } from './reasons';
import { takeRoom } from './slab';

export interface ReplyParts {
  readonly status: number;
  /** Without Date, Content-Length, Connection and Transfer-Encoding: those are the writer's. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

export interface ReplyContext {
  readonly method: string;
  /** Minor version of the request. */
  readonly minor: number;
  /** Is the connection closed after this reply? */
  readonly close: boolean;
  readonly nowMs: number;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Beyond 0xFF a character would be cut to its low byte, and U+010A would become a line feed. */
const UNWRITABLE = /[^\t\x20-\x7e\x80-\xff]/;
const OWN_FIELDS = new Set(['date', 'content-length', 'connection', 'transfer-encoding']);

function latin1(text: string, roomBytes = 0): Uint8Array {
  const bytes = takeRoom(text.length + roomBytes);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** `Name: ` of names found good before; routes use a handful. */
const goodNames = new Map<string, string>();
const MAX_GOOD_NAMES = 200;

function checkName(name: string): string {
  if (!TOKEN.test(name)) throw new BugError('a reply field name is not a token');
  if (OWN_FIELDS.has(name.toLowerCase())) throw new BugError(`reply field ${name} belongs to the writer`);
  const start = `${name}: `;
  if (goodNames.size < MAX_GOOD_NAMES) goodNames.set(name, start);
  return start;
}

function fieldLine(name: string, value: string): string {
  if (UNWRITABLE.test(value)) throw new BugError(`the value of reply field ${name} holds a byte no field may hold`);
  return `${goodNames.get(name) ?? checkName(name)}${value}\r\n`;
}

/** RFC 9112 §9.3: HTTP/1.1 persists unless told otherwise, HTTP/1.0 closes unless told otherwise. */
function connectionLine({ close, minor }: ReplyContext): string {
  if (close) return 'Connection: close\r\n';
  return minor === 0 ? 'Connection: keep-alive\r\n' : '';
}

/** These never have content, so a length would only mislead (RFC 9110 §8.6, RFC 9112 §6.3). */
const isBodiless = (status: number): boolean => status < 200 || status === 204 || status === 304;

function writeAnew({ status, fields, body }: ReplyParts, context: ReplyContext): Uint8Array {
  const bodiless = isBodiless(status);
  let head = `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\nDate: ${httpDate(context.nowMs)}\r\n`;
  for (const [name, value] of fields) head += fieldLine(name, value);
  if (!bodiless) head += `Content-Length: ${body.length}\r\n`;
  head += `${connectionLine(context)}\r\n`;
  // HEAD tells the length and leaves the body out (RFC 9110 §9.3.2).
  const sendsBody = !bodiless && context.method !== 'HEAD';
  const bytes = latin1(head, sendsBody ? body.length : 0);
  if (sendsBody) bytes.set(body, head.length);
  return bytes;
}

/** Replies longer than this are not kept for reuse. */
const MAX_KEPT_BYTES = 4096;

interface KeptReply {
  readonly parts: ReplyParts;
  readonly context: ReplyContext;
  readonly second: number;
  readonly bytes: Uint8Array;
}
let kept: KeptReply | null = null;

const isSame = (one: ReplyParts, other: ReplyParts): boolean =>
  one === other || (one.status === other.status && one.fields === other.fields && one.body === other.body);

/** The method matters for HEAD alone, and of the versions the oldest alone. */
const isAlike = (one: ReplyContext, other: ReplyContext): boolean =>
  one.close === other.close &&
  (one.method === 'HEAD') === (other.method === 'HEAD') &&
  (one.minor === 0) === (other.minor === 0);

/**
 * One buffer with the head and the body. The same bytes may be given out more than once (a route whose parts are a
 * constant, within one second): nobody writes into them.
 *
 * @throws BugError on a field that cannot be written.
 */
export function writeReply(parts: ReplyParts, context: ReplyContext): Uint8Array {
  const second = Math.floor(context.nowMs / 1000);
  if (kept !== null && kept.second === second && isSame(kept.parts, parts) && isAlike(kept.context, context))
    return kept.bytes;
  const bytes = writeAnew(parts, context);
  if (bytes.length <= MAX_KEPT_BYTES) kept = { parts, context, second, bytes };
  return bytes;
}

/** The interim reply to `Expect: 100-continue` (RFC 9110 §10.1.1). */
export const CONTINUE_REPLY: Uint8Array = latin1('HTTP/1.1 100 Continue\r\n\r\n');
