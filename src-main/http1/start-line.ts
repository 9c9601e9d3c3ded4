/**
 * The start line: `method SP request-target SP HTTP-version CRLF` (RFC 9112 §3) or
 * `HTTP-version SP status-code SP [reason-phrase] CRLF` (RFC 9112 §4), with exactly one space where the grammar has
 * one. Each function takes one element as far as its bytes are there and returns whether it is complete.
 */
import type { ErrorCode } from '../contract/errors';
import { CR, DIGIT_0, FIELD_CONTENT, HTAB, LF, SP, TARGET_CHAR, TCHAR, isDigit } from './grammar';
import { methodName } from './method';
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
  TLS_RECORD,
} from './states';
import { isTargetFor } from './target';

/** The second byte of every TLS record up to TLS 1.3 (RFC 8446 §5.1). */
const TLS_MAJOR = 0x03;
const VERSION_START = [0x48, 0x54, 0x54, 0x50, 0x2f];
const MAJOR = VERSION_START.length;
const DOT = MAJOR + 1;
const MINOR = DOT + 1;

/** A line feed without CR has a name of its own wherever a line could have ended. */
const orBareLf = (byte: number, code: ErrorCode): ErrorCode => (byte === LF ? 'H1_BARE_LF' : code);

function tlsRecord(r: Registers, stop: number): boolean {
  if (r.at >= stop) return false;
  const code = r.bytes[r.at] === TLS_MAJOR ? 'H1_TLS_ON_PLAIN_PORT' : 'H1_METHOD';
  r.failAt(code, r.sectionStart, r.at);
  return false;
}

function method(r: Registers, stop: number): boolean {
  const { bytes, toSection } = r;
  let { at } = r;
  while (at < stop && TCHAR[bytes[at]!] === 1) at += 1;
  r.at = at;
  if (at >= stop) return false;
  const byte = bytes[at]!;
  const length = at + toSection;
  if (byte !== SP || length === 0) {
    const isSeparator = byte === SP || byte === HTAB || byte === CR;
    r.fail(isSeparator ? 'H1_REQUEST_LINE' : orBareLf(byte, 'H1_METHOD'), at);
    return false;
  }
  r.method = r.gathered.length === 0 ? methodName(bytes, at - length, at) : r.text(0, length);
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
  if (byte !== SP || isEmpty) {
    r.fail(byte === CR || isEmpty ? orBareLf(byte, 'H1_REQUEST_LINE') : orBareLf(byte, 'H1_TARGET'), at);
    return false;
  }
  return endTarget(r, at);
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
  r.span('target', at);
  r.at = at + 1;
  r.span('space', r.at);
  r.taken = 0;
  r.state = HTTP_VERSION;
  return true;
}

/** The rule for one byte of `HTTP/1.x`; null where it may stand. */
function versionFault(r: Registers, byte: number): ErrorCode | null {
  const { taken } = r;
  if (taken < MAJOR) return byte === VERSION_START[taken] ? null : 'H1_VERSION';
  // "HTTP/01.1" is no version at all, so another major version is told apart only at the byte after its digit.
  if (taken === DOT) return byte !== 0x2e ? 'H1_VERSION' : r.major === 1 ? null : 'H1_VERSION_UNSUPPORTED';
  if (!isDigit(byte)) return 'H1_VERSION';
  if (taken === MAJOR) r.major = byte - DIGIT_0;
  else r.minor = byte - DIGIT_0;
  return null;
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
  return true;
}

function failVersion(r: Registers, code: ErrorCode, at: number): void {
  if (code === 'H1_VERSION_UNSUPPORTED') {
    if (r.major === 2 && r.role === 'request' && isPreface(r)) return r.failAt('H1_HTTP2_PREFACE', r.sectionStart, at);
    return r.failAt(code, r.base + at - 1, at);
  }
  const byte = r.bytes[at]!;
  const isMissing = r.taken === 0 && (byte === CR || byte === SP || byte === HTAB);
  r.fail(isMissing ? lineFault(r) : orBareLf(byte, code), at);
}

const lineFault = (r: Registers): ErrorCode => (r.role === 'request' ? 'H1_REQUEST_LINE' : 'H1_STATUS_LINE');

/** A space that has to stand here, in a status line. */
function statusSpace(r: Registers, stop: number): boolean {
  const { at } = r;
  if (at >= stop) return false;
  const byte = r.bytes[at]!;
  if (byte !== SP) {
    r.fail(orBareLf(byte, 'H1_STATUS_LINE'), at);
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
      r.fail(orBareLf(byte, 'H1_STATUS_LINE'), r.at);
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
  if (byte !== CR) {
    r.fail(orBareLf(byte, byte === SP || byte === HTAB || r.role === 'response' ? lineFault(r) : 'H1_VERSION'), at);
    return false;
  }
  r.at = at + 1;
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

/** Takes the start line as far as its bytes are there. */
export function scanStartLine(r: Registers, stop: number): void {
  while (r.state <= START_LINE_LF) {
    const step = STEPS[r.state];
    if (step === undefined || !step(r, stop)) return;
  }
}
