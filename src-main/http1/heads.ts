/** From a scanned head to the one that is handed out, which owns its bytes and outlives the parser's. */
import type { Framing, ResponseHead, RequestHead } from './events';
import { FieldLines, OFFSETS_PER_FIELD } from './fields';
import { NO_BODY, UNTIL_CLOSE, judge, type Refusal } from './framing';
import { CR, LF, SP, isOws } from './grammar';
import { latin1 } from './bytes';
import { keptBytes, keptOffsets } from './kept';
import type { Registers } from './registers';
import { targetForm } from './target';

/** The field lines scanned so far, over a copy of the section up to the next byte. */
export function keepFields(r: Registers): FieldLines {
  const { count, values } = r.fields;
  if (r.gathered.length === 0) {
    keptBytes.keep(r.bytes, r.sectionStart - r.base, r.at);
  } else {
    r.gather(r.at);
    keptBytes.keep(r.gathered.bytes, 0, r.gathered.length);
  }
  if (r.folded) unfold(keptBytes.array, keptBytes.at, values, count);
  keptOffsets.keep(values, 0, count * OFFSETS_PER_FIELD);
  return new FieldLines(keptBytes.array, keptBytes.at, keptOffsets.array, keptOffsets.at, count);
}

/**
 * Makes one SP of each fold and the white space around it (RFC 9112 §5.2), in the copy that belongs to the head: from
 * here on no reader of a value needs to know that there are folds. A value only gets shorter, so it stays in place.
 */
function unfold(bytes: Uint8Array, origin: number, offsets: Int32Array, count: number): void {
  for (let field = 0; field < count; field += 1) {
    const end = field * OFFSETS_PER_FIELD + 3;
    offsets[end] = unfoldValue(bytes, origin + offsets[end - 1]!, origin + offsets[end]!) - origin;
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
  const fields = keepFields(r);
  const target = latin1(fields.bytes, fields.origin + r.targetStart, fields.origin + r.targetEnd);
  const form = targetForm(method, target);
  const length = r.at + r.toSection;
  const verdict = judge(fields, { role: 'request', minor, targetForm: form, rules: r.limits.rules });
  if (verdict.code !== null) return refused(r, fields, verdict);
  const { framing, keepAlive, expectsContinue } = verdict;
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
    fields,
    framing,
    keepAlive,
    expectsContinue,
  };
}

/** The same for a response to a request with this method. */
export function completeResponse(r: Registers, method: string): ResponseHead | null {
  const { statusCode: status, minor, version, sectionStart: start } = r;
  const fields = keepFields(r);
  const length = r.at + r.toSection;
  const verdict = judge(fields, { role: 'response', minor, targetForm: null, rules: r.limits.rules });
  if (verdict.code !== null) return refused(r, fields, verdict);
  const framing = framingByStatus(status, method) ?? verdict.framing;
  return {
    kind: 'response',
    start,
    fieldsStart: start + r.fieldsStart,
    end: start + length,
    status,
    reason: latin1(fields.bytes, fields.origin + r.reasonStart, fields.origin + r.reasonEnd),
    version,
    minor,
    fields,
    framing,
    keepAlive: verdict.keepAlive && framing.kind !== 'until-close',
    interim: status < 200 && status !== 101,
  };
}

function refused(r: Registers, fields: FieldLines, { code, field }: Refusal): null {
  const at = field === null ? emptyLineOf(r, fields) : fields.nameStart(field) - fields.origin;
  r.failAt(code, r.sectionStart + at, r.at);
  return null;
}

/** Where the empty line of a complete section begins: an LF alone may be one. */
function emptyLineOf(r: Registers, { bytes, origin }: FieldLines): number {
  const length = r.at + r.toSection;
  return bytes[origin + length - 2] === CR ? length - 2 : length - 1;
}

/** The first three rules of RFC 9112 §6.3; null where the fields decide. */
function framingByStatus(status: number, method: string): Framing | null {
  if (status === 101) return UNTIL_CLOSE;
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') return NO_BODY;
  return method === 'CONNECT' && status < 300 ? UNTIL_CLOSE : null;
}
