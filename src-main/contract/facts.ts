/**
 * Facts: what happened, once each, in order. A session states them, the inspector hands them to the connection
 * table, the journal, the counters and the command line.
 */
import type { CloseCause, ConnectionId, FaultMark, Relay, Side, SwitchedTo, TlsInfo, Trip } from './connections';
import type { ServerChange } from './upstreams';

export type Fact =
  | {
      readonly kind: 'connection.opened';
      readonly connection: ConnectionId;
      readonly atMs: number;
      /** Empty until it is known, of a connection to a server. */
      readonly client: string;
      readonly server: string;
      readonly side: Side;
      readonly upstream: string | null;
      readonly carrier: ConnectionId | null;
    }
  /** A connection to a server is there; its own address is known now. */
  | {
      readonly kind: 'connection.connected';
      readonly connection: ConnectionId;
      readonly atMs: number;
      readonly client: string;
      readonly server: string;
    }
  /** The TLS handshake is complete. */
  | {
      readonly kind: 'connection.secured';
      readonly connection: ConnectionId;
      readonly atMs: number;
      readonly tls: TlsInfo;
    }
  /** A request's head is complete; offsets are inbound. */
  | {
      readonly kind: 'head';
      readonly connection: ConnectionId;
      readonly atMs: number;
      readonly number: number;
      readonly startedAtMs: number;
      readonly method: string;
      readonly target: string;
      readonly version: string;
      readonly start: number;
      readonly fieldsStart: number;
      readonly end: number;
      readonly fieldCount: number;
      /** On a connection to a server: whose request it is. */
      readonly relayOf: { readonly connection: ConnectionId; readonly number: number } | null;
    }
  /** A server was chosen for a request. `relay` is filled in while the request is passed on; a retry states another. */
  | {
      readonly kind: 'relay';
      readonly connection: ConnectionId;
      readonly atMs: number;
      readonly number: number;
      readonly relay: Relay;
    }
  /** After this exchange the bytes are of another protocol. */
  | {
      readonly kind: 'switched';
      readonly connection: ConnectionId;
      readonly atMs: number;
      readonly number: number;
      readonly to: SwitchedTo;
    }
  /** A request is complete, body and trailers included. */
  | {
      readonly kind: 'request-end';
      readonly connection: ConnectionId;
      readonly atMs: number;
      readonly number: number;
      readonly end: number;
      readonly bodyBytes: number;
    }
  /** A bucket was asked for what the request costs. `level` is what is left. */
  | {
      readonly kind: 'rate';
      readonly connection: ConnectionId;
      readonly atMs: number;
      readonly number: number;
      /** Whose bucket, as it may be shown: an address, a target prefix, a field value, of a credential a fingerprint. */
      readonly bucket: string;
      readonly allowed: boolean;
      readonly cost: number;
      readonly level: number;
      readonly capacity: number;
      /** Until the same request would be let in; 0 when it was; null where it never will be. */
      readonly retryAfterMs: number | null;
      /** How long it waits before it is routed. */
      readonly delayMs: number;
    }
  /** The head of a final reply that is passed on, while its body is still to come; offsets are outbound. */
  | {
      readonly kind: 'reply-begun';
      readonly connection: ConnectionId;
      readonly atMs: number;
      readonly number: number;
      readonly status: number;
      readonly start: number;
    }
  /** A final reply was handed to the socket; offsets are outbound. `number` is 0 for a reply to no request. */
  | {
      readonly kind: 'reply';
      readonly connection: ConnectionId;
      readonly atMs: number;
      readonly number: number;
      readonly status: number;
      readonly start: number;
      readonly end: number;
      readonly side: Side;
      readonly method: string;
      readonly target: string;
      readonly version: string;
      /** Inbound offset of the request, and its bytes so far. */
      readonly requestStart: number;
      readonly requestBytes: number;
      /** First byte of the request. */
      readonly startedAtMs: number;
    }
  | ({ readonly kind: 'trip' } & Trip)
  | ({ readonly kind: 'fault' } & FaultMark)
  | {
      readonly kind: 'connection.closed';
      readonly connection: ConnectionId;
      readonly atMs: number;
      readonly cause: CloseCause;
      readonly bytesIn: number;
      readonly bytesOut: number;
      readonly requests: number;
    }
  /** The health of a server behind us changed. */
  | ({ readonly kind: 'health'; readonly connection: 0 } & ServerChange);
