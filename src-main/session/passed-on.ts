/** A request that is passed on, as the client's connection sees it: what it writes, states and does for the relay. */
import type { ConnectionId, Relay as RelayMarks, SwitchedTo } from '../contract/connections';
import type { Failure } from '../contract/errors';
import type { OpenExchange } from './exchange';
import type { Inbound } from './inbound';
import type { Outbound } from './outbound';
import type { RelayClient } from './relay';
import { stateReply } from './replier';
import type { TunnelEnd } from './tunnel';

/** What a relay may ask of the session whose request it carries. */
export interface RelayingSession {
  readonly out: Outbound;
  readonly in: Inbound;
  /** The connection closes after this exchange, whatever comes of it. */
  isLast(exchange: OpenExchange): boolean;
  /** The reply is out. */
  answered(exchange: OpenExchange, nowMs: number): void;
  answer(exchange: OpenExchange, failure: Failure, nowMs: number): void;
  cutReply(exchange: OpenExchange, failure: Failure, endsWithConnection: boolean, nowMs: number): void;
  becomeTunnel(other: TunnelEnd, nowMs: number): TunnelEnd;
}

export class PassedOn implements RelayClient {
  #status = 0;
  #replyStart = 0;

  constructor(
    private readonly session: RelayingSession,
    private readonly exchange: OpenExchange,
  ) {}

  get connection(): ConnectionId {
    return this.session.out.connection;
  }

  get number(): number {
    return this.exchange.number;
  }

  get closes(): boolean {
    return this.session.isLast(this.exchange);
  }

  get addedFields(): RelayClient['addedFields'] {
    return this.exchange.rateFields;
  }

  relayed(relay: RelayMarks, atMs: number): void {
    this.session.out.port.record({ kind: 'relay', connection: this.connection, atMs, number: this.number, relay });
  }

  write(bytes: Uint8Array): void {
    this.session.out.write(bytes);
  }

  replyHead(status: number, head: Uint8Array, atMs: number): void {
    const { out } = this.session;
    this.#status = status;
    this.#replyStart = out.bytes;
    this.exchange.replied = true;
    out.write(head);
    const { connection, number } = this;
    out.port.record({ kind: 'reply-begun', connection, atMs, number, status, start: this.#replyStart });
  }

  replied(closes: boolean, nowMs: number): void {
    this.#stateReply(nowMs);
    this.exchange.closes ||= closes;
    this.session.answered(this.exchange, nowMs);
  }

  #stateReply(nowMs: number): void {
    stateReply(this.session.out, this.session.in.atDesk(), this.exchange, this.#status, this.#replyStart, nowMs);
  }

  refused(failure: Failure, nowMs: number): void {
    this.session.answer(this.exchange, failure, nowMs);
  }

  cut(failure: Failure, endsWithConnection: boolean, nowMs: number): void {
    this.session.cutReply(this.exchange, failure, endsWithConnection, nowMs);
  }

  hold(nowMs: number): void {
    this.session.in.pause('untaken-request', nowMs);
  }

  readOn(nowMs: number): void {
    this.session.in.resume('untaken-request', nowMs);
  }

  switched(other: TunnelEnd, to: SwitchedTo, atMs: number): TunnelEnd {
    this.#stateReply(atMs);
    const { connection, number } = this;
    this.session.out.port.record({ kind: 'switched', connection, atMs, number, to });
    return this.session.becomeTunnel(other, atMs);
  }
}
