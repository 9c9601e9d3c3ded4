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
export const hasOtherSides = ({ row, exchanges }: ConnectionDetail): boolean =>
  row.side === 'upstream' || exchanges.some(({ relay }) => relay !== null);

/** `#13 request 2` */
export const placeWords = ({ connection, number }: ExchangePlace): string =>
  `#${connection} request ${formatCount(number)}`;

/** `api · http://127.0.0.1:3000`; an upstream of the forward mode has no name. */
export const serverWords = ({ upstream, server }: { readonly upstream: string; readonly server: string }): string =>
  upstream === '' ? server : `${upstream} · ${server}`;

/** What one connection is to another that carries its bytes. */
export type CarrierKind = 'tls' | 'tunnel';

/** Two connections of one side are one inside the other; of both sides they are the ends of a tunnel. */
export const carrierKind = (row: ConnectionRow, carrier: Pick<ConnectionRow, 'side'> | null): CarrierKind =>
  carrier !== null && carrier.side !== row.side
    ? 'tunnel'
    : row.tls === null && row.phase === 'tunnel'
      ? 'tunnel'
      : 'tls';
