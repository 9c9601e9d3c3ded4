/**
 * The start line: `method SP request-target SP HTTP-version CRLF` (RFC 9112 §3) or
 * `HTTP-version SP status-code SP [reason-phrase] CRLF` (RFC 9112 §4), with exactly one space where the grammar has
 * one. Each function takes one element as far as its bytes are there and returns whether it is complete. What the
 * rules let through beyond that is decided where a fault would be raised, so it costs a good line nothing.
 */
import type { ErrorCode } from '../contract/errors';
import { CR, DIGIT_0, FIELD_CONTENT, HTAB, LF, SP, TARGET_CHAR, TCHAR, isDigit } from './grammar';
import { MAX_METHOD_BYTES, methodName } from './method';
import type { Registers } from './registers';
import {
  FIELD_LINE,
  HTTP_VERSION,
  METHOD,
  REASON_PHRASE,
  REASON_SPACE,
  REQUEST_TARGET,
  START_LINE_CR,
  START_LINE_LF,
  STATUS_CODE,
  STATUS_SPACE,
  TLS_LINE,
  TLS_RECORD,
} from './states';
import { firstOddCharacter, isTargetFor } from './target';
import { MAX_EXACT_MAJOR, VERSION_09, isExactVersion, treatedMinor, versionText } from './version';

/** The second byte of every TLS record up to TLS 1.3 (RFC 8446 §5.1). */
const TLS_MAJOR = 0x03;
const VERSION_START = [0x48, 0x54, 0x54, 0x50, 0x2f];
const MAJOR = VERSION_START.length;
const DOT = MAJOR + 1;
const MINOR = DOT + 1;
const DOT_BYTE = 0x2e;

/** A line feed without CR has a name of its own wherever a line could have ended, unless it may end one. */
const orBareLf = (r: Registers, byte: number, code: ErrorCode): ErrorCode =>
  byte === LF && !r.limits.rules.bareLf ? 'H1_BARE_LF' : code;

const endsLine = (r: Registers, byte: number): boolean => byte === CR || (byte === LF && r.limits.rules.bareLf);

function tlsRecord(r: Registers, stop: number): boolean {
  if (r.at >= stop) return false;
  const isTls = r.bytes[r.at] === TLS_MAJOR;
  if (isTls && r.limits.rules.tlsOnPlainPort === 'wait') {
    r.state = TLS_LINE;
    return true;
  }
  r.failAt(isTls ? 'H1_TLS_ON_PLAIN_PORT' : 'H1_METHOD', r.sectionStart, r.at);
  return false;
}

/** A server that reads a line before it looks at it says what is wrong once there is one. */
function tlsLine(r: Registers, stop: number): boolean {
  const { bytes } = r;
  let { at } = r;
  while (at < stop && bytes[at] !== LF) at += 1;
  r.at = at;
  if (at < stop) r.failAt('H1_TLS_ON_PLAIN_PORT', r.sectionStart, at);
  return false;
}

function method(r: Registers, stop: number): boolean {
  const { bytes, toSection } = r;
  const methodStop = Math.min(stop, MAX_METHOD_BYTES - toSection);
  let { at } = r;
  while (at < methodStop && TCHAR[bytes[at]!] === 1) at += 1;
  r.at = at;
  if (at >= stop) return false;
  const byte = bytes[at]!;
  if (TCHAR[byte] === 1) {
    r.fail('H1_METHOD_LENGTH', at);
    return false;
  }
  const length = at + toSection;
  const isSeparator = byte === SP || byte === HTAB || endsLine(r, byte);
  // Told also where the line ends too early: the reply to HEAD has no content, whatever is wrong (RFC 9110 §9.3.2).
  if (isSeparator) r.method = r.gathered.length === 0 ? methodName(bytes, at - length, at) : r.text(0, length);
  if (byte !== SP || length === 0) {
    r.fail(isSeparator ? 'H1_REQUEST_LINE' : orBareLf(r, byte, 'H1_METHOD'), at);
    return false;
  }
  r.span('method', at);
  r.at = at + 1;
  r.span('space', r.at);
  r.targetStart = length + 1;
  r.targetEnd = r.targetStart;
  r.state = REQUEST_TARGET;
  return true;
}

function requestTarget(r: Registers, stop: number): boolean {
  const { bytes, toSection, targetStart } = r;
  const { maxTargetBytes } = r.limits;
  const targetStop = Math.min(stop, targetStart - toSection + maxTargetBytes);
  let { at } = r;
  while (at < targetStop && TARGET_CHAR[bytes[at]!] === 1) at += 1;
  r.at = at;
  r.targetEnd = at + toSection;
  if (at >= stop) return false;
  const byte = bytes[at]!;
  if (TARGET_CHAR[byte] === 1) {
    r.targetEnd += 1;
    r.exceed('LIM_TARGET_BYTES', at, { limit: maxTargetBytes, measured: r.targetEnd - targetStart });
    return false;
  }
  const isEmpty = r.targetEnd === targetStart;
  if (byte === SP && !isEmpty) return endTarget(r, at) && beginVersion(r, at);
  const isLineEnd = endsLine(r, byte);
  if (isLineEnd && !isEmpty && mayLackVersion(r)) return endTarget(r, at) && leaveOutVersion(r);
  r.fail(orBareLf(r, byte, isLineEnd || isEmpty ? 'H1_REQUEST_LINE' : 'H1_TARGET'), at);
  return false;
}

/** A request line of HTTP/0.9 has no version, and no other method than GET (RFC 1945 §4.1); llhttp takes any. */
function mayLackVersion(r: Registers): boolean {
  const { http09 } = r.limits.rules;
  if (isPreface(r)) return false;
  return http09 === 'fields' || (http09 === 'answer' && r.method === 'GET');
}

function leaveOutVersion(r: Registers): boolean {
  r.version = VERSION_09;
  r.major = 0;
  r.minor = 0;
  r.simple = r.limits.rules.http09 === 'answer';
  r.state = START_LINE_CR;
  return true;
}

function beginVersion(r: Registers, at: number): boolean {
  r.at = at + 1;
  r.span('space', r.at);
  r.taken = 0;
  r.state = HTTP_VERSION;
  return true;
}

const isPreface = (r: Registers): boolean => r.method === 'PRI' && r.text(r.targetStart, r.targetEnd) === '*';

function endTarget(r: Registers, at: number): boolean {
  const isSlash = r.gathered.length === 0 && r.bytes[r.targetStart - r.toSection] === 0x2f;
  const isPlain = isSlash && r.method !== 'CONNECT';
  // The HTTP/2 preface has a target of no form; its version tells what it is.
  if (!isPlain && !isTargetFor(r.method, r.text(r.targetStart, r.targetEnd)) && !isPreface(r)) {
    r.failAt('H1_TARGET', r.sectionStart + r.targetStart, at);
    return false;
  }
  const odd = r.limits.rules.oddTargets ? -1 : firstOddCharacter(r.method, r.text(r.targetStart, r.targetEnd));
  if (odd >= 0) {
    r.failAt('H1_TARGET', r.sectionStart + r.targetStart + odd, at);
    return false;
  }
  r.span('target', at);
  return true;
}

/** The rule for one byte of `HTTP/1.x`; null where it may stand. */
function versionFault(r: Registers, byte: number): ErrorCode | null {
  const { taken } = r;
  if (taken < MAJOR) return byte === VERSION_START[taken] ? null : 'H1_VERSION';
  if (taken === DOT) return byte === DOT_BYTE ? majorFault(r) : 'H1_VERSION';
  if (!isDigit(byte)) return 'H1_VERSION';
  if (taken === MAJOR) r.major = byte - DIGIT_0;
  else r.minor = byte - DIGIT_0;
  if (versionRule(r) !== 'exact') return null;
  const mayBe = taken === MAJOR ? r.major <= MAX_EXACT_MAJOR : isExactVersion(r.major, r.minor);
  return mayBe ? null : 'H1_VERSION';
}

const versionRule = (r: Registers) => (r.role === 'request' ? r.limits.rules.versions : 'http1');

/** "HTTP/01.1" is no version at all, so another major version is told apart only at the byte after its digit. */
function majorFault(r: Registers): ErrorCode | null {
  if (r.major === 1) return null;
  if (r.major === 2 && r.role === 'request' && isPreface(r)) return 'H1_HTTP2_PREFACE';
  return versionRule(r) === 'http1' ? 'H1_VERSION_UNSUPPORTED' : null;
}

function httpVersion(r: Registers, stop: number): boolean {
  const { bytes, role } = r;
  let { at } = r;
  for (; at < stop && r.taken <= MINOR; at += 1) {
    const byte = bytes[at]!;
    const code = versionFault(r, byte);
    if (code !== null) {
      failVersion(r, code, at);
      return false;
    }
    r.taken += 1;
  }
  r.at = at;
  if (r.taken <= MINOR) return false;
  r.state = role === 'request' ? START_LINE_CR : STATUS_SPACE;
  if (role === 'request' && r.method === 'PRI' && isPreface(r)) {
    r.failAt('H1_TARGET', r.sectionStart + r.targetStart, at);
    return false;
  }
  r.span('version', at);
  r.version = versionText(r.major, r.minor);
  r.minor = treatedMinor(r.major, r.minor, versionRule(r));
  return true;
}

function failVersion(r: Registers, code: ErrorCode, at: number): void {
  if (code === 'H1_HTTP2_PREFACE') return r.failAt(code, r.sectionStart, at);
  if (code === 'H1_VERSION_UNSUPPORTED') return r.failAt(code, r.base + at - 1, at);
  const byte = r.bytes[at]!;
  const isMissing = r.taken === 0 && (endsLine(r, byte) || byte === SP || byte === HTAB);
  r.fail(isMissing ? lineFault(r) : orBareLf(r, byte, code), at);
}

const lineFault = (r: Registers): ErrorCode => (r.role === 'request' ? 'H1_REQUEST_LINE' : 'H1_STATUS_LINE');

/** A space that has to stand here, in a status line. */
function statusSpace(r: Registers, stop: number): boolean {
  const { at } = r;
  if (at >= stop) return false;
  const byte = r.bytes[at]!;
  if (byte !== SP) {
    r.fail(orBareLf(r, byte, 'H1_STATUS_LINE'), at);
    return false;
  }
  r.at = at + 1;
  r.span('space', r.at);
  r.taken = 0;
  if (r.state === STATUS_SPACE) {
    r.statusCode = 0;
    r.state = STATUS_CODE;
  } else {
    r.reasonStart = r.at + r.toSection;
    r.state = REASON_PHRASE;
  }
  return true;
}

function statusCode(r: Registers, stop: number): boolean {
  for (; r.at < stop && r.taken < 3; r.at += 1) {
    const byte = r.bytes[r.at]!;
    if (!isDigit(byte) || (r.taken === 0 && byte === DIGIT_0)) {
      r.fail(orBareLf(r, byte, 'H1_STATUS_LINE'), r.at);
      return false;
    }
    r.statusCode = r.statusCode * 10 + (byte - DIGIT_0);
    r.taken += 1;
  }
  if (r.taken < 3) return false;
  r.span('status', r.at);
  r.state = REASON_SPACE;
  return true;
}

function reasonPhrase(r: Registers, stop: number): boolean {
  const { bytes } = r;
  let { at } = r;
  while (at < stop && FIELD_CONTENT[bytes[at]!] === 1) at += 1;
  r.at = at;
  if (at >= stop) return false;
  r.reasonEnd = at + r.toSection;
  r.span('reason', at);
  r.state = START_LINE_CR;
  return true;
}

function startLineCr(r: Registers, stop: number): boolean {
  const { at } = r;
  if (at >= stop) return false;
  const byte = r.bytes[at]!;
  if (!endsLine(r, byte)) {
    r.fail(orBareLf(r, byte, byte === SP || byte === HTAB || r.role === 'response' ? lineFault(r) : 'H1_VERSION'), at);
    return false;
  }
  // An LF alone is left to be taken as the one after a CR is.
  if (byte === CR) r.at = at + 1;
  r.state = START_LINE_LF;
  return true;
}

function startLineLf(r: Registers, stop: number): boolean {
  const { at } = r;
  if (at >= stop) return false;
  if (r.bytes[at] !== LF) {
    r.fail('H1_BARE_CR', at);
    return false;
  }
  r.at = at + 1;
  r.span('line-end', r.at);
  r.fieldsStart = r.at + r.toSection;
  r.state = FIELD_LINE;
  return true;
}

const STEPS: Readonly<Record<number, (r: Registers, stop: number) => boolean>> = {
  [TLS_RECORD]: tlsRecord,
  [TLS_LINE]: tlsLine,
  [METHOD]: method,
  [REQUEST_TARGET]: requestTarget,
  [HTTP_VERSION]: httpVersion,
  [STATUS_SPACE]: statusSpace,
  [STATUS_CODE]: statusCode,
  [REASON_SPACE]: statusSpace,
  [REASON_PHRASE]: reasonPhrase,
  [START_LINE_CR]: startLineCr,
  [START_LINE_LF]: startLineLf,
};

function takeSteps(r: Registers, stop: number): void {
  while (r.state <= START_LINE_LF) {
    const step = STEPS[r.state];
    if (step === undefined || !step(r, stop)) return;
  }
}

/** Takes the start line as far as its bytes are there. */
export function scanStartLine(r: Registers, stop: number): void {
  const { maxRequestLineBytes: limit } = r.limits;
  const lineStop = r.role === 'request' ? limit - r.toSection : Infinity;
  if (r.at < lineStop) takeSteps(r, Math.min(stop, lineStop));
  if (r.at < lineStop || r.at >= stop || r.state > START_LINE_LF) return;
  const byte = r.bytes[r.at]!;
  // What ends the line is not counted; whether it may stand here is for the steps to say.
  const isEnd = byte === LF || (byte === CR && r.state !== TLS_LINE);
  if (r.state === START_LINE_LF || (isEnd && r.at === lineStop)) takeSteps(r, stop);
  else r.exceed('LIM_REQUEST_LINE_BYTES', r.at, { limit, measured: r.at + r.toSection + 1 });
}
