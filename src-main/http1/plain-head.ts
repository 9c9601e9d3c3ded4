/**
 * The head nearly every message has: whole in the view, every byte where the grammar wants it, no limit reached. Read
 * in one go, with everything in local variables. It only ever accepts: a line it does not like, or that is cut, is left
 * to the steps of `start-line.ts` and `field-lines.ts`, from its first byte, and they say what is wrong with it.
 */
import { bytesOf } from './bytes';
import { COLON, CR, DEL, DIGIT_0, LF, SP, TARGET_CHAR, TCHAR, isDigit } from './grammar';
import { MAX_METHOD_BYTES, methodName } from './method';
import { CASE_BIT, FIRST_BYTES, MAX_NOTED_NAME_BYTES } from './noted-names';
import type { Registers } from './registers';
import { FIELD_LINE } from './states';
import { versionText } from './version';
import { BIT_7, ONES, SPACES, WORD_BYTES } from './words';

const SLASH = 0x2f;
const BEFORE_MINOR = bytesOf(' HTTP/1.');
/** From the space after the target to the end of the line. */
const TAIL_BYTES = BEFORE_MINOR.length + 1 + 2;

/** ` HTTP/1.`, a digit and CRLF. */
function isPlainTail(bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < BEFORE_MINOR.length; at += 1) if (bytes[start + at] !== BEFORE_MINOR[at]) return false;
  const minorAt = start + BEFORE_MINOR.length;
  return isDigit(bytes[minorAt]!) && bytes[minorAt + 1] === CR && bytes[minorAt + 2] === LF;
}

/** Takes what is plain from the next byte on, up to the index `stop`. */
type Take = (r: Registers, stop: number) => boolean;

// The two below are made once by a function each: what is constant where they are made is constant to the compiler
// too, and that is a tenth of their time. At the top level of a bundle the tables would be variables.

function createRequestLine(): Take {
  const tchar = TCHAR;
  const targetChar = TARGET_CHAR;
  return (r, stop) => {
    const { bytes, at: start, limits } = r;
    let at = start;
    while (at < stop && tchar[bytes[at]!] === 1) at += 1;
    const methodEnd = at;
    if (at + 1 >= stop || at === start || at - start > MAX_METHOD_BYTES || bytes[at] !== SP || bytes[at + 1] !== SLASH)
      return false;
    const targetStart = at + 1;
    at = targetStart;
    while (at < stop && targetChar[bytes[at]!] === 1) at += 1;
    const lineStop = at + TAIL_BYTES;
    if (lineStop > stop || !isPlainTail(bytes, at)) return false;
    if (at - targetStart > limits.maxTargetBytes || lineStop - 2 - start > limits.maxRequestLineBytes) return false;
    const minor = bytes[lineStop - 3]! - DIGIT_0;
    const method = methodName(bytes, start, methodEnd);
    if (!limits.rules.oddTargets || method === 'CONNECT' || (minor > 1 && limits.rules.versions === 'exact'))
      return false;
    r.method = method;
    r.targetStart = targetStart - start;
    r.targetEnd = at - start;
    r.major = 1;
    r.minor = minor;
    r.version = versionText(1, minor);
    r.fieldsStart = lineStop - start;
    r.at = lineStop;
    r.state = FIELD_LINE;
    return true;
  };
}

function createFieldLines(): Take {
  const tchar = TCHAR;
  const firstBytes = FIRST_BYTES;
  const maxNotedName = MAX_NOTED_NAME_BYTES;
  return (r, stop) => {
    const { bytes, fields, toSection, words, toWords } = r;
    const { maxFieldCount, maxFieldLineBytes } = r.limits;
    const wordStop = stop - WORD_BYTES;
    let lineStart = r.at;
    for (;;) {
      let at = lineStart;
      while (at < stop && tchar[bytes[at]!] === 1) at += 1;
      const colon = at;
      if (colon === lineStart || at >= stop || bytes[at] !== COLON || fields.count >= maxFieldCount) break;
      at += 1;
      while (at < stop && bytes[at] === SP) at += 1;
      const valueStart = at;
      // Four bytes at a time while all of them are visible ASCII or SP: `words.ts` says how that is told.
      for (; at <= wordStop; at += WORD_BYTES) {
        const word = words.getInt32(at + toWords, true);
        if (((word | (word - SPACES) | (word + ONES)) & BIT_7) !== 0) break;
      }
      let byte = 0;
      // All of FIELD_CONTENT but HTAB: two comparisons are faster than the table.
      while (at < stop && (byte = bytes[at]!) >= SP && byte !== DEL) at += 1;
      if (at + 2 > stop || bytes[at] !== CR || bytes[at + 1] !== LF || bytes[at - 1] === SP) break;
      if (at - lineStart > maxFieldLineBytes) break;
      const field = fields.open();
      const length = colon - lineStart;
      if (length <= maxNotedName && firstBytes[length] === (bytes[lineStart]! | CASE_BIT)) fields.note();
      const { values } = fields;
      values[field] = lineStart + toSection;
      values[field + 1] = colon + toSection;
      values[field + 2] = valueStart + toSection;
      values[field + 3] = at + toSection;
      lineStart = at + 2;
    }
    const isEnd = lineStart + 2 <= stop && bytes[lineStart] === CR && bytes[lineStart + 1] === LF;
    r.at = isEnd ? lineStart + 2 : lineStart;
    return isEnd;
  };
}

/** A method, a target in origin-form and HTTP/1. At the first byte of a request; true: the line is taken. */
const takePlainRequestLine = createRequestLine();

/** At the first byte of a field line. True: the lines up to the empty one are taken, that one included. */
export const takePlainFieldLines = createFieldLines();

/** At the first byte of a request. True: its head is complete; else as much of it is taken as is plain. */
export const takePlainHead: Take = (r, stop) => takePlainRequestLine(r, stop) && takePlainFieldLines(r, stop);
