/** States the facts of a connection but for its replies: who, when and where are filled in here. */
import type { CloseCause, ConnectionId } from '../contract/connections';
import type { GuardName } from '../contract/settings';
import type { RateVerdict } from '../guard/rate-limiter';
import type { Fault } from '../http1/events';
import { tripCodeOf } from './actions';
import type { OpenExchange } from './exchange';
import type { SessionIdentity, SessionPort } from './port';
import type { Destination } from './upstream-port';

/** What a guard saw when it acted. */
export interface Seen {
  readonly limit: number;
  readonly measured: number;
  /** Inbound. */
  readonly offset: number;
}

/** Whose facts they are, and to whom they are stated. */
export interface Stating {
  readonly port: SessionPort;
  readonly connection: ConnectionId;
}

export interface Traffic {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly requests: number;
}

export function stateOpened(port: SessionPort, { id, client, server, carrier }: SessionIdentity, atMs: number): void {
  port.record({
    kind: 'connection.opened',
    connection: id,
    atMs,
    client,
    server,
    side: 'client',
    upstream: null,
    carrier,
  });
}

/** Of a connection to a server, which is told from here on: its own address is known once it is there. */
export function stateUpstreamOpened(
  { port, connection }: Stating,
  { server, upstream, authority, carrier }: Destination,
  atMs: number,
): void {
  port.record({
    kind: 'connection.opened',
    connection,
    atMs,
    client: '',
    server: authority,
    side: 'upstream',
    upstream: upstream === '' ? server : `${upstream} · ${server}`,
    carrier: carrier ?? null,
  });
}

export function stateHead(
  { port, connection }: Stating,
  { head, number, startedAtMs }: OpenExchange,
  atMs: number,
): void {
  const { method, target, version, start, fieldsStart, end, fields } = head;
  port.record({
    kind: 'head',
    connection,
    atMs,
    number,
    startedAtMs,
    method,
    target,
    version,
    start,
    fieldsStart,
    end,
    fieldCount: fields.count,
    relayOf: null,
  });
}

export function stateRate({ port, connection }: Stating, number: number, verdict: RateVerdict, atMs: number): void {
  const { bucket, allowed, cost, level, capacity, retryAfterMs, delayMs } = verdict;
  port.record({
    kind: 'rate',
    connection,
    atMs,
    number,
    bucket,
    allowed,
    cost,
    level,
    capacity,
    retryAfterMs,
    delayMs,
  });
}

export function stateRequestEnd(
  { port, connection }: Stating,
  { number, bodyBytes }: OpenExchange,
  end: number,
  atMs: number,
): void {
  port.record({ kind: 'request-end', connection, atMs, number, end, bodyBytes });
}

export function stateTrip(
  { port, connection }: Stating,
  guard: GuardName,
  seen: Seen & { readonly status: number | null },
  atMs: number,
): void {
  port.record({ kind: 'trip', connection, atMs, guard, code: tripCodeOf(guard), ...seen });
}

export function stateFault({ port, connection }: Stating, fault: Fault, status: number | null, atMs: number): void {
  port.record({ kind: 'fault', connection, atMs, ...fault, status });
}

export function stateClosed({ port, connection }: Stating, cause: CloseCause, traffic: Traffic, atMs: number): void {
  port.record({ kind: 'connection.closed', connection, atMs, cause, ...traffic });
}
