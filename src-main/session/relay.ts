/**
 * One request that is passed on, from the end of its head to the end of its reply: a server is chosen, the request goes
 * out as it was parsed, the reply comes back the same way, both as streams with back-pressure. Where a server fails
 * before the client has seen a byte of a reply, another one may be tried (`retry-rule.ts`).
 *
 * What waits for a connection, or might have to be sent again, is kept up to `MAX_REPLAY_BYTES`; the client is not read
 * from while there is no connection, so what comes in one read is all that waits.
 */
import type { CloseCause, ConnectionId } from '../contract/connections';
import type { Failure } from '../contract/errors';
import { isIdempotent, retryVerdict, type FailedAttempt } from '../guard/retry-rule';
import type { UpstreamGroup } from '../guard/upstream-group';
import type { UpstreamServer } from '../guard/upstream-server';
import type { FaultKind } from '../contract/proxy-config';
import { BodyWriter } from '../http1/chunk-writer';
import type { Fields, RequestHead, ResponseHead } from '../http1/events';
import { namedInConnection } from '../http1/hop-fields';
import { originTarget, writeRequest, type RequestPlan } from '../http1/request-writer';
import { closesAfter, relayFraming, relayOf, writeRelayedHead, type RelayPlan } from '../http1/response-relay';
import { asksForWebSocket } from '../http1/upgrade';
import { newMarks, type Marks } from './relay-marks';
import type { Passing, RelayClient } from './relay-port';
import { isFailure, type Passage } from './router';
import type {
  ConnectionWaiter,
  Destination,
  ReplyTaker,
  Reuse,
  UpstreamConnection,
  UpstreamConnections,
  UpstreamFault,
} from './upstream-port';

/** Of a body: one read, and what a retry would send again. */
export const MAX_REPLAY_BYTES = 64 * 1024;

const WEBSOCKET = 'websocket';
const CONTINUE = 100;
/** A status from here on says that the server is in trouble, where that is counted. */
const SERVER_ERROR = 500;

/** A server that was chosen, and what has come of it. */
interface Attempt {
  readonly destination: Destination;
  readonly marks: Marks;
  readonly group: UpstreamGroup | null;
  readonly server: UpstreamServer | null;
  readonly epoch: number;
  upstream: UpstreamConnection | null;
}

export class Relay implements Passing, ConnectionWaiter, ReplyTaker {
  readonly #head: RequestHead;
  readonly #routedAtMs: number;
  #tried: readonly Destination[] = [];
  #retries = 0;
  #attempt: Attempt | null = null;
  #requestWriter: BodyWriter | null = null;
  #replyWriter: BodyWriter | null = null;
  /** Pieces of the body that wait for a connection, or may have to be sent again; null: too many, or not to be. */
  #kept: Uint8Array[] | null = [];
  #keptBytes = 0;
  #trailers: Fields | null = null;
  #replyTrailers: Fields | null = null;
  #replyFields: Fields | null = null;
  /** The protocol the client asks for in due form. */
  readonly #upgrade: typeof WEBSOCKET | null;
  #isRequestComplete = false;
  #isSent = false;
  #isReplyBegun = false;
  #wasInterimSent = false;
  #wasContinued = false;
  #closesAfter = false;
  #isOver = false;
  #status = 0;

  constructor(
    private readonly client: RelayClient,
    private readonly passage: Passage,
    private readonly upstreams: UpstreamConnections,
    private readonly pseudonym: string,
    nowMs: number,
  ) {
    this.#head = passage.head;
    this.#upgrade = asksForWebSocket(passage.head) ? WEBSOCKET : null;
    this.#routedAtMs = nowMs;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  begin(nowMs: number): void {
    this.#try(this.#isRepeatable ? 'any' : 'recent', null, nowMs);
  }

  /** `before`: what the last attempt met; it is told where there is no other server. */
  #try(reuse: Reuse, before: Failure | null, nowMs: number): void {
    const chosen = this.passage.next(this.#tried, nowMs);
    if (isFailure(chosen)) return this.#refuse(before ?? chosen, nowMs);
    const { member } = chosen;
    const attempt: Attempt = {
      destination: chosen,
      marks: newMarks(chosen, this.#retries, this.#routedAtMs),
      group: member?.group ?? null,
      server: member?.server ?? null,
      epoch: member?.server.health.epoch ?? 0,
      upstream: null,
    };
    this.#attempt = attempt;
    this.client.relayed(attempt.marks, nowMs);
    this.upstreams.acquire(chosen, this, reuse, nowMs);
    if (attempt.upstream === null && this.#attempt === attempt) this.client.hold(nowMs);
  }

  get #isRepeatable(): boolean {
    return isIdempotent(this.#head.method);
  }

  connecting(connection: ConnectionId, nowMs: number): void {
    const { marks } = this.#attempt!;
    marks.connection = connection;
    marks.connectAtMs = nowMs;
  }

  granted(upstream: UpstreamConnection, nowMs: number): boolean {
    const attempt = this.#attempt;
    if (this.#isOver || attempt === null) return false;
    attempt.upstream = upstream;
    const { marks } = attempt;
    if (marks.connectAtMs !== null) {
      marks.connectedAtMs = upstream.connectedAtMs;
      marks.securedAtMs = upstream.securedAtMs;
    }
    this.#send(attempt, upstream, nowMs);
    if (!upstream.isStalled) this.client.readOn(nowMs);
    if (this.client.isStalled) upstream.hold(nowMs);
    return true;
  }

  #send({ destination, marks }: Attempt, upstream: UpstreamConnection, nowMs: number): void {
    const head = this.#head;
    const plan: RequestPlan = {
      authority: destination.authority,
      host: this.passage.host,
      framing: head.framing,
      expect: 'forward',
      close: false,
      upgrade: this.#upgrade,
      via: this.pseudonym,
      forwarded: this.passage.forwarded,
    };
    const { connection, number } = this.client;
    const line = { method: head.method, target: originTarget(head), version: head.version };
    upstream.begin(this, line, writeRequest(head, plan), { connection, number }, nowMs);
    this.#isSent = true;
    marks.connection = upstream.id;
    marks.number = upstream.requests;
    marks.sendAtMs = nowMs;
    this.#requestWriter = new BodyWriter(head.framing);
    for (const piece of this.#kept ?? []) this.#requestWriter.write(piece, upstream.write);
    if (this.#isRequestComplete) this.#completeRequest(upstream, nowMs);
  }

  takeBody(piece: Uint8Array): void {
    if (this.#isOver) return;
    const upstream = this.#attempt?.upstream ?? null;
    if (upstream === null || this.#mayReplay(piece)) this.#keep(piece);
    else this.#kept = null;
    if (upstream !== null) this.#requestWriter?.write(piece, upstream.write);
  }

  #mayReplay({ length }: Uint8Array): boolean {
    return this.#kept !== null && this.#isRepeatable && this.#keptBytes + length <= MAX_REPLAY_BYTES;
  }

  #keep(piece: Uint8Array): void {
    this.#keptBytes += piece.length;
    this.#kept?.push(piece.slice());
  }

  takeTrailers(trailers: Fields): void {
    this.#trailers = trailers;
  }

  requestComplete(nowMs: number): void {
    this.#isRequestComplete = true;
    const upstream = this.#attempt?.upstream ?? null;
    if (upstream !== null && !this.#isOver) this.#completeRequest(upstream, nowMs);
  }

  #completeRequest(upstream: UpstreamConnection, nowMs: number): void {
    const writer = this.#requestWriter!;
    writer.end(this.#trailers, this.#trailers && namedInConnection(this.#head.fields), upstream.write);
    upstream.complete(writer.bodyBytes, nowMs);
    this.#attempt!.marks.sentAtMs = nowMs;
  }

  abandon(cause: CloseCause): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const upstream = this.#attempt?.upstream;
    this.#leave('aborted', 0);
    upstream?.abandon(cause);
  }

  clientStalled(nowMs: number): void {
    this.#attempt?.upstream?.hold(nowMs);
  }

  clientTakes(nowMs: number): void {
    this.#attempt?.upstream?.readOn(nowMs);
  }

  upstreamStalled(nowMs: number): void {
    if (!this.#isRequestComplete) this.client.hold(nowMs);
  }

  upstreamTakes(nowMs: number): void {
    this.client.readOn(nowMs);
  }

  replyHead(head: ResponseHead, nowMs: number): boolean {
    const attempt = this.#attempt!;
    if (attempt.marks.replyAtMs === null) this.#noteReply(attempt, nowMs);
    const plan: RelayPlan = {
      request: this.#head,
      close: this.client.closes || this.#isBodyInDoubt,
      upgrade: this.#upgrade,
      via: this.pseudonym,
      added: this.client.addedFields,
      nowMs,
    };
    switch (relayOf(head, plan)) {
      case 'drop':
        return true;
      case 'forward':
        if (head.interim) this.#passInterim(head, plan);
        else this.#beginReply(head, plan, nowMs);
        return true;
      case 'switch':
        return this.#switch(head, plan, nowMs);
      case 'coded':
        return this.#reject('UP_CODED', nowMs);
      default:
        return this.#reject('UP_SWITCHED', nowMs);
    }
  }

  /** A client that was not told to go on may send its body or not (RFC 9110 §10.1.1). */
  get #isBodyInDoubt(): boolean {
    return this.#head.expectsContinue && !this.#wasContinued && !this.#isRequestComplete;
  }

  #passInterim(head: ResponseHead, plan: RelayPlan): void {
    this.#wasInterimSent = true;
    this.#wasContinued ||= head.status === CONTINUE;
    this.client.write(writeRelayedHead(head, plan));
  }

  #noteReply({ group, server, marks, epoch }: Attempt, nowMs: number): void {
    marks.replyAtMs = nowMs;
    if (group === null || server === null) return;
    group.replied(server, nowMs - (marks.sendAtMs ?? nowMs), nowMs);
    group.outcome(server, epoch, 'begun', nowMs);
  }

  #beginReply(head: ResponseHead, plan: RelayPlan, nowMs: number): void {
    this.#isReplyBegun = true;
    this.#kept = null;
    this.#status = head.status;
    const framing = relayFraming(head, plan);
    this.#replyWriter = new BodyWriter(framing);
    if (framing.kind === 'until-close') this.client.replyEndsWithConnection();
    this.#replyFields = head.fields;
    this.#closesAfter = closesAfter(head, plan);
    this.client.replyHead(head.status, writeRelayedHead(head, plan), nowMs);
  }

  #switch(head: ResponseHead, plan: RelayPlan, nowMs: number): boolean {
    const { upstream, marks } = this.#attempt!;
    if (upstream === null) return false;
    this.client.replyHead(head.status, writeRelayedHead(head, plan), nowMs);
    marks.repliedAtMs = nowMs;
    this.#isOver = true;
    this.#leave('answered', nowMs);
    const end = upstream.becomeTunnel(WEBSOCKET, nowMs);
    end.couple(this.client.switched(end, WEBSOCKET, nowMs));
    return true;
  }

  /** What came is no reply that can be passed on. */
  #reject(code: 'UP_CODED' | 'UP_SWITCHED', nowMs: number): boolean {
    const failure: Failure = { code, detail: { server: this.#attempt!.destination.server } };
    this.#leave('malformed', nowMs);
    this.#refuse(failure, nowMs);
    return false;
  }

  replyData(bytes: Uint8Array, nowMs: number): void {
    const mismatch = this.#replyWriter?.write(bytes, this.#write) ?? null;
    if (mismatch !== null) this.#cutShort(nowMs);
  }

  readonly #write = (bytes: Uint8Array): void => this.client.write(bytes);

  replyGoesOn(nowMs: number): void {
    if (this.#isReplyBegun && !this.#isOver) this.client.replyGoesOn(nowMs);
  }

  replyTrailers(fields: Fields): void {
    this.#replyTrailers = fields;
  }

  replyEnd(nowMs: number): void {
    const attempt = this.#attempt!;
    attempt.marks.repliedAtMs = nowMs;
    const trailers = this.#replyTrailers;
    const named = trailers && this.#replyFields && namedInConnection(this.#replyFields);
    const mismatch = this.#replyWriter?.end(trailers, named, this.#write) ?? null;
    if (mismatch !== null) return this.#cutShort(nowMs);
    this.#isOver = true;
    // What is left of the request nobody is asked to take.
    if (!this.#isRequestComplete) this.client.readOn(nowMs);
    this.#leave(this.#status >= SERVER_ERROR ? 'status' : 'answered', nowMs);
    this.client.replied(this.#closesAfter, nowMs);
  }

  refused(fault: UpstreamFault, nowMs: number): void {
    this.upstreamFailed(fault, nowMs);
  }

  upstreamFailed({ kind, failure }: UpstreamFault, nowMs: number): void {
    const attempt = this.#attempt;
    if (this.#isOver || attempt === null) return;
    const { group, destination, upstream } = attempt;
    const wasReused = upstream !== null && upstream.requests > 1;
    // A kept connection that closes as it is used again says nothing about its server.
    const isRace = wasReused && kind === 'closed' && attempt.marks.replyAtMs === null;
    this.#leave(isRace ? 'aborted' : kind, nowMs);
    if (this.#isReplyBegun) {
      this.#isOver = true;
      return this.client.cut(failure, nowMs);
    }
    if (!this.#mayRetry(group, nowMs)) return this.#refuse(failure, nowMs);
    this.#retries += 1;
    this.#isSent = false;
    if (!isRace) this.#tried = [destination];
    this.#try(isRace ? 'none' : 'any', failure, nowMs);
  }

  #mayRetry(group: UpstreamGroup | null, nowMs: number): boolean {
    const attempt: FailedAttempt = {
      method: this.#head.method,
      retries: this.#retries,
      isSent: this.#isSent,
      isBodyReplayable: this.#kept !== null,
      isReplyBegun: this.#isReplyBegun || this.#wasInterimSent,
    };
    if (group !== null) return group.mayRetry(attempt, nowMs) === 'retry';
    // Of a server that the client named there is no other: what may help is a new connection.
    return this.#isSent && retryVerdict(attempt) === 'retry';
  }

  /** The body is not as long as its head said. */
  #cutShort(nowMs: number): void {
    const attempt = this.#attempt;
    this.#isOver = true;
    this.#leave('malformed', nowMs);
    attempt?.upstream?.abandon('server-closed');
    const failure: Failure = { code: 'UP_CUT_SHORT', detail: { server: attempt?.destination.server ?? '' } };
    this.client.cut(failure, nowMs);
  }

  #refuse(failure: Failure, nowMs: number): void {
    this.#isOver = true;
    this.client.readOn(nowMs);
    this.client.refused(failure, nowMs);
  }

  /** The attempt is over: what it says about its server. */
  #leave(outcome: FaultKind | 'answered' | 'aborted', nowMs: number): void {
    const attempt = this.#attempt;
    this.#attempt = null;
    if (attempt === null) return;
    const { group, server, epoch } = attempt;
    if (group === null || server === null) return;
    group.outcome(server, epoch, outcome, nowMs);
    group.leave(server, epoch);
  }
}
