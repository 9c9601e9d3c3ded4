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
import { BugError, type Failure } from '../contract/errors';
import { guardOf, type GuardName } from '../contract/settings';
import type { GuardDeadline } from '../guard/deadlines';
import { GAUGES } from '../guard/gauges';
import type { Fault, ParserEvent, RequestHead } from '../http1/events';
import type { StartLine } from '../http1/parser';
import { CONTINUE_REPLY, type ReplyParts } from '../http1/writer';
import { actionOn, statusOf, tripCodeOf } from './actions';
import { Delay } from './delay';
import { OpenExchange } from './exchange';
import { HeldReads } from './held-reads';
import { PassedOn, type RelayingSession } from './passed-on';
import { passingOf } from './passing';
import { isFailure, passageOf } from './router';
import { Tunnel, type TunnelEnd } from './tunnel';
import { stateClosed, stateFault, stateHead, stateOpened, stateRate, stateRequestEnd, stateTrip } from './fact-log';
import type { Seen } from './fact-log';
import { Inbound } from './inbound';
import { observeEnd, observeHead, observeRead, observeWait } from './observe';
import { Outbound } from './outbound';
import type { ServerState, Session, SessionIdentity, SessionPort } from './port';
import type { PhaseClock } from './phase-clock';
import { replyToNone, replyToRequest } from './replier';

/** How long bytes are read and dropped after FIN was sent. nginx reads on for up to 30 s, Kestrel for 5 s. */
export const LINGER_MS = 5_000;
/** The same while the server stops: it does not wait long for clients that keep a finished connection open. */
export const STOP_LINGER_MS = 500;

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
  #exchange: OpenExchange | null = null;
  /** Of the exchange under way, while the mode is `delayed`. */
  #delay: Delay | null = null;
  /** What was sent ahead of its turn, while the mode is `delayed` or `relaying`. */
  #held: HeldReads | null = null;
  #tunnel: Tunnel | null = null;
  #hasPeerEnded = false;
  #lingerUntilMs: number | null = null;
  #admitted = false;
  #stopping = false;
  #cause: CloseCause | null = null;
  readonly in: Inbound;
  readonly out: Outbound;

  constructor(
    private readonly port: SessionPort,
    private readonly server: ServerState,
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
    if (this.#mode === 'closing' || (this.#mode === 'open' && this.out.isStalled)) return 'replying';
    if (this.#mode === 'relaying') return this.#relayPhase;
    if (this.#mode !== 'open') return this.#mode;
    const phase = this.in.desk?.parser.phase ?? 'idle';
    return phase === 'complete' ? 'idle' : phase;
  }

  get #relayPhase(): ConnectionPhase {
    return this.out.isStalled || this.#exchange?.replied === true ? 'replying' : 'waiting';
  }

  /** A server that is slow to reply is under a deadline of its own connection. */
  get #awaited(): ConnectionPhase {
    return this.#mode === 'relaying' && !this.out.isStalled ? 'waiting' : this.phase;
  }

  /** Bytes of the body under way, after chunked coding is taken off. */
  get bodyBytes(): number {
    return this.#exchange?.bodyBytes ?? 0;
  }

  /** Of the request under way; null before its start line is complete. */
  get startLine(): StartLine | null {
    return this.in.desk?.parser.startLine ?? null;
  }

  /** The guard armed now. */
  get deadline(): GuardDeadline | null {
    const deadline = this.in.atDesk().clock.deadline(this.#awaited, this.server.settings);
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
    const { clientAddress } = this.identity;
    const { admission, gauges, settings } = this.server;
    this.in.waits(nowMs);
    stateOpened(this.port, this.identity, nowMs);
    const verdict = admission.enter(clientAddress, settings);
    this.#admitted = verdict.admitted;
    if (verdict.admitted) {
      gauges.see(GAUGES.maxConnections, admission.open);
      gauges.see(GAUGES.maxConnectionsPerClient, admission.openFrom(clientAddress));
    } else {
      this.#trip(verdict.guard, { limit: verdict.limit, measured: verdict.measured, offset: 0 }, nowMs);
    }
  }

  received(bytes: Uint8Array, nowMs: number): void {
    if (nowMs >= this.#dueAtMs()) this.deadlinePassed(nowMs);
    const { clock } = this.in.atDesk();
    this.in.bytes += bytes.length;
    if (this.#tunnel !== null) return this.#tunnel.received(bytes);
    if (this.#mode !== 'open' && !this.#holdsReads) return;
    observeRead(this.server, clock.stageOf(this.phase), clock.reads(nowMs));
    this.#take(bytes, nowMs);
  }

  /** The client sent FIN: no more requests, but replies may still be read (RFC 9112 §9.6). */
  peerEnded(nowMs: number): void {
    this.#hasPeerEnded = true;
    this.#tunnel?.peerEnded();
    this.#held?.endAfterwards();
    if (this.#mode !== 'open') return;
    const event = this.in.desk?.parser.finish();
    if (event?.kind === 'fault') stateFault(this.out, event.fault, null, nowMs);
    this.#finish('client-closed', nowMs);
  }

  /** What was written left for the client, or (`taken` false) waits for it: then nothing more is read until it does. */
  sent(taken: boolean, nowMs: number): void {
    if (this.#tunnel !== null) return this.#tunnel.sent(taken, nowMs);
    if (taken) return this.out.release();
    if (this.#mode !== 'open' && !this.#holdsReads) return;
    this.out.stall();
    this.#exchange?.relay?.clientStalled(nowMs);
    this.in.waits(nowMs);
    this.in.pause('untaken-reply', nowMs);
  }

  drained(nowMs: number): void {
    this.#tunnel?.drained(nowMs);
    if (!this.out.isStalled) return;
    this.out.drain();
    this.#exchange?.relay?.clientTakes(nowMs);
    this.in.resume('untaken-reply', nowMs);
    this.in.waits(nowMs);
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
    const { limits, settings } = this.server;
    const { desk } = this.in;
    if (desk !== null) desk.parser.limits = limits;
    if (this.#delay?.settingsChanged(settings, nowMs) === 'over') this.#proceed(nowMs);
  }

  deadlinePassed(nowMs: number): void {
    if (this.#mode === 'lingering') {
      if (nowMs >= (this.#lingerUntilMs ?? 0)) this.port.destroy();
      return;
    }
    if (this.#delay !== null) {
      if (nowMs >= this.#delay.untilMs) this.#proceed(nowMs);
      return;
    }
    const { deadline } = this;
    if (this.#mode === 'closed' || deadline === null || nowMs < deadline.atMs) return;
    if (this.phase === 'replying' && this.out.tookSome()) {
      this.in.waits(nowMs);
      return;
    }
    const { clock, parser } = this.in.atDesk();
    const measured = clock.measured(deadline, nowMs);
    this.#trip(deadline.guard, { limit: deadline.limit, measured, offset: parser.offset }, nowMs);
  }

  /** The server stops: close when idle, else with the reply of the request under way. */
  stop(nowMs: number): void {
    this.#stopping = true;
    if (this.#mode === 'lingering') this.#linger(nowMs);
    if (this.#mode === 'delayed') this.#proceed(nowMs);
    if (this.#mode === 'open' && this.phase === 'idle') this.#finish('stopped', nowMs);
  }

  /** A rule of our own was broken on the way: nothing is parsed any more, and a request under way is told so. */
  broke(failure: Failure, nowMs: number): void {
    this.#cause ??= 'server-closed';
    if (this.#mode !== 'open' && !this.#holdsReads) return this.#cut('server-closed', nowMs);
    if (this.phase !== 'idle' || this.#exchange !== null) this.#tell(failure, this.#statusOf(failure), nowMs);
    this.#finish('server-closed', nowMs);
  }

  /** The socket is gone. `reset`: the client reset it. */
  closed(reset: boolean, nowMs: number): void {
    if (this.#mode === 'closed') return;
    this.#mode = 'closed';
    this.#drop('client-left');
    this.out.release();
    if (this.#admitted) this.server.admission.leave(this.identity.clientAddress);
    const cause = this.#cause ?? (reset ? 'client-reset' : this.#stopping ? 'stopped' : 'client-closed');
    const { bytes: bytesIn, requests } = this.in;
    stateClosed(this.out, cause, { bytesIn, bytesOut: this.out.bytes, requests }, nowMs);
    this.#tunnel?.closed(this.#hasPeerEnded, reset);
    this.#tunnel = null;
  }

  #take(bytes: Uint8Array, nowMs: number): void {
    if (this.#held !== null) {
      this.#held.keep(bytes);
      return this.in.pause('early-request', nowMs);
    }
    this.in.atDesk().parser.receive(bytes);
    this.#advance(nowMs);
  }

  get #holdsReads(): boolean {
    return this.#mode === 'delayed' || this.#mode === 'relaying';
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
      this.#noticeStart(clock, nowMs);
      if (event === null) return;
      if (event.kind === 'fault') {
        this.#refuse(event.fault, nowMs);
      } else if (event.kind === 'head') {
        const exchange = this.#begin(event.head as RequestHead, nowMs);
        const delayMs = this.#takeTokens(exchange, nowMs);
        if (delayMs === 0) this.#chooseRoute(exchange, nowMs);
        else if (delayMs !== null) this.#wait(delayMs, nowMs);
      } else if (event.kind === 'end') {
        this.#complete(event.end, nowMs);
      } else {
        this.#takeBody(event, nowMs);
      }
    }
  }

  #noticeStart(clock: PhaseClock, nowMs: number): void {
    const isFirst = clock.isUnused;
    const waitedMs = clock.noticeStart(nowMs);
    if (waitedMs !== null) observeWait(this.server, isFirst, waitedMs);
  }

  #begin(head: RequestHead, nowMs: number): OpenExchange {
    const { clock } = this.in.atDesk();
    this.in.requests += 1;
    clock.bodyBegins(head.end, nowMs);
    const exchange = new OpenExchange(head, this.in.requests, clock.requestStartedAtMs);
    this.#exchange = exchange;
    observeHead(this.server, exchange, clock.requestMs(this.server.settings, nowMs));
    stateHead(this.out, exchange, nowMs);
    return exchange;
  }

  /** How long the request waits for its turn; null: the bucket is empty, and the request is answered so. */
  #takeTokens(exchange: OpenExchange, nowMs: number): number | null {
    const { buckets, gauges, settings, responder } = this.server;
    const verdict = buckets.take(this.identity.clientAddress, exchange.head, settings, nowMs);
    if (verdict === null) return 0;
    const { allowed, level, capacity, cost, delayMs } = verdict;
    gauges.see(GAUGES.bucketCapacity, Math.ceil(capacity - level));
    stateRate(this.out, exchange.number, verdict, nowMs);
    exchange.rateFields = responder.rateFields(verdict, settings.rateFields);
    if (allowed) return delayMs;
    const refused: Failure = { code: 'LIM_RATE', detail: { limit: capacity, cost } };
    this.#replyEarly(exchange, responder.refusal(refused, Number(settings.rateStatus)), nowMs);
    return null;
  }

  /** The request waits for its turn. */
  #wait(delayMs: number, nowMs: number): void {
    this.#delay = new Delay(nowMs, delayMs, this.server.settings);
    this.#hold('delayed');
    this.in.pause('delayed-request', nowMs);
  }

  /** Its turn has come, or nobody waits any more: on with the route, and with what came meanwhile. */
  #proceed(nowMs: number): void {
    const exchange = this.#exchange;
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
    if (this.#passOn(exchange, nowMs)) return;
    const route = responder.route(head);
    exchange.route = route;
    const refused = route.holdsBody ? exchange.hold(held) : null;
    if (refused !== null) return this.#refuse({ ...refused, offset: head.end }, nowMs);
    if (!head.expectsContinue || head.framing.kind === 'none') return;
    if (route.acceptsBody) this.out.write(CONTINUE_REPLY);
    else this.#replyEarly(exchange, this.#replyOf(exchange, nowMs), nowMs);
  }

  /** True: another server answers it, or it is refused. */
  #passOn(exchange: OpenExchange, nowMs: number): boolean {
    const outcome = passageOf(exchange.head, this.server, this.identity);
    if (outcome === null) return false;
    if (isFailure(outcome)) {
      this.answer(exchange, outcome, nowMs);
      return true;
    }
    exchange.relay = passingOf(new PassedOn(this, exchange), outcome, this.server, nowMs);
    exchange.relay.begin(nowMs);
    return true;
  }

  #takeBody(event: Extract<ParserEvent, { kind: 'data' | 'trailers' }>, nowMs: number): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    if (event.kind === 'trailers') {
      exchange.trailers = event.fields;
      exchange.relay?.takeTrailers(event.fields);
      return;
    }
    exchange.relay?.takeBody(event.bytes);
    const refused = exchange.take(event.bytes);
    if (refused !== null) this.#refuse({ ...refused, offset: event.offset }, nowMs);
  }

  #complete(end: number, nowMs: number): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    observeEnd(this.server, exchange, end, this.in.atDesk().clock, nowMs);
    stateRequestEnd(this.out, exchange, end, nowMs);
    exchange.relay?.requestComplete(nowMs);
    if (exchange.relay?.isOver === false) return this.#hold('relaying');
    if (!exchange.replied) this.#reply(exchange, this.#replyOf(exchange, nowMs), nowMs);
    this.#conclude(exchange, nowMs);
  }

  /** The request is read whole and its reply is out. */
  #conclude(exchange: OpenExchange, nowMs: number): void {
    this.out.keep(exchange);
    this.#exchange = null;
    this.in.waits(nowMs);
    if (exchange.closes) this.#finish(this.#stopping ? 'stopped' : 'server-closed', nowMs);
  }

  #replyOf(exchange: OpenExchange, nowMs: number): ReplyParts {
    const { head, number, body, bodyBytes, trailers, route } = exchange;
    const { id, client } = this.identity;
    if (route === null) throw new BugError('a request is answered before it is routed');
    return route.reply({ head, body, bodyBytes, trailers, client, connection: id, number, atMs: nowMs });
  }

  /**
   * Answers before the body is read. Where the client waits for 100 Continue it may send the body or not, so the
   * next request cannot be found and the connection closes (RFC 9110 §10.1.1); else the body is read and dropped.
   */
  #replyEarly(exchange: OpenExchange, parts: ReplyParts, nowMs: number): void {
    exchange.closes ||= exchange.head.expectsContinue && exchange.head.framing.kind !== 'none';
    this.#reply(exchange, parts, nowMs);
    if (exchange.closes && exchange.head.framing.kind !== 'none') this.#finish('server-closed', nowMs);
  }

  #reply(exchange: OpenExchange, parts: ReplyParts, nowMs: number): void {
    exchange.closes ||= this.isLast(exchange);
    replyToRequest(this.out, this.in.atDesk(), exchange, parts, nowMs);
    this.#tellLast(exchange, nowMs);
  }

  isLast({ head, number, closes }: OpenExchange): boolean {
    const limit = this.server.settings.maxRequestsPerConnection;
    return closes || !head.keepAlive || this.#stopping || (limit !== null && number >= limit);
  }

  #tellLast({ head, number }: OpenExchange, nowMs: number): void {
    const limit = this.server.settings.maxRequestsPerConnection;
    if (limit === null || number < limit) return;
    stateTrip(this.out, 'maxRequestsPerConnection', { limit, measured: number, offset: head.end, status: null }, nowMs);
  }

  answer(exchange: OpenExchange, failure: Failure, nowMs: number): void {
    const status = this.#statusOf(failure);
    stateFault(this.out, { ...failure, offset: exchange.head.end }, status, nowMs);
    this.#replyEarly(exchange, this.server.responder.refusal(failure, status ?? 502), nowMs);
    this.#afterRelay(exchange, nowMs);
  }

  answered(exchange: OpenExchange, nowMs: number): void {
    this.#tellLast(exchange, nowMs);
    const { expectsContinue, framing } = exchange.head;
    const isInDoubt = expectsContinue && framing.kind !== 'none';
    if (this.#mode === 'open' && exchange.closes && isInDoubt) return this.#finish('server-closed', nowMs);
    this.#afterRelay(exchange, nowMs);
  }

  /** The request was read whole before: the next one has its turn. Else what is left of it is read and dropped. */
  #afterRelay(exchange: OpenExchange, nowMs: number): void {
    if (this.#mode !== 'relaying') return;
    this.#mode = 'open';
    this.#conclude(exchange, nowMs);
    this.#goOn(nowMs);
  }

  cutReply(exchange: OpenExchange, failure: Failure, endsWithConnection: boolean, nowMs: number): void {
    stateFault(this.out, { ...failure, offset: exchange.head.end }, null, nowMs);
    // FIN would say that the reply is whole.
    if (endsWithConnection) this.#cut('server-closed', nowMs);
    else this.#finish('server-closed', nowMs);
  }

  becomeTunnel(other: TunnelEnd, nowMs: number): TunnelEnd {
    this.#mode = 'tunnel';
    this.#exchange = null;
    const tunnel = new Tunnel(this.port, (bytes) => this.out.write(bytes));
    tunnel.couple(other);
    this.#tunnel = tunnel;
    this.#held?.passTo(other);
    this.#held = null;
    this.in.resume('early-request', nowMs);
    return tunnel;
  }

  /** A byte budget or a rule of the protocol was broken. */
  #refuse(fault: Fault, nowMs: number): void {
    const guard = guardOf(fault.code);
    if (guard !== null) {
      const { limit, measured } = fault.detail ?? {};
      return this.#trip(guard, { limit: Number(limit), measured: Number(measured), offset: fault.offset }, nowMs);
    }
    const status = this.#statusOf(fault);
    stateFault(this.out, fault, status, nowMs);
    this.#tell(fault, status, nowMs);
    this.#finish('fault-closed', nowMs);
  }

  #trip(guard: GuardName, seen: Seen, nowMs: number): void {
    const { gauges, settings } = this.server;
    gauges.see(GAUGES[guard], seen.measured);
    const action = actionOn(guard, this.in.atDesk().clock.stageOf(this.phase), settings);
    const status = typeof action === 'number' && !this.#isReplied ? action : null;
    stateTrip(this.out, guard, { ...seen, status }, nowMs);
    if (action === 'reset') return this.#cut('guard-reset', nowMs);
    this.#tell({ code: tripCodeOf(guard), detail: { limit: seen.limit, measured: seen.measured } }, status, nowMs);
    this.#finish('guard-closed', nowMs);
  }

  /** The reply to what was refused; null: there is none. */
  #tell({ code, detail }: Failure, status: number | null, nowMs: number): void {
    if (status === null) return;
    const failure = detail === undefined ? { code } : { code, detail };
    const parts = this.server.responder.refusal(failure, status);
    const exchange = this.#exchange;
    if (exchange === null) return replyToNone(this.out, this.in.atDesk(), parts, nowMs);
    exchange.closes = true;
    replyToRequest(this.out, this.in.atDesk(), exchange, parts, nowMs);
  }

  /** Null once the request has its reply: there is no second one. */
  #statusOf({ code }: Failure): number | null {
    return this.#isReplied ? null : statusOf(code, this.server.settings);
  }

  get #isReplied(): boolean {
    return this.#exchange?.replied ?? false;
  }

  /** Ends it where the client is not waited for any more. */
  #cut(cause: CloseCause, nowMs: number): void {
    this.#cause ??= cause;
    this.#drop('client-left');
    this.#linger(nowMs);
    this.port.reset();
  }

  /** Nothing more comes of what is under way. */
  #drop(cause: CloseCause): void {
    this.#delay = null;
    this.#held = null;
    this.#exchange?.relay?.abandon(cause);
    this.#exchange?.release();
    this.#exchange = null;
  }

  #linger(nowMs: number): void {
    this.#mode = 'lingering';
    const untilMs = nowMs + (this.#stopping ? STOP_LINGER_MS : LINGER_MS);
    this.#lingerUntilMs = Math.min(this.#lingerUntilMs ?? untilMs, untilMs);
  }

  #finish(cause: CloseCause, nowMs: number): void {
    this.#cause ??= cause;
    this.#drop('client-left');
    this.#mode = 'closing';
    this.in.atDesk().clock.waits(nowMs);
    this.port.end();
  }

  #dueAtMs(): number {
    if (this.#mode === 'lingering') return this.#lingerUntilMs ?? Infinity;
    return this.#delay?.untilMs ?? this.in.atDesk().clock.deadlineAtMs(this.#awaited, this.server.settings);
  }

  /** What is ending keeps its desk: how far it was read is asked for until it is gone. */
  #restIfIdle(): void {
    if (this.#mode === 'open' && this.#exchange === null) this.in.rest();
  }
}
