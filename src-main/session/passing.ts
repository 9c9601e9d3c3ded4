/** What takes a request over that is not answered here. */
import type { OpenExchange } from './exchange';
import { PassedOn, type RelayingSession } from './passed-on';
import { InterceptOpening, Interception } from './interception';
import { Relay } from './relay';
import { isFailure, isTunnelRequest, passageOf } from './router';
import { TunnelOpening } from './tunnel-opening';

/** True: another server answers it, or it is refused. */
export function passOn(session: RelayingSession, exchange: OpenExchange, nowMs: number): boolean {
  const { server, identity } = session;
  const way = passageOf(exchange.head, server, identity);
  if (way === null) return false;
  const client = new PassedOn(session, exchange);
  if (isFailure(way)) {
    client.refused(way, nowMs);
    return true;
  }
  const { upstreams, pseudonym } = server;
  if (!isTunnelRequest(way)) exchange.relay = new Relay(client, way, upstreams, pseudonym, nowMs);
  else if (way.secure === null) exchange.relay = new TunnelOpening(client, way, upstreams, nowMs);
  else exchange.relay = new InterceptOpening(client, new Interception(session, way.destination, way.secure));
  exchange.relay.begin(nowMs);
  return true;
}
