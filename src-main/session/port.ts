/** What a session is given: the effects it may ask for, and what it shares with the other sessions of a server. */
import type { ConnectionId } from '../contract/connections';
import type { Failure } from '../contract/errors';
import type { Fact } from '../contract/facts';
import type { Settings } from '../contract/settings';
import type { Admission } from '../guard/admission';
import type { GuardGauges } from '../guard/gauges';
import type { HeldBytes } from '../guard/held-bytes';
import type { RateLimiter, RateVerdict } from '../guard/rate-limiter';
import type { ParserLimits, RequestHead } from '../http1/events';
import type { ReplyParts } from '../http1/writer';
import type { StartLine } from '../http1/parser';
import type { Route } from '../responder/responder';

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
  record(fact: Fact): void;
}

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

export interface SessionIdentity {
  readonly id: ConnectionId;
  /** `127.0.0.1:53122` */
  readonly client: string;
  /** `127.0.0.1`: what connections and tokens are counted by. */
  readonly clientAddress: string;
  readonly server: string;
  /** The connection whose TLS records carry this one's bytes; null: none. */
  readonly carrier: ConnectionId | null;
}
