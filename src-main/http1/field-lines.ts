/**
 * The field lines of a head or of trailers (RFC 9112 §5): `field-name ":" OWS field-value OWS CRLF`, ended by an
 * empty line. No white space before the colon, no folding, no bare CR or LF: each of them is read in two ways by
 * two servers, and that is how requests are smuggled.
 *
 * Here they are taken step by step, resting between any two bytes; lines that are plain go another way
 * (`plain-head.ts`). What the rules let through beyond the grammar (`odd-lines.ts`) is asked where a fault would be
 * raised.
 */
import { COLON, CR, FIELD_CONTENT, HTAB, LF, SP, TCHAR } from './grammar';
import {
  beginOddLine,
  foldOws,
  isOddName,
  lineEndFault,
  nameEndFault,
  skipField,
  skippedLf,
  skippedName,
  skippedValue,
} from './odd-lines';
import { takePlainFieldLines } from './plain-head';
import type { Registers } from './registers';
import {
  FIELD_LF,
  FIELD_LINE,
  FIELD_NAME,
  FIELD_OWS,
  FIELD_VALUE,
  FOLD_OWS,
  SECTION_LF,
  SKIPPED_LF,
  SKIPPED_NAME,
  SKIPPED_VALUE,
} from './states';

/** At the first byte of a line: another field, or the empty line. */
function fieldLine(r: Registers, stop: number): boolean {
  const { at, fields } = r;
  if (at >= stop) return false;
  const byte = r.bytes[at]!;
  if (byte === CR) {
    r.at = at + 1;
    r.state = SECTION_LF;
    return true;
  }
  if (TCHAR[byte] !== 1) return beginOddLine(r, byte);
  r.lineStart = at + r.toSection;
  if (fields.count >= r.limits.maxFieldCount) {
    if (r.lineRules.fieldOverflow === 'drop') {
      r.state = SKIPPED_NAME;
      return true;
    }
    r.exceed('LIM_FIELD_COUNT', at, { limit: r.limits.maxFieldCount, measured: fields.count + 1 });
    return false;
  }
  const field = fields.open();
  fields.values[field] = at + r.toSection;
  r.state = FIELD_NAME;
  return true;
}

function fieldName(r: Registers, stop: number): boolean {
  const { bytes } = r;
  let { at } = r;
  while (at < stop && TCHAR[bytes[at]!] === 1) at += 1;
  r.at = at;
  if (at >= stop) return false;
  if (bytes[at] !== COLON) {
    if (isOddName(r, bytes[at]!)) return skipField(r);
    r.fail(nameEndFault(r, bytes[at]!), at);
    return false;
  }
  r.fields.values[r.fields.last + 1] = at + r.toSection;
  r.fields.note();
  if (r.tap !== null) {
    r.span('field-name', at);
    r.span('colon', at + 1);
  }
  r.at = at + 1;
  r.state = FIELD_OWS;
  return true;
}

function fieldOws(r: Registers, stop: number): boolean {
  const { bytes } = r;
  let { at } = r;
  while (at < stop && (bytes[at] === SP || bytes[at] === HTAB)) at += 1;
  r.at = at;
  if (at >= stop) return false;
  const { values, last } = r.fields;
  values[last + 2] = at + r.toSection;
  values[last + 3] = at + r.toSection;
  r.span('ows', at);
  r.state = FIELD_VALUE;
  return true;
}

function fieldValue(r: Registers, stop: number): boolean {
  const { bytes, at: from } = r;
  let at = from;
  while (at < stop && FIELD_CONTENT[bytes[at]!] === 1) at += 1;
  r.at = at;
  let end = at;
  while (end > from && (bytes[end - 1] === SP || bytes[end - 1] === HTAB)) end -= 1;
  // Where this piece of a value is all white space, the value may have ended in an earlier piece.
  const { values, last } = r.fields;
  if (end > from) values[last + 3] = end + r.toSection;
  if (at >= stop) return false;
  const fault = lineEndFault(r, bytes[at]!);
  if (fault !== null) {
    r.fail(fault, at);
    return false;
  }
  if (r.tap !== null) {
    r.span('field-value', values[last + 3]! - r.toSection);
    r.span('ows', at);
  }
  // An LF alone is left to be taken as the one after a CR is.
  if (bytes[at] === CR) r.at = at + 1;
  r.state = FIELD_LF;
  return true;
}

function fieldLf(r: Registers, stop: number): boolean {
  if (r.at >= stop) return false;
  if (r.bytes[r.at] !== LF) {
    r.fail('H1_BARE_CR', r.at);
    return false;
  }
  r.at += 1;
  r.span('line-end', r.at);
  r.state = FIELD_LINE;
  return true;
}

const STEPS: Readonly<Record<number, (r: Registers, stop: number) => boolean>> = {
  [FIELD_LINE]: fieldLine,
  [FIELD_NAME]: fieldName,
  [FIELD_OWS]: fieldOws,
  [FIELD_VALUE]: fieldValue,
  [FIELD_LF]: fieldLf,
  [FOLD_OWS]: foldOws,
  [SKIPPED_NAME]: skippedName,
  [SKIPPED_VALUE]: skippedValue,
  [SKIPPED_LF]: skippedLf,
};

/** States in the middle of a line, of which the bytes are counted. */
const isInLine = (state: number): boolean =>
  state > FIELD_LINE && state < SECTION_LF && state !== FIELD_LF && state !== SKIPPED_LF;

/** One step of the line under way, up to its limit. False: its bytes are not all there, or it was refused. */
function stepOfLine(r: Registers, stop: number): boolean {
  const step = STEPS[r.state]!;
  const { maxFieldLineBytes: limit } = r.limits;
  const lineStop = r.lineStart - r.toSection + limit;
  if (stop <= lineStop || !isInLine(r.state)) return step(r, stop);
  if (r.at < lineStop && step(r, lineStop | 0)) return true;
  if (r.at < lineStop || r.at >= stop) return false;
  const byte = r.bytes[r.at]!;
  // What ends the line is not counted; whether it may stand here is for the steps to say.
  if (r.at === lineStop && (byte === CR || byte === LF)) return step(r, stop);
  r.exceed('LIM_FIELD_LINE_BYTES', r.at, { limit, measured: r.at + r.toSection - r.lineStart + 1 });
  return false;
}

/** Takes field lines as far as their bytes are there. True: the section is complete, its empty line included. */
export function scanFieldLines(r: Registers, stop: number): boolean {
  for (;;) {
    if (r.state === FIELD_LINE && r.tap === null && takePlainFieldLines(r, stop)) return true;
    if (r.state === SECTION_LF) return sectionLf(r, stop);
    if (!stepOfLine(r, stop)) return false;
  }
}

function sectionLf(r: Registers, stop: number): boolean {
  if (r.at >= stop) return false;
  if (r.bytes[r.at] !== LF) {
    r.fail('H1_BARE_CR', r.at);
    return false;
  }
  r.at += 1;
  r.span('empty-line', r.at);
  return true;
}
