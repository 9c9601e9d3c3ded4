/** The end of a tunnel where the TLS of a client is taken off, as a session asks for it. */
import type { Failure } from '../contract/errors';
import type { SessionIdentity } from './identity';
import type { OpenEnd } from './tunnel-end';
import type { Destination } from './upstream-port';

/** The connection that carries the TLS records. */
export interface TlsCarrier {
  readonly identity: SessionIdentity;
  /** The handshake failed: it is told, and the connection ends. */
  handshakeFailed(failure: Failure, nowMs: number): void;
}

export interface TlsEnds {
  /**
   * What is found under the TLS is a connection of its own, whose requests go to `to`; null: where the server sends all
   * requests. Fails with a `TLS_` code where there is nothing to show the client.
   */
  takeOff(carrier: TlsCarrier, to: Destination | null): OpenEnd | Failure;
}
