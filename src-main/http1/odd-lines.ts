/**
 * Field lines beside the grammar: what each is called as a fault, and what the rules make of it instead. A line that
 * is skipped is read to its end as a field line is, so that only its name is forgiven; it is no field to anybody, and
 * its bytes are `garbage` to a tap.
 *
 * Only reached where a line is not plain.
 */
import type { ErrorCode } from '../contract/errors';
import { COLON, CR, DEL, FIELD_CONTENT, LF, SP, TCHAR, isOws } from './grammar';
import type { Registers } from './registers';
import { FIELD_LINE, FIELD_VALUE, FOLD_OWS, SECTION_LF, SKIPPED_LF, SKIPPED_NAME, SKIPPED_VALUE } from './states';

/** A visible byte, or one beyond ASCII, that no name may hold. */
export const isOddName = (r: Registers, byte: number): boolean =>
  r.lineRules.oddFieldNames && byte > SP && byte !== DEL && byte !== COLON && TCHAR[byte] !== 1;

/** At the first byte of a line that can be the first of no name and of no CRLF. */
export function beginOddLine(r: Registers, byte: number): boolean {
  const rules = r.lineRules;
  const start = r.at + r.toSection;
  const follows = isOws(byte) && (r.fields.count > 0 || r.skippedEnd === start);
  if (follows && rules.obsFold) return fold(r, start);
  r.lineStart = start;
  if (byte === LF && rules.bareLf) r.state = SECTION_LF;
  else if ((byte === COLON && rules.emptyFieldName) || isOddName(r, byte)) r.state = SKIPPED_NAME;
  else return refuseLine(r, byte, follows);
  return true;
}

function refuseLine(r: Registers, byte: number, follows: boolean): boolean {
  const code = follows ? 'H1_OBS_FOLD' : 'H1_FIELD_NAME';
  r.fail(byte === LF ? 'H1_BARE_LF' : code, r.at);
  return false;
}

/** At the white space of a line that goes on with the one before it. */
function fold(r: Registers, start: number): boolean {
  if (r.skippedEnd === start) {
    r.state = SKIPPED_VALUE;
    return true;
  }
  r.lineStart = r.fields.values[r.fields.last]!;
  r.folded = true;
  r.state = FOLD_OWS;
  return true;
}

export function foldOws(r: Registers, stop: number): boolean {
  const { bytes } = r;
  let { at } = r;
  while (at < stop && isOws(bytes[at]!)) at += 1;
  r.at = at;
  if (at >= stop) return false;
  const { values, last } = r.fields;
  const isEmpty = values[last + 2] === values[last + 3];
  if (isEmpty) {
    values[last + 2] = at + r.toSection;
    values[last + 3] = at + r.toSection;
  }
  r.span('ows', at);
  r.state = FIELD_VALUE;
  return true;
}

/** The field under way turns out to be none. */
export function skipField(r: Registers): boolean {
  r.fields.count -= 1;
  r.state = SKIPPED_NAME;
  return true;
}

export function skippedName(r: Registers, stop: number): boolean {
  const { bytes } = r;
  let { at } = r;
  while (at < stop && (TCHAR[bytes[at]!] === 1 || isOddName(r, bytes[at]!))) at += 1;
  r.at = at;
  if (at >= stop) return false;
  if (bytes[at] !== COLON) {
    r.fail(nameEndFault(r, bytes[at]!), at);
    return false;
  }
  r.state = SKIPPED_VALUE;
  return true;
}

export function skippedValue(r: Registers, stop: number): boolean {
  const { bytes } = r;
  let { at } = r;
  while (at < stop && FIELD_CONTENT[bytes[at]!] === 1) at += 1;
  r.at = at;
  if (at >= stop) return false;
  const fault = lineEndFault(r, bytes[at]!);
  if (fault !== null) {
    r.fail(fault, at);
    return false;
  }
  r.span('garbage', at);
  if (bytes[at] === CR) r.at = at + 1;
  r.state = SKIPPED_LF;
  return true;
}

export function skippedLf(r: Registers, stop: number): boolean {
  if (r.at >= stop) return false;
  if (r.bytes[r.at] !== LF) {
    r.fail('H1_BARE_CR', r.at);
    return false;
  }
  r.at += 1;
  r.span('line-end', r.at);
  r.skippedEnd = r.at + r.toSection;
  r.state = FIELD_LINE;
  return true;
}

export function nameEndFault(r: Registers, byte: number): ErrorCode {
  if (isOws(byte)) return 'H1_FIELD_SPACE';
  if (byte === LF && !r.lineRules.bareLf) return 'H1_BARE_LF';
  return byte === CR || byte === LF ? 'H1_FIELD_COLON' : 'H1_FIELD_NAME';
}

/** At a byte that is no part of a value; null where the line may end there. */
export function lineEndFault(r: Registers, byte: number): ErrorCode | null {
  if (byte === CR) return null;
  if (byte === LF) return r.lineRules.bareLf ? null : 'H1_BARE_LF';
  return 'H1_FIELD_VALUE';
}
