/**
 * One connection to a server, on which we are the client: requests go out one after the other, and each reply is handed
 * to whoever asked. Never two at a time: a reply belongs to the request before it because there is no other.
 *
 * It decides whether it may be used again: after a reply that ended where its head said, to a request that was sent whole,
 * with nothing behind it. Bytes that nobody asked for make it unusable, or they would be the reply to the next request
 * (RFC 9112 §9.2).
 */
import type { CloseCause, ConnectionId, ConnectionPhase, SwitchedTo, TlsInfo } from '../contract/connections';
import { describe, type Failure } from '../contract/errors';
import type { GuardDeadline } from '../guard/deadlines';
import type { ResponseHead } from '../http1/events';
import type { WrittenHead } from '../http1/head-text';
import { Parser, type StartLine } from '../http1/parser';
import { tripCodeOf } from './actions';
import { stateClosed, stateFault, stateTrip, stateUpstreamOpened, type Stating } from './fact-log';
import type { Session, SessionPort } from './port';
import { Reading } from './reading';
import { Tunnel } from './tunnel';
import type {
  Destination,
  RelayOf,
  ReplyTaker,
  UpstreamConnection,
  UpstreamFault,
  UpstreamState,
} from './upstream-port';
import { UpstreamClock } from './upstream-clock';
import { UpstreamRequest } from './upstream-request';

/** To one request: each begins the wait for the final reply anew. */
const MAX_INTERIMS = 64;
/** How long FIN of the server is waited for after ours. */
const CLOSE_WAIT_MS = 1_000;

/** Whoever keeps the connection between two requests. */
export interface UpstreamHome {
  /** It is there: for whoever it was made. */
  connected(session: UpstreamSession, nowMs: number): void;
  /** It never was. */
  failed(session: UpstreamSession, fault: UpstreamFault, nowMs: number): void;
  /** It may be used again. */
  freed(session: UpstreamSession, nowMs: number): void;
  /** It may not, from now on. */
  left(session: UpstreamSession): void;
}

type Mode = 'connecting' | 'securing' | 'idle' | 'busy' | 'tunnel' | 'closing' | 'closed';

export class UpstreamSession implements Session, UpstreamConnection, Stating {
  #mode: Mode = 'connecting';
  #cause: CloseCause | null = null;
  #sentBytes = 0;
  #receivedBytes = 0;
  #requests = 0;
  #request: UpstreamRequest | null = null;
  #taker: ReplyTaker | null = null;
  #tunnel: Tunnel | null = null;
  #hasPeerEnded = false;
  /** In the pool: until when. While closing: until when FIN of the server is waited for. */
  #untilMs = Infinity;
  readonly #clock = new UpstreamClock();
  readonly #reading: Reading;
  readonly #parser: Parser;

  constructor(
    readonly port: SessionPort,
    private readonly state: UpstreamState,
    readonly id: ConnectionId,
    readonly destination: Destination,
    private readonly home: UpstreamHome,
  ) {
    this.#reading = new Reading(port);
    this.#parser = new Parser('response', state.replyLimits);
  }

  get connection(): ConnectionId {
    return this.id;
  }

  get bytesIn(): number {
    return this.#sentBytes;
  }

  get bytesOut(): number {
    return this.#receivedBytes;
  }

  get bodyBytes(): number {
    return this.#request?.bodyBytes ?? 0;
  }

  /** It goes out with its head, in one piece: there is none without a request that is stated. */
  get startLine(): null {
    return null;
  }

  get connectedAtMs(): number | null {
    return this.#clock.connectedAtMs;
  }

  get securedAtMs(): number | null {
    return this.#clock.securedAtMs;
  }

  /** Requests sent on it so far. */
  get requests(): number {
    return this.#requests;
  }

  /** Since when it waits in the pool. */
  get idleSinceMs(): number {
    return this.#clock.lastReadMs;
  }

  get phase(): ConnectionPhase {
    if (this.#mode === 'closing') return 'lingering';
    if (this.#mode !== 'busy' || this.#request === null) return this.#mode === 'busy' ? 'idle' : this.#mode;
    if (this.#request.isReplyBegun) return 'receiving';
    return this.#request.isComplete ? 'waiting' : 'sending';
  }

  get deadline(): GuardDeadline | null {
    const { settings } = this.state;
    if (this.#mode === 'connecting' || this.#mode === 'securing') return this.#clock.connecting(settings);
    return this.#mode !== 'busy' || this.#request === null ? null : this.#clock.replying(this.#request, settings);
  }

  get wakeAtMs(): number | null {
    const atMs = this.deadline?.atMs ?? this.#untilMs;
    return atMs === Infinity ? null : atMs;
  }

  opened(nowMs: number): void {
    this.#clock.openedAtMs = nowMs;
    stateUpstreamOpened(this, this.destination, nowMs);
  }

  /** TCP is there; `secures`: TLS comes next. */
  connected(client: string, server: string, secures: boolean, nowMs: number): void {
    this.port.record({ kind: 'connection.connected', connection: this.id, atMs: nowMs, client, server });
    this.#clock.connectedAtMs = nowMs;
    this.#clock.lastReadMs = nowMs;
    this.#mode = secures ? 'securing' : 'idle';
    if (!secures) this.home.connected(this, nowMs);
  }

  secured(tls: TlsInfo, nowMs: number): void {
    this.port.record({ kind: 'connection.secured', connection: this.id, atMs: nowMs, tls });
    this.#clock.securedAtMs = nowMs;
    this.#mode = 'idle';
    this.home.connected(this, nowMs);
  }

  /** It could not be made: an error of the socket, or of TLS. */
  failed(failure: Failure, nowMs: number): void {
    if (this.#mode !== 'connecting' && this.#mode !== 'securing') return;
    this.#mode = 'closed';
    this.#cause = 'upstream-failed';
    this.#stateFault(failure, nowMs);
    this.home.failed(this, { kind: 'connect', failure }, nowMs);
    this.#stateClosed(nowMs);
    this.port.destroy();
  }

  /** It waits for its next request until then. */
  restUntil(atMs: number): void {
    this.#untilMs = atMs;
    this.port.wakeDue();
  }

  /** Sends the head of the next request. */
  begin(taker: ReplyTaker, line: StartLine, head: WrittenHead, relayOf: RelayOf, nowMs: number): void {
    this.#mode = 'busy';
    this.#untilMs = Infinity;
    this.#taker = taker;
    this.#requests += 1;
    this.#parser.answers(line.method);
    this.#request = new UpstreamRequest(line, this.#requests, this.#sentBytes, this.#receivedBytes, nowMs);
    this.write(head.bytes);
    this.#request.stateHead(this.port, this.id, head, relayOf, nowMs);
  }

  /** Bytes of the request under way, as they go on the wire. They are used, or copied, before they are gone. */
  readonly write = (bytes: Uint8Array): void => {
    this.#sentBytes += bytes.length;
    this.port.write(bytes);
  };

  /** The request under way was written whole. */
  complete(bodyBytes: number, nowMs: number): void {
    this.#request?.complete(this.port, this.id, this.#sentBytes, bodyBytes, nowMs);
    this.port.wakeDue();
  }

  get isStalled(): boolean {
    return this.#clock.stalledSinceMs !== null;
  }

  /** The client does not take the reply: nothing more is read until `readOn`. */
  hold(nowMs: number): void {
    this.#clock.isHeld = true;
    this.#reading.pause('untaken-reply', nowMs);
  }

  readOn(nowMs: number): void {
    if (!this.#clock.isHeld) return;
    this.#clock.isHeld = false;
    const heldMs = this.#reading.resume('untaken-reply', nowMs);
    this.#clock.skip(heldMs, nowMs);
    this.#request?.notReadFor(heldMs, nowMs);
  }

  /** Nobody waits for the reply any more. */
  abandon(cause: CloseCause): void {
    if (this.#mode === 'closed' || this.#mode === 'closing') return;
    this.#taker = null;
    this.#leave(cause);
    this.port.reset();
  }

  /** From here on bytes pass as they are. */
  becomeTunnel(to: SwitchedTo, nowMs: number): Tunnel {
    this.#request?.switches(this.port, this.id, to, nowMs);
    this.#mode = 'tunnel';
    this.#taker = null;
    this.#tunnel = new Tunnel(this.port, this.write, nowMs);
    return this.#tunnel;
  }

  received(bytes: Uint8Array, nowMs: number): void {
    this.#receivedBytes += bytes.length;
    this.#clock.lastReadMs = nowMs;
    if (this.#tunnel !== null) return this.#tunnel.received(bytes, nowMs);
    if (this.#mode === 'busy') {
      this.#parser.receive(bytes);
      this.#advance(nowMs);
    } else if (this.#mode === 'idle') {
      this.#close('upstream-closed', nowMs);
    }
  }

  #advance(nowMs: number): void {
    while (this.#mode === 'busy') {
      const event = this.#parser.next();
      if (event === null) return this.#tellUnderWay(nowMs);
      if (event.kind === 'head') this.#takeHead(event.head as ResponseHead, nowMs);
      else if (event.kind === 'data') this.#taker?.replyData(event.bytes, nowMs);
      else if (event.kind === 'trailers') this.#taker?.replyTrailers(event.fields);
      else if (event.kind === 'end') this.#takeEnd(event.end, nowMs);
      else this.#takeFault(event.fault, nowMs);
    }
    // What came behind the head of a switch is of the other protocol; behind a reply there is nothing that is kept.
    const rest = this.#parser.takeRest();
    if (rest.length > 0) this.#tunnel?.received(rest, nowMs);
  }

  /** Of most replies the end comes in the same read, and this is never asked. */
  #tellUnderWay(nowMs: number): void {
    this.#request?.stateReplyBegun(this.port, this.id, nowMs);
    this.#taker?.replyGoesOn(nowMs);
  }

  #takeHead(head: ResponseHead, nowMs: number): void {
    const request = this.#request;
    if (request === null) return;
    request.replyBegins(head);
    if (request.interims > MAX_INTERIMS) return this.#takeFlood(nowMs);
    if (this.#taker?.replyHead(head, nowMs) === false) this.abandon('server-closed');
  }

  #takeFlood(nowMs: number): void {
    const failure = this.#failure('UP_MALFORMED', `it sent more than ${MAX_INTERIMS} interim replies`);
    this.#stateFault(failure, nowMs);
    this.#fail({ kind: 'malformed', failure }, 'fault-closed', nowMs);
  }

  #takeEnd(end: number, nowMs: number): void {
    const request = this.#request;
    if (request === null || request.isInterim) return;
    const isAllSaid = request.isComplete && this.#clock.stalledSinceMs === null && end === this.#receivedBytes;
    const isReusable = isAllSaid && request.keepsAlive;
    const taker = this.#taker;
    this.#taker = null;
    this.#request = null;
    this.readOn(nowMs);
    request.replyEnds(this.port, this.id, end, nowMs);
    this.#mode = 'idle';
    // The connection is free before the client's next request is looked at.
    if (isReusable) this.home.freed(this, nowMs);
    taker?.replyEnd(nowMs);
    if (isReusable) return;
    if (request.isComplete) this.#close(this.#hasPeerEnded ? 'upstream-closed' : 'server-closed', nowMs);
    else this.abandon('server-closed');
  }

  #takeFault(failure: Failure & { readonly offset: number }, nowMs: number): void {
    const { title } = describe(failure);
    this.port.record({ kind: 'fault', connection: this.id, atMs: nowMs, ...failure, status: null });
    const reason = title.replace(/\.$/, '');
    this.#fail({ kind: 'malformed', failure: this.#failure('UP_MALFORMED', reason) }, 'fault-closed', nowMs);
  }

  peerEnded(nowMs: number): void {
    this.#hasPeerEnded = true;
    if (this.#tunnel !== null) return this.#tunnel.peerEnded();
    if (this.#mode === 'busy') {
      const event = this.#parser.finish();
      if (event?.kind === 'end') this.#takeEnd(event.end, nowMs);
      else this.#fail(this.#cutShort('it closed'), 'upstream-closed', nowMs);
    }
    if (this.#mode === 'idle') this.#close('upstream-closed', nowMs);
  }

  sent(taken: boolean, nowMs: number): void {
    if (this.#tunnel !== null) return this.#tunnel.sent(taken, nowMs);
    if (taken || this.#mode !== 'busy') return;
    this.#clock.stalledSinceMs ??= nowMs;
    this.#taker?.upstreamStalled(nowMs);
  }

  drained(nowMs: number): void {
    if (this.#tunnel !== null) return this.#tunnel.drained(nowMs);
    if (this.#clock.stalledSinceMs === null) return;
    this.#clock.stalledSinceMs = null;
    this.#taker?.upstreamTakes(nowMs);
  }

  finished(): void {}

  notReadFor(ms: number): void {
    this.#clock.skip(ms);
    this.#request?.notReadFor(ms);
  }

  settingsChanged(): void {
    this.#parser.limits = this.state.replyLimits;
  }

  deadlinePassed(nowMs: number): void {
    if (this.#mode === 'closing') return nowMs >= this.#untilMs ? this.port.destroy() : undefined;
    if (this.#mode === 'idle') return nowMs >= this.#untilMs ? this.#close('pool-closed', nowMs) : undefined;
    const { deadline } = this;
    if (deadline === null || nowMs < deadline.atMs) return;
    this.#trip(deadline, nowMs);
  }

  #trip({ guard, limit, startedAtMs }: GuardDeadline, nowMs: number): void {
    const measured = Math.round(nowMs - startedAtMs);
    stateTrip(this, guard, { limit, measured, offset: this.#receivedBytes, status: null }, nowMs);
    const failure: Failure = { code: tripCodeOf(guard), detail: { limit, measured, server: this.destination.server } };
    if (this.#mode !== 'busy') {
      this.#mode = 'closed';
      this.#cause = 'guard-reset';
      this.home.failed(this, { kind: 'connect', failure }, nowMs);
      this.#stateClosed(nowMs);
      return this.port.destroy();
    }
    this.#fail({ kind: 'timeout', failure }, 'guard-reset', nowMs);
  }

  /** Nobody needs it any more, or the server stops. */
  stop(nowMs: number): void {
    if (this.#mode === 'idle') this.#close('pool-closed', nowMs);
    else if (this.#mode === 'connecting' || this.#mode === 'securing') {
      this.failed(this.#failure('UP_CONNECT', 'Bytescope stops'), nowMs);
    }
  }

  broke(failure: Failure, nowMs: number): void {
    if (this.#mode === 'busy') this.#fail({ kind: 'malformed', failure }, 'server-closed', nowMs);
    else this.abandon('server-closed');
  }

  closed(reset: boolean, nowMs: number): void {
    if (this.#mode === 'closed') return;
    const wasBusy = this.#mode === 'busy';
    const isThere = this.#mode !== 'connecting' && this.#mode !== 'securing';
    if (!isThere) return this.failed(this.#failure('UP_CONNECT', 'the connection was closed'), nowMs);
    const isOurs = this.#tunnel !== null && !this.#hasPeerEnded;
    const taker = this.#lose(reset ? 'upstream-reset' : isOurs ? 'client-left' : 'upstream-closed');
    if (wasBusy) {
      const fault = this.#cutShort(reset ? 'it was reset' : 'it closed');
      this.#stateFault(fault.failure, nowMs);
      taker?.upstreamFailed(fault, nowMs);
    }
    this.#mode = 'closed';
    const tunnel = this.#tunnel;
    this.#tunnel = null;
    this.#stateClosed(nowMs);
    tunnel?.closed(this.#hasPeerEnded, reset);
  }

  /** The reply under way is lost: stated before the packet it goes along with, unless it was where it was found. */
  #fail(fault: UpstreamFault, cause: CloseCause, nowMs: number): void {
    const taker = this.#lose(cause);
    if (fault.kind === 'closed') this.#stateFault(fault.failure, nowMs);
    this.port.reset();
    taker?.upstreamFailed(fault, nowMs);
  }

  #lose(cause: CloseCause): ReplyTaker | null {
    const taker = this.#taker;
    this.#taker = null;
    this.#leave(cause);
    return taker;
  }

  #cutShort(reason: string): UpstreamFault {
    const isBegun = this.#request?.isFinal === true;
    return { kind: 'closed', failure: this.#failure(isBegun ? 'UP_CUT_SHORT' : 'UP_CLOSED', reason) };
  }

  #failure(code: 'UP_MALFORMED' | 'UP_CONNECT' | 'UP_CLOSED' | 'UP_CUT_SHORT', reason: string): Failure {
    return { code, detail: { server: this.destination.server, reason } };
  }

  #leave(cause: CloseCause): void {
    this.#cause ??= cause;
    if (this.#mode === 'closing' || this.#mode === 'closed') return;
    this.#mode = 'closing';
    this.home.left(this);
  }

  #close(cause: CloseCause, nowMs: number): void {
    this.#leave(cause);
    this.#untilMs = nowMs + CLOSE_WAIT_MS;
    this.port.end();
  }

  #stateFault(failure: Failure, nowMs: number): void {
    stateFault(this, { ...failure, offset: this.#receivedBytes }, null, nowMs);
  }

  #stateClosed(nowMs: number): void {
    const { bytesIn, bytesOut, requests } = this;
    stateClosed(this, this.#cause ?? 'upstream-closed', { bytesIn, bytesOut, requests }, nowMs);
  }
}
