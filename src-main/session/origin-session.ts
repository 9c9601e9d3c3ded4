/**
 * One connection to our own server: transport events in, effects out through the port. Synchronous and without
 * timers: whoever drives it calls `deadlinePassed` when `wakeAtMs` has come, and after every event asks again.
 *
 * The order of the house is `#advance`: guards → parse → rate limit → route → reply. Deadlines and admission are
 * checked before a byte is parsed; byte budgets by the parser, as it consumes each byte; a token is taken once a
 * head is valid and before a route is chosen (where the bucket leaks, the request may have to wait for its turn then:
 * nothing is read meanwhile); a reply leaves once the request is complete, or at once where the body would be read for
 * nothing. Where a proxy mode passes the request on (`relay.ts`), its body goes on as it comes, and the next request waits
 * until the reply is out.
 *
 * What a guard does that trips is not said here: `actions.ts` reads it from the settings.
 *
 * After a refusal nothing is parsed any more: the reply is sent, then FIN, and bytes that still arrive are
 * recorded and dropped for a while, so that a client in the middle of an upload reads the reply rather than a reset
 * (RFC 9112 §9.6).
 */
import type { CloseCause, ConnectionPhase } from '../contract/connections';
import type { Failure } from '../contract/errors';
import type { GuardDeadline } from '../guard/deadlines';
import type { ParserEvent, RequestHead } from '../http1/events';
import type { StartLine } from '../http1/parser';
import { CONTINUE_REPLY, type ReplyParts } from '../http1/writer';
import { answer, replyOf } from './answers';
import { Delay } from './delay';
import type { OpenExchange } from './exchange';
import { stateClosed, stateFault, stateOpened } from './fact-log';
import { HeldReads } from './held-reads';
import { Inbound } from './inbound';
import { admit, beginExchange, endExchange, noticeStart, takeTokens } from './intake';
import { LINGER_MS, STOP_LINGER_MS } from './linger';
import { observeRead } from './observe';
import { Outbound } from './outbound';
import type { RelayingSession } from './passed-on';
import { passOn } from './passing';
import type { ServerState, Session, SessionIdentity, SessionPort } from './port';
import { refuse, tellBroken, trip } from './refusals';
import { Tunnel } from './tunnel';
import type { TunnelEnd } from './tunnel-end';

/**
 * `delayed`: the request under way waits for its turn to leak out of the bucket; nothing is parsed or read.
 * `relaying`: the request under way was passed on whole; nothing is parsed until its reply is out.
 * `tunnel`: bytes pass as they are.
 * `closing`: nothing is parsed any more, what was written is on its way, FIN follows it.
 * `lingering`: FIN (or RST) is out; bytes that still arrive are dropped.
 */
type Mode = 'open' | 'delayed' | 'relaying' | 'tunnel' | 'closing' | 'lingering' | 'closed';

export class OriginSession implements Session, RelayingSession {
  #mode: Mode = 'open';
  exchange: OpenExchange | null = null;
  /** Of the exchange under way, while the mode is `delayed`. */
  #delay: Delay | null = null;
  /** What was sent ahead of its turn, while the mode is `delayed` or `relaying`. */
  #held: HeldReads | null = null;
  #tunnel: Tunnel | null = null;
  #hasPeerEnded = false;
  #lingerUntilMs: number | null = null;
  #admitted = false;
  isStopping = false;
  #cause: CloseCause | null = null;
  readonly in: Inbound;
  readonly out: Outbound;

  constructor(
    private readonly port: SessionPort,
    readonly server: ServerState,
    readonly identity: SessionIdentity,
  ) {
    this.in = new Inbound(port, server);
    this.out = new Outbound(port, identity.id);
  }

  get bytesIn(): number {
    return this.in.bytes;
  }

  get bytesOut(): number {
    return this.out.bytes;
  }

  get phase(): ConnectionPhase {
    if (this.#mode === 'closing' || (this.out.isStalled && this.#readsOn)) return 'replying';
    if (this.#mode === 'relaying') return this.exchange?.replied === true ? 'replying' : 'waiting';
    if (this.#mode !== 'open') return this.#mode;
    const phase = this.in.desk?.parser.phase ?? 'idle';
    return phase === 'complete' ? 'idle' : phase;
  }

  /** A server that is slow to reply is under a deadline of its own connection. */
  get #awaited(): ConnectionPhase {
    const isServer = this.#mode === 'relaying' || (this.#readsOn && this.in.isUntaken);
    return isServer && !this.out.isStalled ? 'waiting' : this.phase;
  }

  /** Bytes of the body under way, after chunked coding is taken off. */
  get bodyBytes(): number {
    return this.exchange?.bodyBytes ?? 0;
  }

  /** Of the request under way; null before its start line is complete. */
  get startLine(): StartLine | null {
    return this.in.desk?.parser.startLine ?? null;
  }

  /** The guard armed now. */
  get deadline(): GuardDeadline | null {
    const { settings } = this.server;
    const deadline = this.#tunnel?.deadline(settings) ?? this.in.atDesk().clock.deadline(this.#awaited, settings);
    this.#restIfIdle();
    return deadline;
  }

  /** When `deadlinePassed` is due; null: not before another event. To be asked after every event. */
  get wakeAtMs(): number | null {
    const atMs = this.#dueAtMs();
    this.#restIfIdle();
    return atMs === Infinity ? null : atMs;
  }

  opened(nowMs: number): void {
    this.in.waits(nowMs);
    stateOpened(this.port, this.identity, nowMs);
    // What another connection carries was counted in with that one.
    if (this.identity.carrier !== null) return;
    const refused = admit(this.server, this.identity);
    this.#admitted = refused === null;
    if (refused !== null) this.#endAs(trip(this, refused.guard, refused.seen, nowMs), nowMs);
  }

  received(bytes: Uint8Array, nowMs: number): void {
    if (nowMs >= this.#dueAtMs()) this.deadlinePassed(nowMs);
    const { clock } = this.in.atDesk();
    this.in.bytes += bytes.length;
    if (this.#tunnel !== null) return this.#tunnel.received(bytes, nowMs);
    if (!this.#readsOn) return;
    observeRead(this.server, clock.stageOf(this.phase), clock.reads(nowMs));
    if (this.#held !== null) {
      this.#held.keep(bytes);
      return this.in.pause('early-request', nowMs);
    }
    this.in.atDesk().parser.receive(bytes);
    this.#advance(nowMs);
  }

  /** The client sent FIN: no more requests, but replies may still be read (RFC 9112 §9.6). */
  peerEnded(nowMs: number): void {
    this.#hasPeerEnded = true;
    this.#tunnel?.peerEnded();
    this.#held?.endAfterwards();
    if (this.#mode !== 'open') return;
    const event = this.in.desk?.parser.finish();
    if (event?.kind === 'fault') stateFault(this.out, event.fault, null, nowMs);
    this.finish('client-closed', nowMs);
  }

  /** What was written left for the client, or (`taken` false) waits for it: then nothing more is read until it does. */
  sent(taken: boolean, nowMs: number): void {
    if (this.#tunnel !== null) return this.#tunnel.sent(taken, nowMs);
    if (taken) return this.out.release();
    if (!this.#readsOn) return;
    this.out.stall();
    this.exchange?.relay?.clientStalled(nowMs);
    this.in.waits(nowMs);
    this.in.pause('untaken-reply', nowMs);
  }

  drained(nowMs: number): void {
    this.#tunnel?.drained(nowMs);
    if (!this.out.isStalled) return;
    this.out.drain();
    this.exchange?.relay?.clientTakes(nowMs);
    this.in.resume('untaken-reply', nowMs);
    this.in.waits(nowMs);
    this.#stopIfIdle(nowMs);
  }

  /** What the client could not send because nothing was read is not its delay. */
  notReadFor(ms: number): void {
    this.in.skip(ms);
  }

  /** Everything written, FIN included, was handed to the kernel. */
  finished(nowMs: number): void {
    if (this.#mode !== 'closing') return;
    this.out.release();
    this.#linger(nowMs);
  }

  settingsChanged(nowMs: number): void {
    if (this.in.desk !== null) this.in.desk.parser.limits = this.server.limits;
    if (this.#delay?.settingsChanged(this.server.settings, nowMs) === 'over') this.#proceed(nowMs);
  }

  deadlinePassed(nowMs: number): void {
    if (this.#mode === 'lingering') return nowMs >= (this.#lingerUntilMs ?? 0) ? this.port.destroy() : undefined;
    if (this.#delay !== null) return nowMs >= this.#delay.untilMs ? this.#proceed(nowMs) : undefined;
    const { deadline } = this;
    if (this.#mode === 'closed' || deadline === null || nowMs < deadline.atMs) return;
    if (this.phase === 'replying' && this.out.tookSome()) {
      this.in.waits(nowMs);
      return;
    }
    const { clock, parser } = this.in.atDesk();
    const { guard, limit } = deadline;
    if (this.#tunnel !== null && guard === 'headTimeoutMs') return this.#tunnel.handshakeTimedOut(nowMs);
    const offset = this.#tunnel === null ? parser.offset : this.in.bytes;
    const seen = { limit, measured: clock.measured(deadline, nowMs), offset };
    this.#endAs(trip(this, guard, seen, nowMs), nowMs);
  }

  /** The server stops: close when idle, else with the reply of the request under way. */
  stop(nowMs: number): void {
    this.isStopping = true;
    if (this.#mode === 'lingering') this.#linger(nowMs);
    if (this.#mode === 'delayed') this.#proceed(nowMs);
    this.#tunnel?.stop();
    this.#stopIfIdle(nowMs);
  }

  #stopIfIdle(nowMs: number): void {
    if (this.isStopping && this.#mode === 'open' && this.phase === 'idle') this.finish('stopped', nowMs);
  }

  /** A rule of our own was broken on the way: nothing is parsed any more, and a request under way is told so. */
  broke(failure: Failure, nowMs: number): void {
    this.#cause ??= 'server-closed';
    if (!this.#readsOn) return this.cut('server-closed', nowMs);
    if (this.phase !== 'idle' || this.exchange !== null) tellBroken(this, failure, nowMs);
    this.finish('server-closed', nowMs);
  }

  /** The socket is gone. `reset`: the client reset it. */
  closed(reset: boolean, nowMs: number): void {
    if (this.#mode === 'closed') return;
    this.#mode = 'closed';
    this.#drop('client-left');
    this.out.release();
    if (this.#admitted) this.server.admission.leave(this.identity.clientAddress);
    const isOurs = this.#tunnel !== null && !this.#hasPeerEnded;
    const usual = this.isStopping ? 'stopped' : isOurs ? 'server-closed' : 'client-closed';
    const { bytes: bytesIn, requests } = this.in;
    const traffic = { bytesIn, bytesOut: this.out.bytes, requests };
    stateClosed(this.out, this.#cause ?? (reset ? 'client-reset' : usual), traffic, nowMs);
    this.#tunnel?.closed(this.#hasPeerEnded, reset);
    this.#tunnel = null;
  }

  get #holdsReads(): boolean {
    return this.#mode === 'delayed' || this.#mode === 'relaying';
  }

  /** What comes is for a request, now or later. */
  get #readsOn(): boolean {
    return this.#mode === 'open' || this.#holdsReads;
  }

  /** What was read and not parsed is for later. */
  #hold(mode: 'delayed' | 'relaying'): void {
    this.#mode = mode;
    const rest = this.in.atDesk().parser.takeRest();
    this.#held ??= new HeldReads();
    this.#held.putBack(rest);
  }

  /** On with what was sent meanwhile. */
  #goOn(nowMs: number): void {
    const held = this.#held;
    if (held === null) return;
    // A request without a body is at its end without another byte.
    this.#advance(nowMs);
    for (;;) {
      const bytes = this.#mode === 'open' ? held.next() : undefined;
      if (bytes === undefined) break;
      this.in.atDesk().parser.receive(bytes);
      this.#advance(nowMs);
    }
    if (this.#holdsReads) return;
    this.#held = null;
    this.in.resume('early-request', nowMs);
    if (held.endsAfterwards) this.peerEnded(nowMs);
  }

  /** guards → parse → rate limit → route → reply */
  #advance(nowMs: number): void {
    const { parser, clock } = this.in.atDesk();
    while (this.#mode === 'open') {
      const event = parser.next();
      noticeStart(this.server, clock, nowMs);
      if (event === null) return;
      if (event.kind === 'fault') {
        this.#endAs(refuse(this, event.fault, nowMs), nowMs);
      } else if (event.kind === 'head') {
        const exchange = beginExchange(this, event.head as RequestHead, nowMs);
        this.exchange = exchange;
        const turn = takeTokens(this, exchange, nowMs);
        if (turn === 0) this.#chooseRoute(exchange, nowMs);
        else if (typeof turn === 'number') this.#wait(turn, nowMs);
        else this.replyEarly(exchange, turn, nowMs);
      } else if (event.kind === 'end') {
        this.#complete(event.end, nowMs);
      } else {
        this.#takeBody(event, nowMs);
      }
    }
  }

  /** The request waits for its turn. */
  #wait(delayMs: number, nowMs: number): void {
    this.#delay = new Delay(nowMs, delayMs, this.server.settings);
    this.#hold('delayed');
    this.in.pause('delayed-request', nowMs);
  }

  /** Its turn has come, or nobody waits any more: on with the route, and with what came meanwhile. */
  #proceed(nowMs: number): void {
    const exchange = this.exchange;
    if (this.#delay === null || exchange === null) return;
    this.#delay = null;
    this.#mode = 'open';
    this.in.resume('delayed-request', nowMs);
    this.#chooseRoute(exchange, nowMs);
    this.#goOn(nowMs);
  }

  #chooseRoute(exchange: OpenExchange, nowMs: number): void {
    const { head } = exchange;
    const { held, responder } = this.server;
    if (passOn(this, exchange, nowMs)) return;
    const route = responder.route(head);
    exchange.route = route;
    const refused = route.holdsBody ? exchange.hold(held) : null;
    if (refused !== null) return this.#endAs(refuse(this, { ...refused, offset: head.end }, nowMs), nowMs);
    if (!head.expectsContinue || head.framing.kind === 'none') return;
    if (route.acceptsBody) this.out.write(CONTINUE_REPLY);
    else this.replyEarly(exchange, replyOf(this, exchange, nowMs), nowMs);
  }

  #takeBody(event: Extract<ParserEvent, { kind: 'data' | 'trailers' }>, nowMs: number): void {
    const exchange = this.exchange;
    if (exchange === null) return;
    if (event.kind === 'trailers') return exchange.takeTrailers(event.fields);
    const refused = exchange.take(event.bytes);
    if (refused !== null) this.#endAs(refuse(this, { ...refused, offset: event.offset }, nowMs), nowMs);
  }

  #complete(end: number, nowMs: number): void {
    const exchange = this.exchange;
    if (exchange === null) return;
    endExchange(this, exchange, end, nowMs);
    exchange.relay?.requestComplete(nowMs);
    if (this.#tunnel !== null) return;
    if (exchange.relay?.isOver === false) return this.#hold('relaying');
    if (!exchange.replied) answer(this, exchange, replyOf(this, exchange, nowMs), nowMs);
    this.#conclude(exchange, nowMs);
  }

  /** The request is read whole and its reply is out. */
  #conclude(exchange: OpenExchange, nowMs: number): void {
    this.out.keep(exchange);
    this.exchange = null;
    this.in.waits(nowMs);
    if (exchange.closes || this.isStopping) this.finish(this.isStopping ? 'stopped' : 'server-closed', nowMs);
  }

  /**
   * Answers before the body is read. Where the client waits for 100 Continue it may send the body or not, so the
   * next request cannot be found and the connection closes (RFC 9110 §10.1.1); else the body is read and dropped.
   */
  replyEarly(exchange: OpenExchange, parts: ReplyParts, nowMs: number): void {
    exchange.closes ||= exchange.isBodyInDoubt;
    answer(this, exchange, parts, nowMs);
    if (exchange.closes && exchange.isBodyToCome) this.finish('server-closed', nowMs);
  }

  /** The request was read whole before: the next one has its turn. Else what is left of it is read and dropped. */
  afterRelay(exchange: OpenExchange, nowMs: number): void {
    if (this.#mode !== 'relaying') return;
    this.#mode = 'open';
    this.#conclude(exchange, nowMs);
    this.#goOn(nowMs);
  }

  becomeTunnel(other: TunnelEnd, nowMs: number): TunnelEnd {
    this.#mode = 'tunnel';
    this.exchange = null;
    const tunnel = new Tunnel(this.port, (bytes) => this.out.write(bytes), nowMs);
    tunnel.couple(other);
    this.#tunnel = tunnel;
    this.#held?.passTo(other, nowMs);
    this.#held = null;
    const rest = this.in.atDesk().parser.takeRest();
    if (rest.length > 0) other.pass(rest, nowMs);
    this.in.resume('early-request', nowMs);
    return tunnel;
  }

  #endAs(cause: CloseCause, nowMs: number): void {
    if (cause === 'guard-reset') this.cut(cause, nowMs);
    else this.finish(cause, nowMs);
  }

  /** Ends it where the client is not waited for any more. */
  cut(cause: CloseCause, nowMs: number): void {
    this.#cause ??= cause;
    this.#drop('client-left');
    this.#linger(nowMs);
    this.port.reset();
  }

  /** Nothing more comes of what is under way. */
  #drop(cause: CloseCause): void {
    this.#delay = null;
    this.#held = null;
    this.exchange?.relay?.abandon(cause);
    this.exchange?.release();
    this.exchange = null;
  }

  #linger(nowMs: number): void {
    this.#mode = 'lingering';
    const untilMs = nowMs + (this.isStopping ? STOP_LINGER_MS : LINGER_MS);
    this.#lingerUntilMs = Math.min(this.#lingerUntilMs ?? untilMs, untilMs);
  }

  finish(cause: CloseCause, nowMs: number): void {
    if (this.exchange?.endsWithConnection === true) return this.cut(cause, nowMs);
    this.#cause ??= cause;
    this.#drop('client-left');
    this.#mode = 'closing';
    this.in.drop(nowMs);
    this.in.atDesk().clock.waits(nowMs);
    this.port.end();
  }

  #dueAtMs(): number {
    if (this.#mode === 'lingering') return this.#lingerUntilMs ?? Infinity;
    const { settings } = this.server;
    if (this.#tunnel !== null) return this.#tunnel.deadline(settings)?.atMs ?? Infinity;
    return this.#delay?.untilMs ?? this.in.atDesk().clock.deadlineAtMs(this.#awaited, settings);
  }

  /** What is ending keeps its desk: how far it was read is asked for until it is gone. */
  #restIfIdle(): void {
    if (this.#mode === 'open' && this.exchange === null) this.in.rest();
  }
}
