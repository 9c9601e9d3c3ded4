/** What a session is given: the effects it may ask for, and what it shares with the other sessions of a server. */
import type { ConnectionPhase } from '../contract/connections';
import type { Failure } from '../contract/errors';
import type { Fact } from '../contract/facts';
import type { Settings } from '../contract/settings';
import type { Admission } from '../guard/admission';
import type { GuardDeadline } from '../guard/deadlines';
import type { GuardGauges } from '../guard/gauges';
import type { HeldBytes } from '../guard/held-bytes';
import type { RateLimiter, RateVerdict } from '../guard/rate-limiter';
import type { ParserLimits, RequestHead } from '../http1/events';
import type { ReplyParts } from '../http1/writer';
import type { StartLine } from '../http1/parser';
import type { Route } from '../responder/responder';
import type { Router } from './router';
import type { TlsEnds } from './tls-ends';
import type { UpstreamConnections } from './upstream-port';

/**
 * One connection's conversation, as whoever has its socket drives it: events in, effects out through its port.
 * Synchronous and without timers: after every event it is asked when it wants to be woken.
 */
export interface Session {
  readonly phase: ConnectionPhase;
  /** Of the two directions as the contract has them: on a connection to a server, `in` is what we sent. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Of the body under way, after chunked coding is taken off. */
  readonly bodyBytes: number;
  /** Of the request under way; null before its start line is complete. */
  readonly startLine: StartLine | null;
  /** The guard armed now. */
  readonly deadline: GuardDeadline | null;
  /** When `deadlinePassed` is due; null: not before another event. */
  readonly wakeAtMs: number | null;
  opened(nowMs: number): void;
  /** The view is overwritten by the next read of any connection. */
  received(bytes: Uint8Array, nowMs: number): void;
  /** The peer sent FIN. */
  peerEnded(nowMs: number): void;
  /** What was written was taken, or (`taken` false) waits for the peer: then `drained` follows. */
  sent(taken: boolean, nowMs: number): void;
  drained(nowMs: number): void;
  /** Everything written, FIN included, was handed to the kernel. */
  finished(nowMs: number): void;
  /** Nothing was read for so long: what the peer could not send is not its delay. */
  notReadFor(ms: number): void;
  settingsChanged(nowMs: number): void;
  deadlinePassed(nowMs: number): void;
  stop(nowMs: number): void;
  broke(failure: Failure, nowMs: number): void;
  /** The socket is gone. `reset`: by RST of the peer. */
  closed(reset: boolean, nowMs: number): void;
}

/** The effects. All return at once; what is written goes out in order. */
export interface SessionPort {
  write(bytes: Uint8Array): void;
  /** Bytes written that the client has not taken yet. */
  readonly pendingBytes: number;
  /** FIN, after everything written before. */
  end(): void;
  /** Closes at once, without waiting for the client. */
  destroy(): void;
  /** RST. */
  reset(): void;
  pauseReading(): void;
  resumeReading(): void;
  /** `wakeAtMs` has changed in the event of another connection. */
  wakeDue(): void;
  record(fact: Fact): void;
}

export type { SessionIdentity } from './identity';
export type { StartLine };

/** Where replies come from. */
export interface Responder {
  route(head: RequestHead): Route;
  /** `status` in place of the one the catalogue gives the code. */
  refusal(failure: Failure, status: number): ReplyParts;
  rateFields(verdict: RateVerdict, style: Settings['rateFields']): ReplyParts['fields'];
}

/** Policy in force and what is counted across connections. The settings are replaced as a whole. */
export interface ServerState {
  readonly settings: Settings;
  /** Where requests go that are not answered here; null: all are. */
  readonly router: Router | null;
  readonly upstreams: UpstreamConnections;
  readonly tlsEnds: TlsEnds;
  /** Our name in Via, by which we know a request that comes round in a circle. */
  readonly pseudonym: string;
  /** The byte budgets and the parser rules of `settings`. */
  readonly limits: ParserLimits;
  /** When the server started: `guardCheckEveryMs` counts from there. */
  readonly startedAtMs: number;
  readonly admission: Admission;
  readonly buckets: RateLimiter;
  readonly gauges: GuardGauges;
  readonly held: HeldBytes;
  readonly responder: Responder;
}
