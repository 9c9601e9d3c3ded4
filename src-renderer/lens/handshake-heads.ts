/** The two heads of an opening handshake, read with the parser that judged them. */
import { NO_LIMITS, STRICT_RULES, type ParserRules, type RequestHead, type ResponseHead } from '@http1/events';
import { Parser } from '@http1/parser';

/** Null where the bytes are not a request that is complete. */
export function requestHeadIn(bytes: Uint8Array, rules: ParserRules): RequestHead | null {
  const parser = new Parser('request', { ...NO_LIMITS, rules });
  parser.receive(bytes);
  const event = parser.next();
  return event?.kind === 'head' && event.head.kind === 'request' ? event.head : null;
}

/** Null where the bytes are not a reply whose head is complete. */
export function responseHeadIn(bytes: Uint8Array): ResponseHead | null {
  const parser = new Parser('response', { ...NO_LIMITS, rules: STRICT_RULES });
  parser.answers('GET');
  parser.receive(bytes);
  const event = parser.next();
  return event?.kind === 'head' && event.head.kind === 'response' ? event.head : null;
}
