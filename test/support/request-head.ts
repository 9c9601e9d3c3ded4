/** A request head made by hand, for tests that are not about parsing. */
import type { Fields, RequestHead } from '../../src-main/http1/events';
import { targetForm } from '../../src-main/http1/target';
import type { ReceivedRequest } from '../../src-main/responder/responder';

export type FieldPairs = readonly (readonly [name: string, value: string])[];

export function fieldsOf(pairs: FieldPairs): Fields {
  const all = (name: string) =>
    pairs.filter((pair) => pair[0].toLowerCase() === name.toLowerCase()).map((pair) => pair[1]);
  return {
    count: pairs.length,
    name: (index) => pairs[index]?.[0] ?? '',
    value: (index) => pairs[index]?.[1] ?? '',
    get: (name) => all(name)[0] ?? null,
    all,
  };
}

export function requestHead(method: string, target: string, fields: FieldPairs = []): RequestHead {
  return {
    kind: 'request',
    start: 0,
    fieldsStart: 0,
    end: 0,
    method,
    target,
    targetForm: targetForm(method, target),
    version: 'HTTP/1.1',
    minor: 1,
    simple: false,
    fields: fieldsOf(fields),
    framing: { kind: 'none' },
    keepAlive: true,
    expectsContinue: false,
  };
}

export function receivedRequest(head: RequestHead, body: Uint8Array = new Uint8Array(0)): ReceivedRequest {
  return {
    head,
    body,
    bodyBytes: body.length,
    trailers: null,
    client: '127.0.0.1:53122',
    connection: 3,
    number: 2,
    atMs: 0,
  };
}
