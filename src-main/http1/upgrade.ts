/**
 * Upgrade across an intermediary (RFC 9110 §7.8). The field belongs to one connection, so it is passed on only for a
 * protocol that was asked for in due form, and that one alone: a list with `h2c` in it would let a client speak to the
 * server past everything that looks at requests here.
 */
import type { RequestHead, ResponseHead } from './events';
import { namedInConnection } from './hop-fields';
import { listMembers } from './list-members';

const WEBSOCKET = 'websocket';
/** 16 bytes in Base64 (RFC 6455 §4.1). */
const WEBSOCKET_KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

const asksFor = (head: RequestHead | ResponseHead, protocol: string): boolean =>
  head.fields.all('upgrade').some((value) => listMembers(value).some((one) => one.toLowerCase() === protocol)) &&
  namedInConnection(head.fields)?.has('upgrade') === true;

/** An opening handshake of the WebSocket protocol that a server of it would take (RFC 6455 §4.2.1)? */
export function asksForWebSocket(head: RequestHead): boolean {
  const { fields } = head;
  return (
    head.method === 'GET' &&
    head.minor > 0 &&
    head.framing.kind === 'none' &&
    fields.all('sec-websocket-version').join() === '13' &&
    WEBSOCKET_KEY.test(fields.all('sec-websocket-key').join()) &&
    asksFor(head, WEBSOCKET)
  );
}

/** Does a 101 switch to the protocol that was asked for, and to nothing else (RFC 9110 §15.2.2)? */
export function switchesTo(head: ResponseHead, protocol: string): boolean {
  const values = head.fields.all('upgrade');
  const [value] = values;
  return values.length === 1 && value?.toLowerCase() === protocol.toLowerCase() && asksFor(head, value.toLowerCase());
}
