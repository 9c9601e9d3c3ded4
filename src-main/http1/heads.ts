/** From a scanned head to the one that is handed out, which owns its bytes and outlives the parser's. */
import type { Framing, ResponseHead, RequestHead } from './events';
import { OFFSETS_PER_FIELD, type FieldLines, type SectionFields } from './fields';
import { NO_BODY, UNTIL_CLOSE, framingOf, isRefusal, isReusable, judge, type Refusal } from './framing';
import { CR, LF, SP, isOws } from './grammar';
import { latin1 } from './bytes';
import type { Registers } from './registers';
import { targetForm } from './target';

/** A slice longer than this may keep the whole of what it was cut from alive, as V8 has it. */
const MAX_SLICED_LENGTH = 12;

/** Sets the bytes of the complete section up to the next byte, and returns them as text. */
function sectionText(r: Registers): string {
  const { fields } = r;
  const length = r.at + r.toSection;
  if (r.gathered.length === 0) {
    fields.bytes = r.bytes;
    fields.origin = -r.toSection;
  } else {
    r.gather(r.at);
    fields.bytes = r.gathered.bytes;
    fields.origin = 0;
  }
  if (r.folded) unfold(fields, length);
  return latin1(fields.bytes, fields.origin, fields.origin + length);
}

/** The fields of complete trailers. */
export function completeTrailers(r: Registers): FieldLines {
  return r.fields.handOver(sectionText(r));
}

/** Kept by whoever lists requests, for longer than the head: its text must not be held by it. */
function targetText(r: Registers, text: string): string {
  const { targetStart, targetEnd, fields } = r;
  if (targetEnd - targetStart <= MAX_SLICED_LENGTH) return text.slice(targetStart, targetEnd);
  return latin1(fields.bytes, fields.origin + targetStart, fields.origin + targetEnd);
}

/**
 * Makes one SP of each fold and the white space around it (RFC 9112 §5.2), in a copy: from
 * here on no reader of a value needs to know that there are folds. A value only gets shorter, so it stays in place.
 */
function unfold(fields: SectionFields, length: number): void {
  fields.bytes = new Uint8Array(fields.bytes.subarray(fields.origin, fields.origin + length));
  fields.origin = 0;
  for (let index = 0; index < fields.count; index += 1) {
    const end = fields.first + index * OFFSETS_PER_FIELD + 3;
    fields.values[end] = unfoldValue(fields.bytes, fields.valueStart(index), fields.valueEnd(index));
  }
}

/** Returns the new end of the value. */
function unfoldValue(bytes: Uint8Array, start: number, end: number): number {
  let to = start;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at]!;
    if (byte !== LF) {
      if (byte !== CR) bytes[to++] = byte;
      continue;
    }
    while (to > start && isOws(bytes[to - 1]!)) to -= 1;
    while (at + 1 < end && isOws(bytes[at + 1]!)) at += 1;
    bytes[to++] = SP;
  }
  return to;
}

/** Null: the head cannot be accepted and the registers hold the fault. */
export function completeRequest(r: Registers): RequestHead | null {
  const { method, minor, version, simple, sectionStart: start } = r;
  const text = sectionText(r);
  const target = targetText(r, text);
  const length = r.at + r.toSection;
  const form = targetForm(method, target);
  const verdict = judge(r.fields, 'request', minor, r.limits.rules, form === 'origin');
  if (isRefusal(verdict)) return refused(r, verdict);
  return {
    kind: 'request',
    start,
    fieldsStart: start + r.fieldsStart,
    end: start + length,
    method,
    target,
    targetForm: form,
    version,
    minor,
    simple,
    fields: r.fields.handOver(text),
    framing: framingOf(verdict),
    // What is treated as HTTP/1.0 without being it does not persist, whatever its fields say.
    keepAlive: isReusable(verdict) && (r.major === 1 || minor > 0),
    expectsContinue: verdict.expectsContinue,
  };
}

/** The same for a response to a request with this method. */
export function completeResponse(r: Registers, method: string): ResponseHead | null {
  const { statusCode: status, minor, version, sectionStart: start } = r;
  const text = sectionText(r);
  const length = r.at + r.toSection;
  const verdict = judge(r.fields, 'response', minor, r.limits.rules, false);
  if (isRefusal(verdict)) return refused(r, verdict);
  const framing = framingByStatus(status, method) ?? framingOf(verdict);
  return {
    kind: 'response',
    start,
    fieldsStart: start + r.fieldsStart,
    end: start + length,
    status,
    reason: text.slice(r.reasonStart, r.reasonEnd),
    version,
    minor,
    fields: r.fields.handOver(text),
    framing,
    keepAlive: isReusable(verdict) && framing.kind !== 'until-close',
    interim: status < 200 && status !== 101,
  };
}

function refused(r: Registers, { code, field }: Refusal): null {
  const { fields } = r;
  const at = field === null ? emptyLineOf(r) : fields.nameStart(field) - fields.origin;
  fields.release();
  r.failAt(code, r.sectionStart + at, r.at);
  return null;
}

/** Where the empty line of a complete section begins: an LF alone may be one. */
function emptyLineOf(r: Registers): number {
  const { bytes, origin } = r.fields;
  const length = r.at + r.toSection;
  return bytes[origin + length - 2] === CR ? length - 2 : length - 1;
}

/** The first three rules of RFC 9112 §6.3; null where the fields decide. */
function framingByStatus(status: number, method: string): Framing | null {
  if (status === 101) return UNTIL_CLOSE;
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') return NO_BODY;
  return method === 'CONNECT' && status < 300 ? UNTIL_CLOSE : null;
}
