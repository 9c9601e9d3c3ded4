/**
 * One connection to our own server: transport events in, effects out through the port. Synchronous and without
 * timers: whoever drives it calls `deadlinePassed` when `wakeAtMs` has come, and after every event asks again.
 *
 * The order of the house is `#advance`: guards → parse → rate limit → route → reply. Deadlines and admission are
 * checked before a byte is parsed; byte budgets by the parser, as it consumes each byte; a token is taken once a
 * head is valid and before a route is chosen; a reply leaves once the request is complete, or at once where the
 * body would be read for nothing.
 *
 * After a refusal nothing is parsed any more: the reply is sent, then FIN, and bytes that still arrive are
 * recorded and dropped for a while, so that a client in the middle of an upload reads the reply rather than a reset
 * (RFC 9112 §9.6).
 */
import type { CloseCause, ConnectionPhase } from '../contract/connections';
import { BugError, errorEntry, type ErrorCode, type ErrorDetail } from '../contract/errors';
import { guardOf, settingEntry, type GuardName } from '../contract/settings';
import { deadlineFor, measuredAt, DATA_RATE_GRACE_MS, type GuardDeadline } from '../guard/deadlines';
import type { Fault, ParserEvent, RequestHead } from '../http1/events';
import { Parser } from '../http1/parser';
import { CONTINUE_REPLY, writeReply, type ReplyParts } from '../http1/writer';
import { OpenExchange } from './exchange';
import type { ServerState, SessionIdentity, SessionPort } from './port';

/** How long bytes are read and dropped after FIN was sent. nginx reads on for up to 30 s, Kestrel for 5 s. */
export const LINGER_MS = 5_000;

type Mode = 'open' | 'lingering' | 'closed';

export class OriginSession {
  readonly #parser: Parser;
  readonly #marks = { waitingSinceMs: 0, requestSinceMs: 0, bodySinceMs: 0, bodyBytes: 0 };
  #mode: Mode = 'open';
  #exchange: OpenExchange | null = null;
  #requests = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  /** Offset of the request whose first byte was noticed last. */
  #noticedStart = -1;
  #lingerUntilMs = 0;
  #admitted = false;
  #stopping = false;
  #stalled = false;
  #cause: CloseCause | null = null;

  constructor(
    private readonly port: SessionPort,
    private readonly server: ServerState,
    readonly identity: SessionIdentity,
  ) {
    this.#parser = new Parser('request', server.limits);
  }

  get bytesIn(): number {
    return this.#bytesIn;
  }

  get bytesOut(): number {
    return this.#bytesOut;
  }

  get phase(): ConnectionPhase {
    if (this.#mode !== 'open') return this.#mode;
    if (this.#stalled) return 'replying';
    const { phase } = this.#parser;
    return phase === 'complete' ? 'idle' : phase;
  }

  /** Bytes of the body under way, after chunked coding is taken off. */
  get bodyBytes(): number {
    return this.#exchange?.bodyBytes ?? 0;
  }

  /** The guard armed now. */
  get deadline(): GuardDeadline | null {
    this.#marks.bodyBytes = this.#exchange === null ? 0 : this.#parser.offset - this.#exchange.head.end;
    return deadlineFor(this.phase, this.server.settings, this.#marks);
  }

  /** When `deadlinePassed` is due; null: not before another event. */
  get wakeAtMs(): number | null {
    return this.#mode === 'lingering' ? this.#lingerUntilMs : (this.deadline?.atMs ?? null);
  }

  opened(nowMs: number): void {
    const { id, client, clientAddress, server } = this.identity;
    const { admission, gauges, settings } = this.server;
    this.#marks.waitingSinceMs = nowMs;
    this.port.record({ kind: 'connection.opened', connection: id, atMs: nowMs, client, server });
    const verdict = admission.enter(clientAddress, settings);
    this.#admitted = verdict.admitted;
    if (verdict.admitted) {
      gauges.see('maxConnections', admission.open);
      gauges.see('maxConnectionsPerClient', admission.openFrom(clientAddress));
    } else {
      this.#trip(verdict.guard, { limit: verdict.limit, measured: verdict.measured, offset: 0 }, nowMs);
    }
  }

  received(bytes: Uint8Array, nowMs: number): void {
    this.#bytesIn += bytes.length;
    if (this.#mode !== 'open') return;
    const wakeAtMs = this.wakeAtMs;
    if (wakeAtMs !== null && nowMs >= wakeAtMs) return this.deadlinePassed(nowMs);
    this.#parser.receive(bytes);
    this.#advance(nowMs);
  }

  /** The client sent FIN: no more requests, but replies may still be read (RFC 9112 §9.6). */
  peerEnded(nowMs: number): void {
    if (this.#mode !== 'open') return;
    const event = this.#parser.finish();
    if (event?.kind === 'fault') this.#recordFault(event.fault, null, nowMs);
    this.#finish('client-closed', nowMs);
  }

  /** The client does not take what is written: read nothing more until it does. */
  stalled(nowMs: number): void {
    this.#stalled = true;
    this.#marks.waitingSinceMs = nowMs;
    this.port.pauseReading();
  }

  drained(nowMs: number): void {
    if (!this.#stalled) return;
    this.#stalled = false;
    this.#marks.waitingSinceMs = nowMs;
    this.port.resumeReading();
  }

  settingsChanged(): void {
    this.#parser.limits = this.server.limits;
  }

  deadlinePassed(nowMs: number): void {
    if (this.#mode === 'lingering') {
      if (nowMs >= this.#lingerUntilMs) this.port.destroy();
      return;
    }
    const { deadline } = this;
    if (this.#mode === 'closed' || deadline === null || nowMs < deadline.atMs) return;
    const measured = measuredAt(deadline, this.#marks, nowMs);
    this.#trip(deadline.guard, { limit: deadline.limit, measured, offset: this.#parser.offset }, nowMs);
  }

  /** The server stops: close when idle, else with the reply of the request under way. */
  stop(nowMs: number): void {
    this.#stopping = true;
    if (this.#mode === 'open' && this.phase === 'idle') this.#finish('stopped', nowMs);
  }

  /** The socket is gone. `reset`: the client reset it. */
  closed(reset: boolean, nowMs: number): void {
    if (this.#mode === 'closed') return;
    this.#mode = 'closed';
    this.#exchange?.release();
    this.#exchange = null;
    if (this.#admitted) this.server.admission.leave(this.identity.clientAddress);
    this.port.record({
      kind: 'connection.closed',
      connection: this.identity.id,
      atMs: nowMs,
      cause: this.#cause ?? (reset ? 'client-reset' : this.#stopping ? 'stopped' : 'client-closed'),
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      requests: this.#requests,
    });
  }

  /** guards → parse → rate limit → route → reply */
  #advance(nowMs: number): void {
    while (this.#mode === 'open') {
      const event = this.#parser.next();
      this.#noticeStart(nowMs);
      if (event === null) return;
      if (event.kind === 'fault') {
        this.#refuse(event.fault, nowMs);
      } else if (event.kind === 'head') {
        const exchange = this.#begin(event.head as RequestHead, nowMs);
        if (this.#takeToken(exchange, nowMs)) this.#chooseRoute(exchange, nowMs);
      } else if (event.kind === 'end') {
        this.#complete(event.end, nowMs);
      } else {
        this.#takeBody(event, nowMs);
      }
    }
  }

  /** The first byte of a request starts the clock of its head. */
  #noticeStart(nowMs: number): void {
    const { messageStart, offset } = this.#parser;
    if (messageStart === this.#noticedStart || messageStart >= offset) return;
    this.#noticedStart = messageStart;
    this.#marks.requestSinceMs = nowMs;
    this.server.gauges.see('idleTimeoutMs', Math.round(nowMs - this.#marks.waitingSinceMs));
  }

  #begin(head: RequestHead, nowMs: number): OpenExchange {
    const { requestSinceMs } = this.#marks;
    const { gauges } = this.server;
    this.#requests += 1;
    this.#marks.bodySinceMs = nowMs;
    const exchange = new OpenExchange(head, this.#requests, requestSinceMs);
    this.#exchange = exchange;
    gauges.see('headTimeoutMs', Math.round(nowMs - requestSinceMs));
    gauges.see('maxHeadBytes', head.end - head.start);
    gauges.see('maxFieldCount', head.fields.count);
    gauges.see('maxTargetBytes', head.target.length);
    gauges.see('maxRequestsPerConnection', this.#requests);
    this.port.record({
      kind: 'head',
      connection: this.identity.id,
      atMs: nowMs,
      number: exchange.number,
      startedAtMs: requestSinceMs,
      method: head.method,
      target: head.target,
      version: head.version,
      start: head.start,
      fieldsStart: head.fieldsStart,
      end: head.end,
      fieldCount: head.fields.count,
    });
    return exchange;
  }

  /** False: the bucket is empty and the request answered 429. */
  #takeToken(exchange: OpenExchange, nowMs: number): boolean {
    const { buckets, gauges, settings, responder } = this.server;
    const verdict = buckets.take(this.identity.clientAddress, settings, nowMs);
    if (verdict === null) return true;
    const { allowed, level, capacity, retryAfterMs } = verdict;
    gauges.see('bucketCapacity', Math.ceil(capacity - level));
    this.port.record({
      kind: 'rate',
      connection: this.identity.id,
      atMs: nowMs,
      number: exchange.number,
      client: this.identity.clientAddress,
      allowed,
      level,
      capacity,
      retryAfterMs,
    });
    exchange.rateFields = responder.rateFields(verdict);
    if (allowed) return true;
    const detail = { limit: capacity, retryAfterMs: Math.ceil(retryAfterMs) };
    this.#replyEarly(exchange, responder.refusal({ code: 'LIM_RATE', detail }), nowMs);
    return false;
  }

  #chooseRoute(exchange: OpenExchange, nowMs: number): void {
    const { head } = exchange;
    const { held, responder } = this.server;
    const route = responder.route(head);
    exchange.route = route;
    const refused = route.holdsBody ? exchange.hold(held) : null;
    if (refused !== null) return this.#refuse(this.#faultAt(head.end, refused.code, { limit: refused.limit }), nowMs);
    if (!head.expectsContinue || head.framing.kind === 'none') return;
    if (route.acceptsBody) this.#write(CONTINUE_REPLY);
    else this.#replyEarly(exchange, this.#replyOf(exchange, nowMs), nowMs);
  }

  #takeBody(event: Extract<ParserEvent, { kind: 'data' | 'trailers' }>, nowMs: number): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    if (event.kind === 'trailers') {
      exchange.trailers = event.fields;
      return;
    }
    const refused = exchange.take(event.bytes);
    if (refused !== null) this.#refuse(this.#faultAt(event.offset, refused.code, { limit: refused.limit }), nowMs);
  }

  #complete(end: number, nowMs: number): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    const { gauges } = this.server;
    if (exchange.head.framing.kind !== 'none') {
      const bodyMs = nowMs - this.#marks.bodySinceMs;
      gauges.see('maxBodyBytes', exchange.bodyBytes);
      gauges.see('bodyTimeoutMs', Math.round(bodyMs));
      if (bodyMs > DATA_RATE_GRACE_MS) {
        gauges.see('minBodyBytesPerSec', Math.round(((end - exchange.head.end) / bodyMs) * 1_000));
      }
    }
    this.port.record({
      kind: 'request-end',
      connection: this.identity.id,
      atMs: nowMs,
      number: exchange.number,
      end,
      bodyBytes: exchange.bodyBytes,
    });
    if (!exchange.replied) this.#reply(exchange, this.#replyOf(exchange, nowMs), nowMs);
    exchange.release();
    this.#exchange = null;
    this.#marks.waitingSinceMs = nowMs;
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
    exchange.replied = true;
    if (exchange.closes && exchange.head.framing.kind !== 'none') this.#finish('server-closed', nowMs);
  }

  #reply(exchange: OpenExchange, parts: ReplyParts, nowMs: number): void {
    const { head, number, rateFields } = exchange;
    const limit = this.server.settings.maxRequestsPerConnection;
    const isLast = limit !== null && number >= limit;
    exchange.closes ||= !head.keepAlive || isLast || this.#stopping;
    const fields = rateFields.length === 0 ? parts.fields : [...parts.fields, ...rateFields];
    this.#send({ ...parts, fields }, exchange.closes, nowMs);
    if (isLast) {
      this.#recordTrip('maxRequestsPerConnection', { limit, measured: number, offset: this.#parser.offset }, nowMs);
    }
  }

  /** Writes the final reply of the exchange under way, or a reply to no request. */
  #send(parts: ReplyParts, close: boolean, nowMs: number): void {
    const head = this.#exchange?.head;
    const start = this.#bytesOut;
    const requestStart = head?.start ?? this.#parser.messageStart;
    const method = head?.method ?? '';
    this.#write(writeReply(parts, { method, minor: head?.minor ?? 1, close, nowMs }));
    this.port.record({
      kind: 'reply',
      connection: this.identity.id,
      atMs: nowMs,
      number: this.#exchange?.number ?? 0,
      status: parts.status,
      start,
      end: this.#bytesOut,
      method,
      target: head?.target ?? '',
      version: head?.version ?? '',
      requestStart,
      requestBytes: this.#parser.offset - requestStart,
    });
  }

  #write(bytes: Uint8Array): void {
    this.#bytesOut += bytes.length;
    this.port.write(bytes);
  }

  #faultAt(offset: number, code: ErrorCode, detail: ErrorDetail): Fault {
    return { code, offset, detail };
  }

  /** A byte budget or a rule of the protocol was broken. */
  #refuse(fault: Fault, nowMs: number): void {
    const guard = guardOf(fault.code);
    const limit = Number(fault.detail?.['limit'] ?? 0);
    if (guard !== null) {
      const measured = Number(fault.detail?.['measured'] ?? 0);
      this.server.gauges.see(guard, measured);
      return this.#trip(guard, { limit, measured, offset: fault.offset }, nowMs);
    }
    const { status } = errorEntry(fault.code);
    this.#recordFault(fault, status, nowMs);
    this.#refuseWith(fault.code, fault.detail, nowMs);
    this.#finish('fault-closed', nowMs);
  }

  #trip(guard: GuardName, seen: { limit: number; measured: number; offset: number }, nowMs: number): void {
    const code = this.#recordTrip(guard, seen, nowMs);
    if (this.#stalled) {
      this.#cause ??= 'guard-closed';
      return this.port.reset();
    }
    this.#refuseWith(code, { limit: seen.limit, measured: seen.measured }, nowMs);
    this.#finish('guard-closed', nowMs);
  }

  #refuseWith(code: ErrorCode, detail: ErrorDetail | undefined, nowMs: number): void {
    if (errorEntry(code).status === null || this.#exchange?.replied === true) return;
    this.#send(this.server.responder.refusal(detail === undefined ? { code } : { code, detail }), true, nowMs);
  }

  #recordTrip(guard: GuardName, seen: { limit: number; measured: number; offset: number }, nowMs: number): ErrorCode {
    const code = settingEntry(guard).trips ?? 'BUG_INVARIANT';
    const status = this.#exchange?.replied === true ? null : errorEntry(code).status;
    this.port.record({ kind: 'trip', connection: this.identity.id, atMs: nowMs, guard, code, ...seen, status });
    return code;
  }

  #recordFault(fault: Fault, status: number | null, nowMs: number): void {
    const { code, offset } = fault;
    this.port.record({ kind: 'fault', connection: this.identity.id, atMs: nowMs, code, offset, status });
  }

  #finish(cause: CloseCause, nowMs: number): void {
    this.#cause ??= cause;
    this.#exchange?.release();
    this.#exchange = null;
    this.#mode = 'lingering';
    this.#lingerUntilMs = nowMs + LINGER_MS;
    this.port.end();
  }
}
