/**
 * `/anything`: what arrived, as JSON. Fields keep their order and spelling. Of a long body the beginning is told:
 * turning megabytes into JSON would hold up every other connection for as much as a second.
 */
import type { Fields } from '../http1/events';
import type { ReplyParts } from '../http1/writer';
import { bodyText, type BodyText } from './body-text';
import { jsonReply } from './replies';
import { toldMethod, type ReceivedRequest } from './request';

export const MAX_TOLD_BYTES = 256 * 1024;

/** The beginning of a body, not cut within a character of UTF-8, which has at most three bytes after its first. */
function beginningOf(body: Uint8Array): Uint8Array {
  if (body.length <= MAX_TOLD_BYTES) return body;
  let end = MAX_TOLD_BYTES;
  while (end > MAX_TOLD_BYTES - 4 && ((body[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return body.subarray(0, end);
}

const tellBody = (body: Uint8Array, contentType: string | null): BodyText => {
  const beginning = beginningOf(body);
  const text = bodyText(beginning, contentType);
  if (beginning === body) return text;
  const cut = `only the first ${beginning.length} bytes are told; /echo gives all`;
  return { ...text, bodyNote: text.bodyNote === undefined ? cut : `${text.bodyNote}; ${cut}` };
};

const pairs = (fields: Fields): (readonly [string, string])[] =>
  Array.from({ length: fields.count }, (_, index) => [fields.name(index), fields.value(index)] as const);

export function tellRequest({
  head,
  body,
  bodyBytes,
  trailers,
  client,
  connection,
  number,
}: ReceivedRequest): ReplyParts {
  return jsonReply({
    method: toldMethod(head),
    target: head.target,
    version: head.version,
    fields: pairs(head.fields),
    client,
    connection,
    request: number,
    bodyBytes,
    ...tellBody(body, head.fields.get('content-type')),
    trailers: trailers === null ? null : pairs(trailers),
  });
}
