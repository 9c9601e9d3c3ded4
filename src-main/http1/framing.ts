/**
 * What the fields of a head mean for the message itself: how its body ends (RFC 9112 §6.3), whether the connection
 * lives on (§9.3), and, for requests, Host (§3.2) and Expect (RFC 9110 §10.1.1).
 *
 * Strict where the RFC leaves a choice, unless the rules say otherwise: two Content-Length fields are refused even
 * when they agree, and so is Content-Length beside Transfer-Encoding, because two servers in a row that choose
 * differently see two different requests. The first field line, in the order they were sent, that makes the head unacceptable bears the fault.
 */
import type { ErrorCode } from '../contract/errors';
import { readAuthority } from './authority';
import { COMMA, DIGIT_0, isDigit, isOws } from './grammar';
import { CODING, CONNECTION, EXPECT, HOST, LENGTH } from './noted-names';
import { NO_BYTES, bytesOf, eachElement, equalBytes, equalsLower, latin1 } from './bytes';
import { STRICT_RULES, type Framing, type ParserRules } from './events';
import { NOTED_FIELDS, type FieldLines, type SectionFields } from './fields';

export const NO_BODY: Framing = { kind: 'none' };
const CHUNKED: Framing = { kind: 'chunked' };
export const UNTIL_CLOSE: Framing = { kind: 'until-close' };

export interface Refusal {
  readonly code: ErrorCode;
  /** Index of the field that bears the fault; null for the empty line, where a field is missed. */
  readonly field: number | null;
}

/** What is known of a message: its start line, the rules it is read by, and what its fields said so far. */
interface Seen {
  role: 'request' | 'response';
  minor: number;
  rules: ParserRules;
  /** The request target names no host itself. */
  needsHost: boolean;
  hosts: number;
  /** Null before a Content-Length. */
  length: number | null;
  codings: boolean;
  chunked: boolean;
  close: boolean;
  keepAlive: boolean;
  expectsContinue: boolean;
}

/** One for all heads: to make one is as much work as to read a field. It is read before the next head is judged. */
const seen: Seen = {
  role: 'request',
  minor: 1,
  rules: STRICT_RULES,
  needsHost: false,
  hosts: 0,
  length: null,
  codings: false,
  chunked: false,
  close: false,
  keepAlive: false,
  expectsContinue: false,
};

function nothingSeen(role: Seen['role'], minor: number, rules: ParserRules, needsHost: boolean): void {
  seen.role = role;
  seen.minor = minor;
  seen.rules = rules;
  seen.needsHost = needsHost;
  seen.hosts = 0;
  seen.length = null;
  seen.codings = false;
  seen.chunked = false;
  seen.close = false;
  seen.keepAlive = false;
  seen.expectsContinue = false;
}

/** Is the head one that can be accepted? */
export const isRefusal = (verdict: Seen | Refusal): verdict is Refusal => 'code' in verdict;

type Take = (fields: SectionFields, index: number) => ErrorCode | null;

const takeHost: Take = (fields, index) => {
  if (seen.role === 'response') return null;
  seen.hosts += 1;
  if (seen.hosts > 1) return seen.rules.repeatedHost ? null : 'H1_HOST_REPEATED';
  const start = fields.valueStart(index);
  const end = fields.valueEnd(index);
  // Empty where the target URI has no authority (RFC 9112 §3.2), and ignored beside absolute-form (§3.2.2). A path
  // alone needs one: an http URI without a host is to be rejected (RFC 9110 §4.2.1).
  if (start === end) return seen.needsHost ? 'H1_HOST' : null;
  if (equalBytes(fields.bytes, start, end, knownHost)) return null;
  const authority = readAuthority(latin1(fields.bytes, start, end));
  if (authority === null || authority.hostBytes === 0) return 'H1_HOST';
  if (end - start <= MAX_KNOWN_HOST_BYTES) knownHost = new Uint8Array(fields.bytes.subarray(start, end));
  return null;
};

/** The last one found good: nearly every request names the same, and comparing is far less work than reading it. */
let knownHost = NO_BYTES;
const MAX_KNOWN_HOST_BYTES = 256;

const CLOSE = bytesOf('close');
const KEEP_ALIVE = bytesOf('keep-alive');
const CHUNKED_CODING = bytesOf('chunked');
const CONTINUE = bytesOf('100-continue');

const takeLength: Take = (fields, index) => {
  const { rules } = seen;
  if (seen.length !== null && !rules.equalLengths) return 'H1_LENGTH_REPEATED';
  if (seen.codings && rules.lengthWithCoding === 'refuse') return 'H1_LENGTH_WITH_CODING';
  const { bytes } = fields;
  const end = fields.valueEnd(index);
  let memberEnd = fields.valueStart(index) - 1;
  do {
    const start = memberEnd + 1;
    memberEnd = commaAt(bytes, start, end);
    if (memberEnd < end && !rules.equalLengths) return refusedList(bytes, start, memberEnd);
    const length = lengthIn(bytes, start, memberEnd);
    if (length === null) return 'H1_LENGTH';
    if (seen.length !== null && seen.length !== length) return 'H1_LENGTH_REPEATED';
    seen.length = length;
  } while (memberEnd < end);
  return null;
};

/** A list of lengths is refused for being one, unless what stands before its first comma is no length at all. */
const refusedList = (bytes: Uint8Array, start: number, end: number): ErrorCode =>
  start === end || lengthIn(bytes, start, end) !== null ? 'H1_LENGTH_REPEATED' : 'H1_LENGTH';

function commaAt(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== COMMA) at += 1;
  return at;
}

/** Null where it is no number that can be counted. White space may only stand around the members of a list. */
function lengthIn(bytes: Uint8Array, start: number, end: number): number | null {
  let from = start;
  let to = end;
  while (from < to && isOws(bytes[from]!)) from += 1;
  while (to > from && isOws(bytes[to - 1]!)) to -= 1;
  if (from === to) return null;
  let length = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at]!;
    if (!isDigit(byte)) return null;
    length = length * 10 + (byte - DIGIT_0);
    if (length > Number.MAX_SAFE_INTEGER) return null;
  }
  return length;
}

/** Does the list that the Transfer-Encoding lines from this one on make together end in chunked? */
function endsInChunked(fields: SectionFields, from: number): boolean {
  const { bytes } = fields;
  let isChunked = false;
  for (let index = from; index < fields.count; index += 1) {
    if (!equalsLower(bytes, fields.nameStart(index), fields.nameEnd(index), CODING)) continue;
    eachElement(bytes, fields.valueStart(index), fields.valueEnd(index), (start, end) => {
      isChunked = equalsLower(bytes, start, end, CHUNKED_CODING);
    });
  }
  return isChunked;
}

const takeCoding: Take = (fields, index) => {
  const { role, minor, rules } = seen;
  if (minor === 0 && !rules.codingInHttp10) return 'H1_CODING_IN_HTTP10';
  if (seen.length !== null && rules.lengthWithCoding === 'refuse') return 'H1_LENGTH_WITH_CODING';
  const { bytes } = fields;
  let count = 0;
  let isUnknown = false;
  let isMisplaced = false;
  eachElement(bytes, fields.valueStart(index), fields.valueEnd(index), (start, end) => {
    count += 1;
    isMisplaced ||= seen.chunked;
    if (equalsLower(bytes, start, end, CHUNKED_CODING)) seen.chunked = true;
    // What a reply was coded with before it was chunked does not change where it ends.
    else isUnknown ||= role === 'request';
  });
  seen.codings = true;
  if (count === 0 || isMisplaced) return 'H1_CODING_ORDER';
  if (!isUnknown) return null;
  // 501 for a coding nobody knows (RFC 9112 §6.1), but 400 where the body has no end to be found (§6.3).
  return endsInChunked(fields, index) ? 'H1_CODING_UNKNOWN' : 'H1_CODING_ORDER';
};

const takeConnection: Take = (fields, index) => {
  const { bytes } = fields;
  const take = (start: number, end: number): void => {
    if (equalsLower(bytes, start, end, CLOSE)) seen.close = true;
    else if (equalsLower(bytes, start, end, KEEP_ALIVE)) seen.keepAlive = true;
  };
  const valueStart = fields.valueStart(index);
  const valueEnd = fields.valueEnd(index);
  // Nearly always one element and nothing around it.
  if (equalsLower(bytes, valueStart, valueEnd, KEEP_ALIVE)) seen.keepAlive = true;
  else eachElement(bytes, valueStart, valueEnd, take);
  return null;
};

const takeExpect: Take = (fields, index) => {
  const { role, minor } = seen;
  // An expectation in HTTP/1.0 is ignored (RFC 9110 §10.1.1).
  if (role === 'response' || minor === 0) return null;
  const { bytes } = fields;
  let count = 0;
  let met = 0;
  eachElement(bytes, fields.valueStart(index), fields.valueEnd(index), (start, end) => {
    count += 1;
    if (equalsLower(bytes, start, end, CONTINUE)) met += 1;
  });
  if (met < count) return 'H1_EXPECTATION';
  seen.expectsContinue ||= met > 0;
  return null;
};

/** By the length of the name: each that means something has one of its own. */
function codeOf(fields: SectionFields, index: number): ErrorCode | null {
  const { bytes } = fields;
  const start = fields.nameStart(index);
  const end = fields.nameEnd(index);
  switch (end - start) {
    case 4:
      return equalsLower(bytes, start, end, HOST) ? takeHost(fields, index) : null;
    case 6:
      return equalsLower(bytes, start, end, EXPECT) ? takeExpect(fields, index) : null;
    case 10:
      return equalsLower(bytes, start, end, CONNECTION) ? takeConnection(fields, index) : null;
    case 14:
      return equalsLower(bytes, start, end, LENGTH) ? takeLength(fields, index) : null;
    case 17:
      return equalsLower(bytes, start, end, CODING) ? takeCoding(fields, index) : null;
    default:
      return null;
  }
}

/**
 * Looks at the fields in the order they were sent: at those that are noted, and at those nothing is noted of. What it
 * returns is valid until the next call.
 */
export function judge(
  fields: SectionFields,
  role: Seen['role'],
  minor: number,
  rules: ParserRules,
  needsHost: boolean,
): Seen | Refusal {
  nothingSeen(role, minor, rules, needsHost);
  for (let bits = fields.noted; bits !== 0; bits &= bits - 1) {
    const field = 31 - Math.clz32(bits & -bits);
    const code = codeOf(fields, field);
    if (code !== null) return { code, field };
  }
  for (let field = NOTED_FIELDS; field < fields.count; field += 1) {
    const code = codeOf(fields, field);
    if (code !== null) return { code, field };
  }
  return role === 'request' && minor > 0 && seen.hosts === 0 ? { code: 'H1_HOST_MISSING', field: null } : seen;
}

export function framingOf({ chunked, length, codings, role }: Readonly<Seen>): Framing {
  if (chunked) return CHUNKED;
  if (length !== null && !codings) return { kind: 'length', bytes: length };
  return role === 'request' ? NO_BODY : UNTIL_CLOSE;
}

/** RFC 9112 §9.3, and what the rules let through may have left the connection unusable (§6.1, §6.3 item 3). */
export function isReusable({ close, keepAlive, minor, codings, length, rules }: Readonly<Seen>): boolean {
  if (close || (minor === 0 && !keepAlive)) return false;
  return !codings || (minor > 0 && (length === null || rules.lengthWithCoding === 'keep'));
}

/** Fields that steer the message, its routing or who may send it come too late in trailers (RFC 9110 §6.5.1). */
const FORBIDDEN_IN_TRAILERS: ReadonlySet<string> = new Set([
  // framing
  'connection',
  'content-length',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // routing and request modifiers
  'cache-control',
  'expect',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'max-forwards',
  'pragma',
  'range',
  'te',
  // authentication
  'authorization',
  'cookie',
  'proxy-authenticate',
  'proxy-authorization',
  'set-cookie',
  'www-authenticate',
  // how the content is to be read
  'content-encoding',
  'content-range',
  'content-type',
  // control data of replies
  'age',
  'date',
  'expires',
  'location',
  'retry-after',
  'vary',
]);

/** Offset in the section of the first trailer field that may not be one; -1 where all may. */
export function forbiddenTrailer(fields: FieldLines): number {
  for (let index = 0; index < fields.count; index += 1) {
    if (FORBIDDEN_IN_TRAILERS.has(fields.name(index).toLowerCase())) return fields.nameStart(index);
  }
  return -1;
}
