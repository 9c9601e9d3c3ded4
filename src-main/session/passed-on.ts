/** A request that is passed on, as the client's connection sees it: what it writes, states and does for the relay. */
import type { CloseCause, ConnectionId, Relay as RelayMarks, SwitchedTo } from '../contract/connections';
import type { Failure } from '../contract/errors';
import type { ReplyParts } from '../http1/writer';
import { statusOf } from './actions';
import { isLast, tellLast, type Answering } from './answers';
import type { OpenExchange } from './exchange';
import { stateFault } from './fact-log';
import type { RelayClient } from './relay-port';
import { stateReply } from './replier';
import type { TunnelEnd } from './tunnel-end';

/** What a relay may ask of the session whose request it carries. */
export interface RelayingSession extends Answering {
  /** Answers before the body is read, and closes where it may never come. */
  replyEarly(exchange: OpenExchange, parts: ReplyParts, nowMs: number): void;
  /** The reply is out: where the request was read whole, the next one has its turn. */
  afterRelay(exchange: OpenExchange, nowMs: number): void;
  finish(cause: CloseCause, nowMs: number): void;
  /** By RST. */
  cut(cause: CloseCause, nowMs: number): void;
  becomeTunnel(other: TunnelEnd, nowMs: number): TunnelEnd;
}

/** Of what the catalogue gives no status to. */
const BAD_GATEWAY = 502;

export class PassedOn implements RelayClient {
  #status = 0;
  #replyStart = 0;
  #isStated = false;

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
    return isLast(this.session, this.exchange);
  }

  get isStalled(): boolean {
    return this.session.out.isStalled;
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

  replyHead(status: number, head: Uint8Array): void {
    const { out } = this.session;
    this.#status = status;
    this.#replyStart = out.bytes;
    this.exchange.replied = true;
    out.write(head);
  }

  replyEndsWithConnection(): void {
    this.exchange.endsWithConnection = true;
  }

  replyGoesOn(atMs: number): void {
    if (this.#isStated) return;
    this.#isStated = true;
    const { connection, number } = this;
    const start = this.#replyStart;
    this.session.out.port.record({ kind: 'reply-begun', connection, atMs, number, status: this.#status, start });
  }

  replied(closes: boolean, nowMs: number): void {
    this.#stateReply(nowMs);
    const { session, exchange } = this;
    exchange.closes ||= closes;
    exchange.endsWithConnection = false;
    tellLast(session, exchange, nowMs);
    if (exchange.closes && exchange.isBodyInDoubt) session.finish('server-closed', nowMs);
    else session.afterRelay(exchange, nowMs);
  }

  #stateReply(atMs: number): void {
    const { out, in: inbound } = this.session;
    stateReply(out, inbound.atDesk(), this.exchange, { status: this.#status, start: this.#replyStart, atMs });
  }

  refused(failure: Failure, nowMs: number): void {
    const { session, exchange } = this;
    const status = exchange.replied ? null : statusOf(failure.code, session.server.settings);
    stateFault(session.out, { ...failure, offset: exchange.head.end }, status, nowMs);
    session.replyEarly(exchange, session.server.responder.refusal(failure, status ?? BAD_GATEWAY), nowMs);
    session.afterRelay(exchange, nowMs);
  }

  cut(failure: Failure, nowMs: number): void {
    const { session, exchange } = this;
    this.replyGoesOn(nowMs);
    stateFault(session.out, { ...failure, offset: exchange.head.end }, null, nowMs);
    session.finish('server-closed', nowMs);
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
