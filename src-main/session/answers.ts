/** Replies of our own to the requests of one connection: what is written and stated, and whether it is the last one. */
import { BugError } from '../contract/errors';
import type { ReplyParts } from '../http1/writer';
import type { OpenExchange } from './exchange';
import { stateTrip } from './fact-log';
import type { Inbound } from './inbound';
import type { Outbound } from './outbound';
import type { ServerState, SessionIdentity } from './port';
import { replyToRequest } from './replier';

/** Whose requests are answered. */
export interface Answering {
  readonly server: ServerState;
  readonly identity: SessionIdentity;
  readonly in: Inbound;
  readonly out: Outbound;
  /** The server stops: no request follows the one under way. */
  readonly isStopping: boolean;
}

/** What the route makes of a request that was read as far as the route asks for. */
export function replyOf({ identity }: Answering, exchange: OpenExchange, nowMs: number): ReplyParts {
  const { head, number, body, bodyBytes, trailers, route } = exchange;
  const { id, client } = identity;
  if (route === null) throw new BugError('a request is answered before it is routed');
  return route.reply({ head, body, bodyBytes, trailers, client, connection: id, number, atMs: nowMs });
}

export function answer(by: Answering, exchange: OpenExchange, parts: ReplyParts, nowMs: number): void {
  exchange.closes ||= isLast(by, exchange);
  replyToRequest(by.out, by.in.atDesk(), exchange, parts, nowMs);
  tellLast(by, exchange, nowMs);
}

/** Does the connection close after this exchange, whatever comes of it? */
export function isLast({ server, isStopping }: Answering, { head, number, closes }: OpenExchange): boolean {
  const limit = server.settings.maxRequestsPerConnection;
  return closes || !head.keepAlive || isStopping || (limit !== null && number >= limit);
}

export function tellLast({ server, out }: Answering, { head, number }: OpenExchange, nowMs: number): void {
  const limit = server.settings.maxRequestsPerConnection;
  if (limit === null || number < limit) return;
  stateTrip(out, 'maxRequestsPerConnection', { limit, measured: number, offset: head.end, status: null }, nowMs);
}
