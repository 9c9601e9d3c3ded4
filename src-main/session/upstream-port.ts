/** What passes between a request of a client and the connection to the server it goes to. */
import type { CloseCause, ConnectionId, SwitchedTo } from '../contract/connections';
import type { Failure } from '../contract/errors';
import type { FaultKind, PoolConfig } from '../contract/proxy-config';
import type { Settings } from '../contract/settings';
import type { UpstreamUrl } from '../contract/upstream-url';
import type { UpstreamGroup } from '../guard/upstream-group';
import type { UpstreamServer } from '../guard/upstream-server';
import type { Fields, ParserLimits, ResponseHead } from '../http1/events';
import type { WrittenHead } from '../http1/head-text';
import type { StartLine } from '../http1/parser';
import type { OpenEnd } from './tunnel-end';

/** A server a request may go to. Made once for each, and compared by identity. */
export interface Destination {
  /** Connections are kept for reuse by it. */
  readonly key: string;
  /** As it is shown: `http://127.0.0.1:3000`. */
  readonly server: string;
  readonly url: UpstreamUrl;
  /** Host and port as they stand in a URI. */
  readonly authority: string;
  readonly pool: PoolConfig;
  /** The connection of a client whose tunnel leads there; absent: none. */
  readonly carrier?: ConnectionId;
  /** Name of the upstream it belongs to; empty in the forward mode. */
  readonly upstream: string;
  /** Whose health and counts it is; null in the forward mode. */
  readonly member: { readonly group: UpstreamGroup; readonly server: UpstreamServer } | null;
  /** May the address a name stands for be connected to? Null: any. */
  readonly mayReach: ((address: string, port: number) => Failure | null) | null;
}

/** What all connections to servers share. The settings are replaced as a whole. */
export interface UpstreamState {
  readonly settings: Settings;
  readonly replyLimits: ParserLimits;
}

/** What went wrong with a server: what is told to the client, and what counts against its health. */
export interface UpstreamFault {
  readonly kind: FaultKind;
  readonly failure: Failure;
}

/** Whose request it is; null: our own. */
export type RelayOf = { readonly connection: ConnectionId; readonly number: number } | null;

/** A connection to a server, as the request sees it that goes over it. */
export interface UpstreamConnection {
  readonly id: ConnectionId;
  /** Requests sent on it so far. */
  readonly requests: number;
  readonly connectedAtMs: number | null;
  readonly securedAtMs: number | null;
  /** The server does not take what was written. */
  readonly isStalled: boolean;
  /** Sends the head of the next request. */
  begin(taker: ReplyTaker, line: StartLine, head: WrittenHead, relayOf: RelayOf, nowMs: number): void;
  /** Bytes of the request under way, as they go on the wire. They are used, or copied, before they are gone. */
  readonly write: (bytes: Uint8Array) => void;
  /** The request under way was written whole. */
  complete(bodyBytes: number, nowMs: number): void;
  /** The client does not take the reply: nothing more is read until `readOn`. */
  hold(nowMs: number): void;
  readOn(nowMs: number): void;
  /** Nobody waits for the reply any more. */
  abandon(cause: CloseCause): void;
  /** From here on bytes pass as they are. */
  becomeTunnel(to: SwitchedTo, nowMs: number): OpenEnd;
}

/** Who asked for a connection. Everything may be told before `acquire` returns. */
export interface ConnectionWaiter {
  /** It is there. False: nobody waits for it any more. */
  granted(upstream: UpstreamConnection, nowMs: number): boolean;
  refused(fault: UpstreamFault, nowMs: number): void;
  /** Now a new connection is made for it. */
  connecting(connection: ConnectionId, nowMs: number): void;
}

/**
 * Which connections a request may go over. The server may close a kept one just as it is used again, and nobody can tell
 * whether it has read the request (RFC 9112 §9.3.1): one that may be repeated takes any, another one only what was in
 * use a moment ago, and one that has met such an end takes a new one.
 */
export type Reuse = 'any' | 'recent' | 'none';

/** Keeps connections to servers. */
export interface UpstreamConnections {
  acquire(destination: Destination, waiter: ConnectionWaiter, reuse: Reuse, nowMs: number): void;
  /** A connection of its own, for a tunnel: never a kept one, and never given back. */
  open(destination: Destination, waiter: ConnectionWaiter, nowMs: number): void;
}

/** Who takes the reply to a request on a connection to a server. Data is valid until the call returns. */
export interface ReplyTaker {
  /** False: the reply is not wanted, and the connection is given up. */
  replyHead(head: ResponseHead, nowMs: number): boolean;
  replyData(bytes: Uint8Array, nowMs: number): void;
  /** What has come so far is told, and the reply is not complete. */
  replyGoesOn(nowMs: number): void;
  replyTrailers(fields: Fields): void;
  replyEnd(nowMs: number): void;
  /** The connection cannot be used any more, and the reply is not complete. */
  upstreamFailed(fault: UpstreamFault, nowMs: number): void;
  /** The server does not take what was written, or takes it again. */
  upstreamStalled(nowMs: number): void;
  upstreamTakes(nowMs: number): void;
}
