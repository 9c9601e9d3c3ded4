/** One request on a connection to a server: where it and its reply stand in the two directions, as facts tell. */
import type { ConnectionId, SwitchedTo } from '../contract/connections';
import type { ResponseHead } from '../http1/events';
import type { WrittenHead } from '../http1/head-text';
import type { StartLine } from '../http1/parser';
import type { SessionPort } from './port';
import type { RelayOf } from './upstream-port';

export class UpstreamRequest implements StartLine {
  readonly method: string;
  readonly target: string;
  readonly version = 'HTTP/1.1';
  completeAtMs: number | null = null;
  /** Interim replies so far. */
  interims = 0;
  #end: number;
  #bodyBytes = 0;
  #reply: ResponseHead | null = null;
  #isReplyStated = false;

  constructor(
    { method, target }: StartLine,
    readonly number: number,
    private readonly start: number,
    private readonly replyStart: number,
    private readonly startedAtMs: number,
  ) {
    this.method = method;
    this.target = target;
    this.#end = start;
  }

  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  get isComplete(): boolean {
    return this.completeAtMs !== null;
  }

  /** Interim replies count. */
  get isReplyBegun(): boolean {
    return this.#reply !== null;
  }

  /** The head of the final reply has come. */
  get isFinal(): boolean {
    return this.#reply?.interim === false;
  }

  get isInterim(): boolean {
    return this.#reply?.interim === true;
  }

  get keepsAlive(): boolean {
    return this.#reply?.keepAlive === true;
  }

  notReadFor(ms: number, untilMs = Infinity): void {
    if (this.completeAtMs !== null) this.completeAtMs = Math.min(untilMs, this.completeAtMs + ms);
  }

  stateHead(port: SessionPort, connection: ConnectionId, head: WrittenHead, relayOf: RelayOf, atMs: number): void {
    this.#end = this.start + head.bytes.length;
    const { number, method, target, version, start, startedAtMs } = this;
    port.record({
      kind: 'head',
      connection,
      atMs,
      number,
      startedAtMs,
      method,
      target,
      version,
      start,
      fieldsStart: start + head.fieldsStart,
      end: this.#end,
      fieldCount: head.fieldCount,
      relayOf,
    });
  }

  complete(port: SessionPort, connection: ConnectionId, end: number, bodyBytes: number, atMs: number): void {
    this.completeAtMs = atMs;
    this.#end = end;
    this.#bodyBytes = bodyBytes;
    port.record({ kind: 'request-end', connection, atMs, number: this.number, end, bodyBytes });
  }

  replyBegins(head: ResponseHead): void {
    this.#reply = head;
    if (head.interim) this.interims += 1;
  }

  /** Stated where its end does not come in the same read: most replies come whole. */
  stateReplyBegun(port: SessionPort, connection: ConnectionId, atMs: number): void {
    if (this.#isReplyStated || this.#reply === null || this.#reply.interim) return;
    this.#isReplyStated = true;
    const { status, start } = this.#reply;
    port.record({ kind: 'reply-begun', connection, atMs, number: this.number, status, start });
  }

  /** From the end of the head on, what comes and goes is of another protocol. */
  switches(port: SessionPort, connection: ConnectionId, to: SwitchedTo, atMs: number): void {
    this.replyEnds(port, connection, this.#reply?.end ?? this.replyStart, atMs);
    port.record({ kind: 'switched', connection, atMs, number: this.number, to });
  }

  replyEnds(port: SessionPort, connection: ConnectionId, end: number, atMs: number): void {
    const { number, method, target, version, start, startedAtMs } = this;
    port.record({
      kind: 'reply',
      connection,
      atMs,
      number,
      status: this.#reply?.status ?? 0,
      start: this.#reply?.start ?? this.replyStart,
      end,
      side: 'upstream',
      method,
      target,
      version,
      requestStart: start,
      requestBytes: this.#end - start,
      startedAtMs,
    });
  }
}
