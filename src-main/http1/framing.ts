/**
 * What the fields of a head mean for the message itself: how its body ends (RFC 9112 §6.3), whether the connection
 * lives on (§9.3), and, for requests, Host (§3.2) and Expect (RFC 9110 §10.1.1).
 *
 * Strict where the RFC leaves a choice: two Content-Length fields are refused even when they agree, and so is
 * Content-Length beside Transfer-Encoding, because two servers in a row that choose differently see two different
 * requests. The first field line, in the order they were sent, that makes the head unacceptable bears the fault.
 */
import type { ErrorCode } from '../contract/errors';
import { readAuthority } from './authority';
import { COMMA, DIGIT_0, isDigit } from './grammar';
import { eachElement, equalsLower, latin1 } from './bytes';
import type { Framing, RequestHead } from './events';
import type { FieldLines } from './fields';

export const NO_BODY: Framing = { kind: 'none' };
const CHUNKED: Framing = { kind: 'chunked' };
export const UNTIL_CLOSE: Framing = { kind: 'until-close' };

interface Judgement {
  framing: Framing;
  keepAlive: boolean;
  expectsContinue: boolean;
  /** Null where the head can be accepted. */
  code: ErrorCode | null;
  /** Offset in the section of the field line that bears the fault. */
  faultAt: number;
}

export interface StartLineFacts {
  readonly role: 'request' | 'response';
  readonly minor: number;
  /** Null in a response. */
  readonly targetForm: RequestHead['targetForm'] | null;
  /** Offset of the empty line: where the Host field is missed. */
  readonly emptyLine: number;
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

const takeHost: Take = (fields, index, seen, { targetForm }) => {
  if (targetForm === null) return null;
  seen.hosts += 1;
  if (seen.hosts > 1) return 'H1_HOST_REPEATED';
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

const takeLength: Take = (fields, index, seen) => {
  if (seen.length !== null) return 'H1_LENGTH_REPEATED';
  if (seen.codings) return 'H1_LENGTH_WITH_CODING';
  const { bytes } = fields;
  const start = fields.valueStart(index);
  const end = fields.valueEnd(index);
  if (start === end) return 'H1_LENGTH';
  let length = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at]!;
    if (byte === COMMA) return 'H1_LENGTH_REPEATED';
    if (!isDigit(byte)) return 'H1_LENGTH';
    length = length * 10 + (byte - DIGIT_0);
    if (length > Number.MAX_SAFE_INTEGER) return 'H1_LENGTH';
  }
  seen.length = length;
  return null;
};

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

const takeCoding: Take = (fields, index, seen, { role, minor }) => {
  if (minor === 0) return 'H1_CODING_IN_HTTP10';
  if (seen.length !== null) return 'H1_LENGTH_WITH_CODING';
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
  if (seen.length !== null) return { kind: 'length', bytes: seen.length };
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

function refused(code: ErrorCode, faultAt: number): Judgement {
  return { framing: NO_BODY, keepAlive: false, expectsContinue: false, code, faultAt };
}

export function judge(fields: FieldLines, facts: StartLineFacts): Judgement {
  const { bytes, count, origin } = fields;
  const seen = nothingSeen();
  for (let index = 0; index < count; index += 1) {
    const start = fields.nameStart(index);
    if (FIRST_BYTES[bytes[start]!] === 0) continue;
    const end = fields.nameEnd(index);
    const entry = BY_LENGTH[end - start];
    if (entry === undefined || !equalsLower(bytes, start, end, entry[0])) continue;
    const code = entry[1](fields, index, seen, facts);
    if (code !== null) return refused(code, start - origin);
  }
  const { role, minor, emptyLine } = facts;
  if (role === 'request' && minor > 0 && seen.hosts === 0) return refused('H1_HOST_MISSING', emptyLine);
  return {
    framing: framingOf(seen, role),
    keepAlive: !seen.close && (minor > 0 || seen.keepAlive),
    expectsContinue: seen.expectsContinue,
    code: null,
    faultAt: 0,
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
