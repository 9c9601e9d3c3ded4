/** `/anything`: what arrived, as JSON. Fields keep their order and spelling. */
import type { Fields } from '../http1/events';
import type { ReplyParts } from '../http1/writer';
import { bodyText } from './body-text';
import { jsonReply } from './replies';
import type { ReceivedRequest } from './request';

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
    method: head.method,
    target: head.target,
    version: head.version,
    fields: pairs(head.fields),
    client,
    connection,
    request: number,
    bodyBytes,
    ...bodyText(body, head.fields.get('content-type')),
    trailers: trailers === null ? null : pairs(trailers),
  });
}
