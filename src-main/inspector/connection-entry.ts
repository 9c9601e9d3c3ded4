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
  type ConnectionId,
  type ConnectionPhase,
  type ConnectionRow,
  type Exchange,
  type FaultMark,
  type Lane,
  type Side,
  type Trip,
} from '../contract/connections';
import type { ErrorCode } from '../contract/errors';
import type { Fact } from '../contract/facts';
import type { Settings } from '../contract/settings';
import type { Activity } from '../net/activity';
import type { StartLine } from '../http1/parser';
import { ExchangeLog, type KeptExchange } from './exchange-log';
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

/** What is known of a connection that ended. */
interface End {
  readonly atMs: number;
  readonly cause: CloseCause;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Of a request the connection ended in the middle of. */
  readonly startLine: StartLine | null;
}

/** What went wrong on a connection. */
interface Mishaps {
  readonly trips: readonly Trip[];
  readonly faults: readonly FaultMark[];
  readonly marks: readonly ErrorCode[];
  /** A trip or fault is stated before the reply it causes, which may belong to no exchange yet. */
  readonly pendingFailure: Exchange['failure'];
}

/** When a connection to a server was there, and what TLS agreed on. */
type Link = Pick<ConnectionRow, 'tls' | 'connectedAtMs' | 'securedAtMs'>;
const NO_LINK: Link = { tls: null, connectedAtMs: null, securedAtMs: null };

const NO_MISHAPS: Mishaps = { trips: [], faults: [], marks: [], pendingFailure: null };

export class ConnectionEntry {
  live: LiveConnection | null = null;
  #revision = 1;
  /** When the deadline trips that the last row told of. */
  #toldTripAtMs: number | null = null;
  readonly #exchanges = new ExchangeLog();
  #requestCount = 0;
  /** Null: it is open. */
  #end: End | null = null;
  /** Replaced, never changed: most connections share the one without any. */
  #mishaps = NO_MISHAPS;
  readonly #timeline = new Timeline();

  readonly id: ConnectionId;
  readonly #openedAtMs: number;
  #client: string;
  #server: string;
  readonly #side: Side;
  #upstream: string | null;
  readonly #carrier: ConnectionId | null;
  /** Null: nothing to tell, as of nearly all connections of clients. */
  #link: Link | null = null;

  constructor(
    { connection, atMs, client, server, side, upstream, carrier }: FactOf<'connection.opened'>,
    private readonly room: Room,
    /** In force when the latest bytes were read. */
    private settings: Settings,
  ) {
    this.id = connection;
    this.#openedAtMs = atMs;
    this.#client = client;
    this.#server = server;
    this.#side = side;
    this.#upstream = upstream;
    this.#carrier = carrier;
  }

  get exchangeCount(): number {
    return this.#exchanges.count;
  }

  get isClosed(): boolean {
    return this.#end !== null;
  }

  moved(activity: Activity, phase: ConnectionPhase, settings: Settings): void {
    this.#revision += 1;
    if (activity.direction === 'in') this.settings = settings;
    this.#timeline.add(activity, phase, this.room.bars);
  }

  /** After the settings changed: does the connection run under another deadline than the last row told of? */
  rearmed(): boolean {
    const isOther = this.live !== null && (this.live.armed?.atMs ?? null) !== this.#toldTripAtMs;
    if (isOther) this.#revision += 1;
    return isOther;
  }

  take(fact: Fact): void {
    this.#revision += 1;
    switch (fact.kind) {
      case 'connection.opened':
      case 'health':
        return;
      case 'connection.connected':
        this.#client = fact.client;
        this.#server = fact.server;
        this.#link = { ...(this.#link ?? NO_LINK), connectedAtMs: fact.atMs };
        return;
      case 'connection.secured':
        this.#link = { ...(this.#link ?? NO_LINK), securedAtMs: fact.atMs, tls: fact.tls };
        return;
      case 'relay':
        return this.#takeRelay(fact);
      case 'switched':
        return this.#takeSwitch(fact);
      case 'head':
        return this.#takeHead(fact);
      case 'request-end':
        return this.#takeRequestEnd(fact);
      case 'rate':
        return this.#takeRate(fact);
      case 'reply-begun':
        return this.#takeReplyHead(fact);
      case 'reply':
        return this.#takeReply(fact);
      case 'trip':
        this.#mishaps = { ...this.#mishaps, trips: withLast(this.#mishaps.trips, fact) };
        return this.#takeFailure(fact);
      case 'fault':
        this.#mishaps = { ...this.#mishaps, faults: withLast(this.#mishaps.faults, fact) };
        return this.#takeFailure(fact);
      case 'connection.closed':
        this.#end = { ...fact, startLine: this.live?.startLine ?? null };
        this.#timeline.fit(this.room.bars);
        this.live = null;
    }
  }

  row(): ConnectionRow {
    const { live } = this;
    const latest = this.#latestOrNext();
    const startLine = this.#startLineUnderWay ?? latest ?? { method: '', target: '' };
    const armed = live?.armed ?? null;
    this.#toldTripAtMs = armed?.atMs ?? null;
    return {
      id: this.id,
      revision: this.#revision,
      client: this.#client,
      server: this.#server,
      side: this.#side,
      upstream: this.#upstream,
      carrier: this.#carrier,
      ...(this.#link ?? NO_LINK),
      phase: live?.phase ?? 'closed',
      openedAtMs: this.#openedAtMs,
      closedAtMs: this.#end?.atMs ?? null,
      closeCause: this.#end?.cause ?? null,
      requestCount: this.#requestCount,
      method: startLine.method,
      target: startLine.target.slice(0, MAX_TARGET_CHARACTERS),
      status: latest?.status ?? null,
      bytesIn: (live ?? this.#end)?.bytesIn ?? 0,
      bytesOut: (live ?? this.#end)?.bytesOut ?? 0,
      lane: this.#lane(latest),
      armed,
      marks: this.#mishaps.marks,
    };
  }

  detail(): ConnectionDetail {
    return {
      row: this.row(),
      exchanges: this.#exchangesNow(),
      exchangesDropped: this.#exchanges.dropped,
      trips: this.#mishaps.trips,
      faults: this.#mishaps.faults,
      timeline: this.#timeline.bars,
      settings: this.settings,
    };
  }

  get #startLineUnderWay(): StartLine | null {
    return (this.live ?? this.#end)?.startLine ?? null;
  }

  /** The latest exchange; null while the head of a newer request is under way. */
  #latestOrNext(): KeptExchange | null {
    const { latest } = this.#exchanges;
    const isNext = this.#startLineUnderWay !== null && latest?.requestEnd !== null;
    return isNext ? null : latest;
  }

  #exchangesNow(): Exchange[] {
    const exchanges = this.#exchanges.all();
    const latest = exchanges.at(-1);
    if (latest?.requestEnd === null && this.live !== null) latest.bodyBytes = this.live.bodyBytes;
    return exchanges;
  }

  #lane(latest: KeptExchange | null): Lane {
    const bytesIn = (this.live ?? this.#end)?.bytesIn ?? 0;
    if (latest === null) {
      const received = bytesIn - (this.#exchanges.latest?.requestEnd ?? 0);
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
    if (this.#side === 'client') this.#upstream = null;
    const exchange = this.#exchanges.begin(this.room.exchanges);
    exchange.number = fact.number;
    exchange.method = fact.method;
    exchange.target = cutTarget(fact.target);
    exchange.version = fact.version;
    exchange.startedAtMs = fact.startedAtMs;
    exchange.requestStart = fact.start;
    exchange.fieldsStart = fact.fieldsStart;
    exchange.headEnd = fact.end;
    exchange.headAtMs = fact.atMs;
    exchange.relayOf = fact.relayOf;
  }

  #takeRelay(fact: FactOf<'relay'>): void {
    const { upstream, server } = fact.relay;
    this.#upstream = upstream === '' ? server : `${upstream} · ${server}`;
    const exchange = this.#numbered(fact.number);
    if (exchange !== null) exchange.relay = fact.relay;
  }

  #takeSwitch(fact: FactOf<'switched'>): void {
    const exchange = this.#numbered(fact.number);
    if (exchange !== null) exchange.switchedTo = fact.to;
  }

  #takeRequestEnd(fact: FactOf<'request-end'>): void {
    const exchange = this.#numbered(fact.number);
    if (exchange === null) return;
    exchange.requestEnd = fact.end;
    exchange.requestAtMs = fact.atMs;
    exchange.bodyBytes = fact.bodyBytes;
  }

  #takeRate(fact: FactOf<'rate'>): void {
    const exchange = this.#numbered(fact.number);
    if (!fact.allowed) this.#mark('LIM_RATE');
    if (exchange === null) return;
    exchange.tokensLeft = fact.level;
    if (fact.allowed) return;
    const detail = { limit: fact.capacity, cost: fact.cost };
    exchange.failure = { code: 'LIM_RATE', detail, offset: exchange.headEnd ?? 0 };
  }

  #takeReplyHead(fact: FactOf<'reply-begun'>): void {
    const exchange = this.#numbered(fact.number);
    if (exchange === null) return;
    exchange.status = fact.status;
    exchange.replyStart = fact.start;
  }

  /** A reply to no request (a head that was refused) still is an exchange to look at. */
  #takeReply(fact: FactOf<'reply'>): void {
    if (fact.number === 0) this.#takeUnnumbered(fact);
    const exchange = fact.number === 0 ? this.#exchanges.latest : this.#numbered(fact.number);
    if (exchange === null) return;
    exchange.status = fact.status;
    exchange.replyStart = fact.start;
    exchange.replyEnd = fact.end;
    exchange.replyAtMs = fact.atMs;
    const { pendingFailure } = this.#mishaps;
    if (pendingFailure === null) return;
    exchange.failure ??= pendingFailure;
    this.#mishaps = { ...this.#mishaps, pendingFailure: null };
  }

  #takeUnnumbered({ requestStart, startedAtMs, method, target, version }: FactOf<'reply'>): void {
    const exchange = this.#exchanges.begin(this.room.exchanges);
    exchange.number = this.#requestCount + 1;
    exchange.method = method;
    exchange.target = cutTarget(target);
    exchange.version = version;
    exchange.startedAtMs = startedAtMs;
    exchange.requestStart = requestStart;
    exchange.fieldsStart = requestStart;
  }

  #takeFailure(fact: FactOf<'trip'> | FactOf<'fault'>): void {
    this.#mark(fact.code);
    const detail = fact.kind === 'trip' ? { limit: fact.limit, measured: fact.measured } : (fact.detail ?? {});
    const failure = { code: fact.code, detail, offset: fact.offset };
    const { latest } = this.#exchanges;
    // Of a request that was read whole its reply is under way, or waited for: it is what fails. The first one stopped it.
    if (latest !== null && (latest.requestEnd === null || latest.replyEnd === null)) latest.failure ??= failure;
    else this.#mishaps = { ...this.#mishaps, pendingFailure: failure };
  }

  #mark(code: ErrorCode): void {
    const { marks } = this.#mishaps;
    if (!marks.includes(code)) this.#mishaps = { ...this.#mishaps, marks: [...marks, code] };
  }

  /** Requests are answered in their order, so that what is stated of one is stated before the next begins. */
  #numbered(number: number): KeptExchange | null {
    const { latest } = this.#exchanges;
    return latest?.number === number ? latest : null;
  }
}

/** A part of a string keeps the whole of it in memory: what is kept of a long one is made anew. */
const cutTarget = (target: string): string =>
  target.length <= MAX_TARGET_CHARACTERS
    ? target
    : Buffer.from(target.slice(0, MAX_TARGET_CHARACTERS), 'latin1').toString('latin1');

const withLast = <Item>(items: readonly Item[], item: Item): readonly Item[] => [
  ...items.slice(Math.max(0, items.length + 1 - MAX_MARKS_KEPT)),
  item,
];
