/** What passes between the connection of a client and whatever has taken over one of its requests. */
import type { CloseCause, ConnectionId, Relay as RelayMarks, SwitchedTo } from '../contract/connections';
import type { Failure } from '../contract/errors';
import type { Fields } from '../http1/events';
import type { RelayPlan } from '../http1/response-relay';
import type { TunnelEnd } from './tunnel-end';

/** The client whose request it is. Bytes are used, or copied, before the event is over. */
export interface RelayClient {
  readonly connection: ConnectionId;
  readonly number: number;
  /** The connection closes after this reply, whatever the server says. */
  readonly closes: boolean;
  /** It leaves what was written untaken. */
  readonly isStalled: boolean;
  /** Fields that are added to the final reply. */
  readonly addedFields: NonNullable<RelayPlan['added']>;
  /** A server was chosen; the object is filled in from here on. */
  relayed(marks: RelayMarks, nowMs: number): void;
  write(bytes: Uint8Array): void;
  /** The head of the final reply. */
  replyHead(status: number, head: Uint8Array, nowMs: number): void;
  /** Where the connection ends, the reply under way does. */
  replyEndsWithConnection(): void;
  /** The reply is under way, and its end has not come yet. */
  replyGoesOn(nowMs: number): void;
  /** The reply is complete. */
  replied(closes: boolean, nowMs: number): void;
  /** There is no reply: say so. */
  refused(failure: Failure, nowMs: number): void;
  /** The reply ends in the middle: the client has to notice. */
  cut(failure: Failure, nowMs: number): void;
  /** Nothing more is read until `readOn`: nobody takes it. */
  hold(nowMs: number): void;
  readOn(nowMs: number): void;
  /** From here on bytes pass as they are. */
  switched(other: TunnelEnd, to: SwitchedTo, nowMs: number): TunnelEnd;
}

/** What has taken over a request of a client, until its reply is out. */
export interface Passing {
  /** Nothing more comes of it. */
  readonly isOver: boolean;
  begin(nowMs: number): void;
  /** A piece of the client's body; valid until the call returns. */
  takeBody(piece: Uint8Array): void;
  takeTrailers(trailers: Fields): void;
  requestComplete(nowMs: number): void;
  /** The client is gone, or its request was refused on the way. */
  abandon(cause: CloseCause): void;
  /** The client does not take the reply, or takes it again. */
  clientStalled(nowMs: number): void;
  clientTakes(nowMs: number): void;
}
