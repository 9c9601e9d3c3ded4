/** Whose connection a session is. */
import type { ConnectionId } from '../contract/connections';

export interface SessionIdentity {
  readonly id: ConnectionId;
  /** `127.0.0.1:53122` */
  readonly client: string;
  /** `127.0.0.1`: what connections and tokens are counted by. */
  readonly clientAddress: string;
  readonly server: string;
  /** Did it come in over TLS? */
  readonly isSecure: boolean;
  /** The connection whose TLS records carry this one's bytes; null: none. */
  readonly carrier: ConnectionId | null;
}
