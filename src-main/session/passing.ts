/** What takes a request over that is not answered here. */
import type { ServerState } from './port';
import { Relay, type Passing, type RelayClient } from './relay';
import { isTunnelRequest, type Passage, type TunnelRequest } from './router';
import { TunnelOpening } from './tunnel-opening';

export const passingOf = (
  client: RelayClient,
  way: Passage | TunnelRequest,
  { upstreams, pseudonym }: ServerState,
  nowMs: number,
): Passing =>
  isTunnelRequest(way)
    ? new TunnelOpening(client, way, upstreams, nowMs)
    : new Relay(client, way, upstreams, pseudonym, nowMs);
