/**
 * The field lines of a head or of trailers (RFC 9112 §5): `field-name ":" OWS field-value OWS CRLF`, ended by an
 * empty line. No white space before the colon, no folding, no bare CR or LF: each of them is read in two ways by
 * two servers, and that is how requests are smuggled.
 *
 * The hot loop of the parser: a table look-up a byte, four offsets a field, nothing decoded, nothing allocated.
 */
import type { ErrorCode } from '../contract/errors';
import { COLON, CR, DEL, FIELD_CONTENT, HTAB, LF, SP, TCHAR } from './grammar';
import type { Registers } from './registers';
import { FIELD_LF, FIELD_LINE, FIELD_NAME, FIELD_OWS, FIELD_VALUE, SECTION_LF } from './states';

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
  if (TCHAR[byte] !== 1) {
    r.fail(lineStartFault(byte, fields.count), at);
    return false;
  }
  if (fields.count >= r.limits.maxFieldCount) {
    r.exceed('LIM_FIELD_COUNT', at, { limit: r.limits.maxFieldCount, measured: fields.count + 1 });
    return false;
  }
  r.field = fields.open();
  fields.values[r.field] = at + r.toSection;
  r.state = FIELD_NAME;
  return true;
}

function lineStartFault(byte: number, fieldsBefore: number): ErrorCode {
  if (byte === LF) return 'H1_BARE_LF';
  const isFold = fieldsBefore > 0 && (byte === SP || byte === HTAB);
  return isFold ? 'H1_OBS_FOLD' : 'H1_FIELD_NAME';
}

function fieldName(r: Registers, stop: number): boolean {
  const { bytes } = r;
  let { at } = r;
  while (at < stop && TCHAR[bytes[at]!] === 1) at += 1;
  r.at = at;
  if (at >= stop) return false;
  if (bytes[at] !== COLON) {
    r.fail(nameEndFault(bytes[at]!), at);
    return false;
  }
  r.fields.values[r.field + 1] = at + r.toSection;
  if (r.tap !== null) {
    r.span('field-name', at);
    r.span('colon', at + 1);
  }
  r.at = at + 1;
  r.state = FIELD_OWS;
  return true;
}

function nameEndFault(byte: number): ErrorCode {
  if (byte === SP || byte === HTAB) return 'H1_FIELD_SPACE';
  if (byte === CR) return 'H1_FIELD_COLON';
  return byte === LF ? 'H1_BARE_LF' : 'H1_FIELD_NAME';
}

function fieldOws(r: Registers, stop: number): boolean {
  const { bytes } = r;
  let { at } = r;
  while (at < stop && (bytes[at] === SP || bytes[at] === HTAB)) at += 1;
  r.at = at;
  if (at >= stop) return false;
  const { values } = r.fields;
  values[r.field + 2] = at + r.toSection;
  values[r.field + 3] = at + r.toSection;
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
  if (end > from) r.fields.values[r.field + 3] = end + r.toSection;
  if (at >= stop) return false;
  if (bytes[at] !== CR) {
    r.fail(bytes[at] === LF ? 'H1_BARE_LF' : 'H1_FIELD_VALUE', at);
    return false;
  }
  if (r.tap !== null) {
    r.span('field-value', r.fields.values[r.field + 3]! - r.toSection);
    r.span('ows', at);
  }
  r.at = at + 1;
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

/**
 * Takes the field lines that lie whole in the view and have nothing odd about them. It only ever accepts: a line it
 * does not like, or that is cut, is left to the steps above, from its first byte.
 */
function plainFieldLines(r: Registers, stop: number): void {
  const { bytes, fields, toSection } = r;
  const { maxFieldCount } = r.limits;
  for (let lineStart = r.at; fields.count < maxFieldCount;) {
    let at = lineStart;
    while (at < stop && TCHAR[bytes[at]!] === 1) at += 1;
    const colon = at;
    if (colon === lineStart || bytes[at] !== COLON) return;
    at += 1;
    while (at < stop && bytes[at] === SP) at += 1;
    const valueStart = at;
    let byte = 0;
    // All of FIELD_CONTENT but HTAB: two comparisons are faster than the table.
    while (at < stop && (byte = bytes[at]!) >= SP && byte !== DEL) at += 1;
    if (at + 2 > stop || bytes[at] !== CR || bytes[at + 1] !== LF || bytes[at - 1] === SP) return;
    const field = fields.open();
    const { values } = fields;
    values[field] = lineStart + toSection;
    values[field + 1] = colon + toSection;
    values[field + 2] = valueStart + toSection;
    values[field + 3] = at + toSection;
    lineStart = at + 2;
    r.at = lineStart;
  }
}

/** Takes field lines as far as their bytes are there. True: the section is complete, its empty line included. */
export function scanFieldLines(r: Registers, stop: number): boolean {
  for (;;) {
    if (r.state === FIELD_LINE && r.tap === null) plainFieldLines(r, stop);
    if (r.state === FIELD_LINE && !fieldLine(r, stop)) return false;
    if (r.state === FIELD_NAME && !fieldName(r, stop)) return false;
    if (r.state === FIELD_OWS && !fieldOws(r, stop)) return false;
    if (r.state === FIELD_VALUE && !fieldValue(r, stop)) return false;
    if (r.state === FIELD_LF && !fieldLf(r, stop)) return false;
    if (r.state === SECTION_LF) return sectionLf(r, stop);
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
