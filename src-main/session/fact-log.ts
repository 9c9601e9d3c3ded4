/** States the facts of one connection but for its replies: who, when and where are filled in here, once. */
import type { CloseCause } from '../contract/connections';
import type { GuardName } from '../contract/settings';
import type { RateVerdict } from '../guard/rate-limiter';
import type { Fault } from '../http1/events';
import { tripCodeOf } from './actions';
import type { OpenExchange } from './exchange';
import type { SessionIdentity, SessionPort } from './port';

/** What a guard saw when it acted. */
export interface Seen {
  readonly limit: number;
  readonly measured: number;
  /** Inbound. */
  readonly offset: number;
}

export interface Traffic {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly requests: number;
}

export class FactLog {
  constructor(
    private readonly port: SessionPort,
    private readonly identity: SessionIdentity,
  ) {}

  opened(atMs: number): void {
    const { id, client, server } = this.identity;
    this.port.record({ kind: 'connection.opened', connection: id, atMs, client, server });
  }

  head({ head, number, startedAtMs }: OpenExchange, atMs: number): void {
    const { method, target, version, start, fieldsStart, end, fields } = head;
    this.port.record({
      kind: 'head',
      connection: this.identity.id,
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
    });
  }

  rate(number: number, verdict: RateVerdict, atMs: number): void {
    const { bucket, allowed, cost, level, capacity, retryAfterMs, delayMs } = verdict;
    this.port.record({
      kind: 'rate',
      connection: this.identity.id,
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

  requestEnd({ number, bodyBytes }: OpenExchange, end: number, atMs: number): void {
    this.port.record({ kind: 'request-end', connection: this.identity.id, atMs, number, end, bodyBytes });
  }

  trip(guard: GuardName, seen: Seen & { readonly status: number | null }, atMs: number): void {
    this.port.record({ kind: 'trip', connection: this.identity.id, atMs, guard, code: tripCodeOf(guard), ...seen });
  }

  fault(fault: Fault, status: number | null, atMs: number): void {
    this.port.record({ kind: 'fault', connection: this.identity.id, atMs, ...fault, status });
  }

  closed(cause: CloseCause, traffic: Traffic, atMs: number): void {
    this.port.record({ kind: 'connection.closed', connection: this.identity.id, atMs, cause, ...traffic });
  }
}
