/** From a scanned head to the one that is handed out, which owns its bytes and outlives the parser's. */
import type { ErrorCode } from '../contract/errors';
import type { Framing, ResponseHead, RequestHead } from './events';
import { FieldLines, OFFSETS_PER_FIELD } from './fields';
import { NO_BODY, UNTIL_CLOSE, judge } from './framing';
import { latin1 } from './bytes';
import { keptBytes, keptOffsets } from './kept';
import type { Registers } from './registers';
import { targetForm } from './target';

const VERSIONS = Array.from({ length: 10 }, (_, minor) => `HTTP/1.${minor}`);

export const versionText = (minor: number): string => VERSIONS[minor] ?? '';

/** The field lines scanned so far, over a copy of the section up to the next byte. */
export function keepFields(r: Registers): FieldLines {
  const { count, values } = r.fields;
  if (r.gathered.length === 0) {
    keptBytes.keep(r.bytes, r.sectionStart - r.base, r.at);
  } else {
    r.gather(r.at);
    keptBytes.keep(r.gathered.bytes, 0, r.gathered.length);
  }
  keptOffsets.keep(values, 0, count * OFFSETS_PER_FIELD);
  return new FieldLines(keptBytes.array, keptBytes.at, keptOffsets.array, keptOffsets.at, count);
}

/** Null: the head cannot be accepted and the registers hold the fault. */
export function completeRequest(r: Registers): RequestHead | null {
  const { method, minor, sectionStart: start } = r;
  const fields = keepFields(r);
  const target = latin1(fields.bytes, fields.origin + r.targetStart, fields.origin + r.targetEnd);
  const form = targetForm(method, target);
  const length = r.at + r.toSection;
  const verdict = judge(fields, { role: 'request', minor, targetForm: form, emptyLine: length - 2 });
  if (verdict.code !== null) return refused(r, verdict.code, verdict.faultAt);
  const { framing, keepAlive, expectsContinue } = verdict;
  return {
    kind: 'request',
    start,
    fieldsStart: start + r.fieldsStart,
    end: start + length,
    method,
    target,
    targetForm: form,
    version: versionText(minor),
    minor,
    fields,
    framing,
    keepAlive,
    expectsContinue,
  };
}

/** The same for a response to a request with this method. */
export function completeResponse(r: Registers, method: string): ResponseHead | null {
  const { statusCode: status, minor, sectionStart: start } = r;
  const fields = keepFields(r);
  const length = r.at + r.toSection;
  const verdict = judge(fields, { role: 'response', minor, targetForm: null, emptyLine: length - 2 });
  if (verdict.code !== null) return refused(r, verdict.code, verdict.faultAt);
  const framing = framingByStatus(status, method) ?? verdict.framing;
  return {
    kind: 'response',
    start,
    fieldsStart: start + r.fieldsStart,
    end: start + length,
    status,
    reason: latin1(fields.bytes, fields.origin + r.reasonStart, fields.origin + r.reasonEnd),
    version: versionText(minor),
    minor,
    fields,
    framing,
    keepAlive: verdict.keepAlive && framing.kind !== 'until-close',
    interim: status < 200 && status !== 101,
  };
}

function refused(r: Registers, code: ErrorCode, faultAt: number): null {
  r.failAt(code, r.sectionStart + faultAt, r.at);
  return null;
}

/** The first three rules of RFC 9112 §6.3; null where the fields decide. */
function framingByStatus(status: number, method: string): Framing | null {
  if (status === 101) return UNTIL_CLOSE;
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') return NO_BODY;
  return method === 'CONNECT' && status < 300 ? UNTIL_CLOSE : null;
}
