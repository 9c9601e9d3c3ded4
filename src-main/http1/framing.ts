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
import { eachElement, equalsLower, latin1 } from './bytes';
import type { Framing, ParserRules, RequestHead } from './events';
import type { FieldLines } from './fields';

export const NO_BODY: Framing = { kind: 'none' };
const CHUNKED: Framing = { kind: 'chunked' };
export const UNTIL_CLOSE: Framing = { kind: 'until-close' };

export interface Refusal {
  readonly code: ErrorCode;
  /** Index of the field that bears the fault; null for the empty line, where a field is missed. */
  readonly field: number | null;
}

interface Meaning {
  readonly code: null;
  readonly framing: Framing;
  readonly keepAlive: boolean;
  readonly expectsContinue: boolean;
}

export interface StartLineFacts {
  readonly role: 'request' | 'response';
  readonly minor: number;
  /** Null in a response. */
  readonly targetForm: RequestHead['targetForm'] | null;
  readonly rules: ParserRules;
}

interface Seen {
  hosts: number;
  /** Null before a Content-Length. */
  length: number | null;
  codings: boolean;
  chunked: boolean;
  close: boolean;
  keepAlive: boolean;
  expectsContinue: boolean;
}

type Take = (fields: FieldLines, index: number, seen: Seen, facts: StartLineFacts) => ErrorCode | null;

const takeHost: Take = (fields, index, seen, { targetForm, rules }) => {
  if (targetForm === null) return null;
  seen.hosts += 1;
  if (seen.hosts > 1) return rules.repeatedHost ? null : 'H1_HOST_REPEATED';
  const start = fields.valueStart(index);
  const end = fields.valueEnd(index);
  // Empty where the target URI has no authority (RFC 9112 §3.2), and ignored beside absolute-form (§3.2.2).
  if (start === end) return null;
  if (isText(fields.bytes, start, end, knownHost)) return null;
  const host = latin1(fields.bytes, start, end);
  const authority = readAuthority(host);
  if (authority === null || authority.hostBytes === 0) return 'H1_HOST';
  knownHost = host;
  return null;
};

/** The last one found good: nearly every request names the same, and comparing is far less work than reading it. */
let knownHost = '';

function isText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let at = 0; at < text.length; at += 1) if (bytes[start + at] !== text.charCodeAt(at)) return false;
  return true;
}

const takeLength: Take = (fields, index, seen, { rules }) => {
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
function endsInChunked(fields: FieldLines, from: number): boolean {
  const { bytes } = fields;
  let isChunked = false;
  for (let index = from; index < fields.count; index += 1) {
    if (!equalsLower(bytes, fields.nameStart(index), fields.nameEnd(index), 'transfer-encoding')) continue;
    eachElement(bytes, fields.valueStart(index), fields.valueEnd(index), (start, end) => {
      isChunked = equalsLower(bytes, start, end, 'chunked');
    });
  }
  return isChunked;
}

const takeCoding: Take = (fields, index, seen, { role, minor, rules }) => {
  if (minor === 0 && !rules.codingInHttp10) return 'H1_CODING_IN_HTTP10';
  if (seen.length !== null && rules.lengthWithCoding === 'refuse') return 'H1_LENGTH_WITH_CODING';
  const { bytes } = fields;
  let count = 0;
  let isUnknown = false;
  let isMisplaced = false;
  eachElement(bytes, fields.valueStart(index), fields.valueEnd(index), (start, end) => {
    count += 1;
    isMisplaced ||= seen.chunked;
    if (equalsLower(bytes, start, end, 'chunked')) seen.chunked = true;
    // What a reply was coded with before it was chunked does not change where it ends.
    else isUnknown ||= role === 'request';
  });
  seen.codings = true;
  if (count === 0 || isMisplaced) return 'H1_CODING_ORDER';
  if (!isUnknown) return null;
  // 501 for a coding nobody knows (RFC 9112 §6.1), but 400 where the body has no end to be found (§6.3).
  return endsInChunked(fields, index) ? 'H1_CODING_UNKNOWN' : 'H1_CODING_ORDER';
};

const takeConnection: Take = (fields, index, seen) => {
  const { bytes } = fields;
  eachElement(bytes, fields.valueStart(index), fields.valueEnd(index), (start, end) => {
    if (equalsLower(bytes, start, end, 'close')) seen.close = true;
    else if (equalsLower(bytes, start, end, 'keep-alive')) seen.keepAlive = true;
  });
  return null;
};

const takeExpect: Take = (fields, index, seen, { role, minor }) => {
  // An expectation in HTTP/1.0 is ignored (RFC 9110 §10.1.1).
  if (role === 'response' || minor === 0) return null;
  const { bytes } = fields;
  let count = 0;
  let met = 0;
  eachElement(bytes, fields.valueStart(index), fields.valueEnd(index), (start, end) => {
    count += 1;
    if (equalsLower(bytes, start, end, '100-continue')) met += 1;
  });
  if (met < count) return 'H1_EXPECTATION';
  seen.expectsContinue ||= met > 0;
  return null;
};

/** By length, for most names have a length of their own: a field nobody asks about costs one look-up. */
const BY_LENGTH: readonly (readonly [name: string, take: Take] | undefined)[] = Array.from(
  { length: 18 },
  (_, length) =>
    (
      [
        ['host', takeHost],
        ['expect', takeExpect],
        ['connection', takeConnection],
        ['content-length', takeLength],
        ['transfer-encoding', takeCoding],
      ] as const
    ).find(([name]) => name.length === length),
);

const FIRST_BYTES = new Uint8Array(256);
for (const entry of BY_LENGTH) {
  if (entry === undefined) continue;
  const [name] = entry;
  FIRST_BYTES[name.charCodeAt(0)] = 1;
  FIRST_BYTES[name.toUpperCase().charCodeAt(0)] = 1;
}

function framingOf(seen: Seen, role: 'request' | 'response'): Framing {
  if (seen.chunked) return CHUNKED;
  if (seen.length !== null && !seen.codings) return { kind: 'length', bytes: seen.length };
  return role === 'request' ? NO_BODY : UNTIL_CLOSE;
}

const nothingSeen = (): Seen => ({
  hosts: 0,
  length: null,
  codings: false,
  chunked: false,
  close: false,
  keepAlive: false,
  expectsContinue: false,
});

/** Is the connection left usable by what the rules let through (RFC 9112 §6.1, §6.3 item 3)? */
function isSafeToReuse(seen: Seen, { minor, rules }: StartLineFacts): boolean {
  if (!seen.codings) return true;
  return minor > 0 && (seen.length === null || rules.lengthWithCoding === 'keep');
}

export function judge(fields: FieldLines, facts: StartLineFacts): Meaning | Refusal {
  const { bytes, count } = fields;
  const seen = nothingSeen();
  for (let index = 0; index < count; index += 1) {
    const start = fields.nameStart(index);
    if (FIRST_BYTES[bytes[start]!] === 0) continue;
    const end = fields.nameEnd(index);
    const entry = BY_LENGTH[end - start];
    if (entry === undefined || !equalsLower(bytes, start, end, entry[0])) continue;
    const code = entry[1](fields, index, seen, facts);
    if (code !== null) return { code, field: index };
  }
  const { role, minor } = facts;
  if (role === 'request' && minor > 0 && seen.hosts === 0) return { code: 'H1_HOST_MISSING', field: null };
  return {
    code: null,
    framing: framingOf(seen, role),
    keepAlive: !seen.close && (minor > 0 || seen.keepAlive) && isSafeToReuse(seen, facts),
    expectsContinue: seen.expectsContinue,
  };
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
    if (FORBIDDEN_IN_TRAILERS.has(fields.name(index).toLowerCase())) return fields.nameStart(index) - fields.origin;
  }
  return -1;
}
