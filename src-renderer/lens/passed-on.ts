/** How a request and its other side find one another, and what to call them. */
import type { ConnectionDetail, ConnectionId, ConnectionRow, Exchange } from '@contract/connections';
import { formatCount } from './format';

/** One exchange of one connection. */
export interface ExchangePlace {
  readonly connection: ConnectionId;
  readonly number: number;
}

export interface SideView {
  readonly detail: ConnectionDetail;
  readonly exchange: Exchange;
}

/** The same request on the other side of us; null where it was not passed on, or not yet. */
export function otherSide({ relay, relayOf }: Exchange): ExchangePlace | null {
  if (relayOf !== null) return relayOf;
  return relay === null || relay.connection === 0 ? null : { connection: relay.connection, number: relay.number };
}

/** Is there anything of a proxy to be shown of this connection? */
export const hasOtherSides = ({ exchanges }: ConnectionDetail): boolean =>
  exchanges.some(({ relay, relayOf }) => relay !== null || relayOf !== null);

/** `#13 request 2`; `#13` where no request went over it: it is the other end of a tunnel, or it never came so far. */
export const placeWords = ({ connection, number }: ExchangePlace): string =>
  number === 0 ? `#${connection}` : `#${connection} request ${formatCount(number)}`;

/** Why the two sides of an exchange cannot be shown; `isGone`: the other one is too old. */
export function lackOfSides(exchange: Exchange | null, isUpstream: boolean, isGone: boolean): string {
  if (exchange === null) return 'No request yet.';
  const place = otherSide(exchange);
  if (place !== null && isGone) return `${placeWords(place)} is no longer kept.`;
  if (place !== null && place.number > 0) return `Reading ${placeWords(place)} …`;
  if (exchange.switchedTo === 'tunnel')
    return 'A tunnel: no request went to the other end, its bytes pass as they are.';
  if (isUpstream) return 'This request is our own, a health check: it has no other side.';
  if (exchange.relay === null) return 'This request was answered here: it was passed on to nobody.';
  if (exchange.method === 'CONNECT' && exchange.replyEnd !== null)
    return 'No tunnel was opened: nothing went to a server.';
  return exchange.replyEnd === null
    ? 'A connection to the server is looked for: nothing has been sent yet.'
    : 'Nothing was sent to a server: this request was answered here.';
}

/** What stands before the server's name. A tunnel that could not be opened led nowhere. */
export function wayWords({ method, relay, replyEnd, switchedTo }: Exchange): string {
  if (method !== 'CONNECT' || relay === null || relay.number > 0) return 'passed on to';
  if (switchedTo === 'tunnel') return 'tunnel to';
  return replyEnd === null ? 'connects to' : 'no tunnel to';
}

/** `api · http://127.0.0.1:3000`; an upstream of the forward mode has no name. */
export const serverWords = ({ upstream, server }: { readonly upstream: string; readonly server: string }): string =>
  upstream === '' ? server : `${upstream} · ${server}`;

/** Does another connection carry its bytes? The server's end of a tunnel has none before it is connected. */
export const isCarried = ({ carrier, side, connectedAtMs }: ConnectionRow): boolean =>
  carrier !== null && (side === 'client' || connectedAtMs !== null);

/** What one connection is to another that carries its bytes. */
export type CarrierKind = 'tls' | 'tunnel';

/** Two connections of one side are one inside the other; of both sides they are the ends of a tunnel. */
export const carrierKind = (row: ConnectionRow, carrier: Pick<ConnectionRow, 'side'> | null): CarrierKind =>
  carrier !== null && carrier.side !== row.side
    ? 'tunnel'
    : row.tls === null && row.phase === 'tunnel'
      ? 'tunnel'
      : 'tls';
