/**
 * What is kept of one connection besides its bytes. Facts go in, rows and details come out; what changes with every
 * byte (phase, deadline, counts) is asked of the live connection when a row is made.
 */
import {
  MAX_MARKS_KEPT,
  MAX_TARGET_CHARACTERS,
  type ArmedDeadline,
  type CloseCause,
  type ConnectionDetail,
  type ConnectionPhase,
  type ConnectionRow,
  type Exchange,
  type FaultMark,
  type Lane,
  type Trip,
} from '../contract/connections';
import type { ErrorCode } from '../contract/errors';
import type { Fact } from '../contract/facts';
import type { Activity } from '../net/driver';
import type { StartLine } from '../http1/parser';
import type { Room } from './room';
import { Timeline } from './timeline';

/** An open connection, asked when a row is made. */
export interface LiveConnection {
  readonly phase: ConnectionPhase;
  readonly armed: ArmedDeadline | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly bodyBytes: number;
  /** Of the request under way; null before its start line is complete. */
  readonly startLine: StartLine | null;
}

type FactOf<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>;
type KeptExchange = { -readonly [Key in keyof Exchange]: Exchange[Key] } & { fieldsStart: number };

export class ConnectionEntry {
  live: LiveConnection | null = null;
  #revision = 1;
  #exchanges: KeptExchange[] = [];
  #exchangesDropped = 0;
  #requestCount = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #closedAtMs: number | null = null;
  #closeCause: CloseCause | null = null;
  readonly #trips: Trip[] = [];
  readonly #faults: FaultMark[] = [];
  readonly #marks: ErrorCode[] = [];
  readonly #timeline = new Timeline();

  constructor(
    private readonly opened: FactOf<'connection.opened'>,
    private readonly room: Room,
  ) {}

  get id(): number {
    return this.opened.connection;
  }

  get exchangeCount(): number {
    return this.#exchanges.length;
  }

  get isClosed(): boolean {
    return this.#closedAtMs !== null;
  }

  moved(activity: Activity, phase: ConnectionPhase): void {
    this.#revision += 1;
    this.#timeline.add(activity, phase, this.room.bars);
  }

  take(fact: Fact): void {
    this.#revision += 1;
    switch (fact.kind) {
      case 'connection.opened':
        return;
      case 'head':
        return this.#takeHead(fact);
      case 'request-end':
        return this.#takeRequestEnd(fact);
      case 'rate':
        return this.#takeRate(fact);
      case 'reply':
        return this.#takeReply(fact);
      case 'trip':
        keepLast(this.#trips, fact);
        return this.#takeFailure(fact);
      case 'fault':
        keepLast(this.#faults, fact);
        return this.#takeFailure(fact);
      case 'connection.closed':
        this.#bytesIn = fact.bytesIn;
        this.#bytesOut = fact.bytesOut;
        this.#closedAtMs = fact.atMs;
        this.#closeCause = fact.cause;
        this.#timeline.fit(this.room.bars);
        this.live = null;
    }
  }

  row(): ConnectionRow {
    const { live } = this;
    const latest = this.#latestOrNext();
    const startLine = live?.startLine ?? latest ?? { method: '', target: '' };
    return {
      id: this.id,
      revision: this.#revision,
      client: this.opened.client,
      server: this.opened.server,
      phase: live?.phase ?? 'closed',
      openedAtMs: this.opened.atMs,
      closedAtMs: this.#closedAtMs,
      closeCause: this.#closeCause,
      requestCount: this.#requestCount,
      method: startLine.method,
      target: startLine.target.slice(0, MAX_TARGET_CHARACTERS),
      status: latest?.status ?? null,
      bytesIn: live?.bytesIn ?? this.#bytesIn,
      bytesOut: live?.bytesOut ?? this.#bytesOut,
      lane: this.#lane(latest),
      armed: live?.armed ?? null,
      marks: [...this.#marks],
    };
  }

  detail(): ConnectionDetail {
    return {
      row: this.row(),
      exchanges: this.#exchanges.map((exchange) => this.#exchangeNow(exchange)),
      exchangesDropped: this.#exchangesDropped,
      trips: [...this.#trips],
      faults: [...this.#faults],
      timeline: this.#timeline.bars,
    };
  }

  /** The latest exchange; undefined while the head of a newer request is under way. */
  #latestOrNext(): KeptExchange | undefined {
    const latest = this.#exchanges.at(-1);
    const isNext = this.live !== null && this.live.startLine !== null && latest?.requestEnd !== null;
    return isNext ? undefined : latest;
  }

  #exchangeNow(exchange: KeptExchange): Exchange {
    const isUnderWay = exchange.requestEnd === null && exchange === this.#exchanges.at(-1);
    return isUnderWay && this.live !== null ? { ...exchange, bodyBytes: this.live.bodyBytes } : { ...exchange };
  }

  #lane(latest: KeptExchange | undefined): Lane {
    const bytesIn = this.live?.bytesIn ?? this.#bytesIn;
    if (latest === undefined) {
      const received = bytesIn - (this.#exchanges.at(-1)?.requestEnd ?? 0);
      return { startLine: 0, fields: received, body: 0, reply: 0 };
    }
    const { requestStart, fieldsStart, headEnd, requestEnd, replyStart, replyEnd } = latest;
    return {
      startLine: fieldsStart - requestStart,
      fields: (headEnd ?? bytesIn) - fieldsStart,
      body: headEnd === null ? 0 : (requestEnd ?? bytesIn) - headEnd,
      reply: replyStart === null || replyEnd === null ? 0 : replyEnd - replyStart,
    };
  }

  #takeHead(fact: FactOf<'head'>): void {
    this.#requestCount = fact.number;
    this.#keep({
      ...NOT_REACHED,
      number: fact.number,
      method: fact.method,
      target: cutTarget(fact.target),
      version: fact.version,
      startedAtMs: fact.startedAtMs,
      requestStart: fact.start,
      fieldsStart: fact.fieldsStart,
      headEnd: fact.end,
      headAtMs: fact.atMs,
    });
  }

  #takeRequestEnd(fact: FactOf<'request-end'>): void {
    const exchange = this.#numbered(fact.number);
    if (exchange === undefined) return;
    exchange.requestEnd = fact.end;
    exchange.requestAtMs = fact.atMs;
    exchange.bodyBytes = fact.bodyBytes;
  }

  #takeRate(fact: FactOf<'rate'>): void {
    const exchange = this.#numbered(fact.number);
    if (exchange !== undefined) exchange.tokensLeft = fact.level;
    if (!fact.allowed) this.#mark('LIM_RATE');
  }

  /** A reply to no request (a head that was refused) still is an exchange to look at. */
  #takeReply(fact: FactOf<'reply'>): void {
    if (fact.number === 0) {
      const { requestStart, startedAtMs, method, target, version } = fact;
      const number = this.#requestCount + 1;
      const startLine = { method, target: cutTarget(target), version };
      this.#keep({ ...NOT_REACHED, ...startLine, number, startedAtMs, requestStart, fieldsStart: requestStart });
    }
    const exchange = fact.number === 0 ? this.#exchanges.at(-1) : this.#numbered(fact.number);
    if (exchange === undefined) return;
    exchange.status = fact.status;
    exchange.replyStart = fact.start;
    exchange.replyEnd = fact.end;
    exchange.replyAtMs = fact.atMs;
    const failure = this.#pendingFailure;
    if (failure !== null && exchange.failure === null) exchange.failure = failure;
    this.#pendingFailure = null;
  }

  /** A trip or fault is stated before the reply it causes, which may belong to no exchange yet. */
  #pendingFailure: Exchange['failure'] = null;

  #takeFailure(fact: FactOf<'trip'> | FactOf<'fault'>): void {
    this.#mark(fact.code);
    const detail = fact.kind === 'trip' ? { limit: fact.limit, measured: fact.measured } : {};
    const failure = { code: fact.code, detail, offset: fact.offset };
    const latest = this.#exchanges.at(-1);
    if (latest !== undefined && latest.requestEnd === null) latest.failure = failure;
    else this.#pendingFailure = failure;
  }

  #mark(code: ErrorCode): void {
    if (!this.#marks.includes(code)) this.#marks.push(code);
  }

  #numbered(number: number): KeptExchange | undefined {
    return this.#exchanges.findLast((exchange) => exchange.number === number);
  }

  #keep(exchange: KeptExchange): void {
    this.#exchanges.push(exchange);
    // Half are dropped at once, so that the cost of moving the rest is spread over many requests.
    const most = this.room.exchanges;
    if (this.#exchanges.length < most) return;
    const dropped = this.#exchanges.length - Math.floor(most / 2);
    this.#exchanges = this.#exchanges.slice(dropped);
    this.#exchangesDropped += dropped;
  }
}

/** A part of a string keeps the whole of it in memory: what is kept of a long one is made anew. */
const cutTarget = (target: string): string =>
  target.length <= MAX_TARGET_CHARACTERS
    ? target
    : Buffer.from(target.slice(0, MAX_TARGET_CHARACTERS), 'latin1').toString('latin1');

const NOT_REACHED = {
  method: '',
  target: '',
  version: '',
  headEnd: null,
  requestEnd: null,
  headAtMs: null,
  requestAtMs: null,
  bodyBytes: 0,
  status: null,
  replyStart: null,
  replyEnd: null,
  replyAtMs: null,
  tokensLeft: null,
  failure: null,
} as const;

function keepLast<Item>(items: Item[], item: Item): void {
  items.push(item);
  if (items.length > MAX_MARKS_KEPT) items.shift();
}
