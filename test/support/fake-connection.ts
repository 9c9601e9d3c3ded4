/**
 * Recorded connections without an engine: reads and writes with their times are told once, rows, details and byte
 * ranges follow from them. Exchanges are found with the real parser.
 */
import {
  MAX_READ_MARKS,
  type ByteRange,
  type ConnectionDetail,
  type ConnectionPhase,
  type ConnectionRow,
  type Direction,
  type Exchange,
  type ReadMark,
  type TimelineBar,
} from '@contract/connections';
import { fail, ok } from '@contract/errors';
import { DEFAULT_SETTINGS } from '@contract/settings';
import { NO_LIMITS } from '@http1/events';
import { Parser } from '@http1/parser';
import { joined } from '../../src-main/capture/pcapng-blocks';
import { HARDLY_BEGUN } from '../../src-renderer/lens/exchanges';
import { FakeTransport } from './fake-transport';
import { makeRow } from './rows';

export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);

export interface Crossing {
  readonly direction: Direction;
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

export const received = (atMs: number, text: string | Uint8Array): Crossing => ({
  direction: 'in',
  atMs,
  bytes: typeof text === 'string' ? ascii(text) : text,
});
export const sent = (atMs: number, text: string | Uint8Array): Crossing => ({
  ...received(atMs, text),
  direction: 'out',
});

const EMPTY_EXCHANGE = { ...HARDLY_BEGUN, method: '', target: '', version: '', failure: null } as const;

interface Draft {
  exchanges: Exchange[];
  timeline: TimelineBar[];
  marks: Record<Direction, ReadMark[]>;
  chunks: Record<Direction, Uint8Array[]>;
  length: Record<Direction, number>;
  phase: ConnectionPhase;
}

/** One connection that can go on while it is looked at. */
export class RecordedConnection {
  readonly #draft: Draft = {
    exchanges: [],
    timeline: [],
    marks: { in: [], out: [] },
    chunks: { in: [], out: [] },
    length: { in: 0, out: 0 },
    phase: 'idle',
  };
  readonly #parser = new Parser('request', NO_LIMITS);
  #revision = 0;
  keptFrom: Record<Direction, number> = { in: 0, out: 0 };

  constructor(
    readonly id: number,
    public more: Partial<ConnectionRow> = {},
    public extra: Partial<Pick<ConnectionDetail, 'trips' | 'faults' | 'exchanges' | 'settings'>> = {},
  ) {}

  add(...crossings: readonly Crossing[]): this {
    for (const crossing of crossings) this.#add(crossing);
    this.#revision += 1;
    return this;
  }

  get row(): ConnectionRow {
    const { exchanges, length, phase } = this.#draft;
    const last = exchanges.at(-1);
    const told = { method: last?.method ?? '', target: last?.target ?? '', status: last?.status ?? null };
    const counted = { requestCount: exchanges.length, bytesIn: length.in, bytesOut: length.out };
    const open = { openedAtMs: 0, closedAtMs: null, closeCause: null };
    return makeRow({ id: this.id, ...open, phase, revision: this.#revision, ...told, ...counted, ...this.more });
  }

  get detail(): ConnectionDetail {
    const { exchanges, timeline } = this.#draft;
    return {
      row: this.row,
      exchanges,
      exchangesDropped: 0,
      trips: [],
      faults: [],
      timeline,
      settings: DEFAULT_SETTINGS,
      ...this.extra,
    };
  }

  bytes(direction: Direction, offset: number, length: number): ByteRange {
    const whole = joined(this.#draft.chunks[direction]);
    const keptFrom = this.keptFrom[direction];
    const start = Math.min(Math.max(offset, keptFrom), offset + length);
    const end = offset + length;
    const reads = this.#draft.marks[direction].filter((mark) => mark.offset < end && mark.offset + mark.length > start);
    return {
      offset: start,
      bytes: whole.slice(start, end),
      streamBytes: whole.length,
      keptFrom,
      reads: reads.slice(0, MAX_READ_MARKS),
    };
  }

  #add({ direction, atMs, bytes }: Crossing): void {
    const draft = this.#draft;
    draft.marks[direction].push({ offset: draft.length[direction], length: bytes.length, atMs });
    draft.chunks[direction].push(bytes);
    draft.length[direction] += bytes.length;
    if (direction === 'in') this.#parse(bytes, atMs);
    else this.#reply(bytes, atMs);
    const phase = direction === 'in' ? draft.phase : 'replying';
    draft.timeline.push({ direction, fromMs: atMs, toMs: atMs, bytes: bytes.length, count: 1, phase });
  }

  #parse(bytes: Uint8Array, atMs: number): void {
    this.#parser.receive(bytes);
    for (let event = this.#parser.next(); event !== null; event = this.#parser.next()) {
      if (event.kind === 'head' && event.head.kind === 'request') {
        const { method, target, version, start, end } = event.head;
        this.#open(start, atMs);
        this.#change({ method, target, version, headEnd: end, headAtMs: atMs });
      } else if (event.kind === 'end') {
        this.#change({ requestEnd: event.end, requestAtMs: atMs, bodyBytes: event.bodyBytes });
      } else if (event.kind === 'fault') {
        this.#open(this.#parser.messageStart, atMs);
        this.#change({
          ...(this.#parser.startLine ?? {}),
          failure: { code: event.fault.code, offset: event.fault.offset },
        });
      }
    }
    this.#draft.phase = this.#parser.phase;
    if (!['idle', 'complete', 'fault'].includes(this.#parser.phase)) {
      this.#open(this.#parser.messageStart, atMs);
      const { startLine, bodyBytes } = this.#parser;
      this.#change({ ...(startLine ?? {}), bodyBytes });
    }
  }

  #open(requestStart: number, startedAtMs: number): void {
    const { exchanges } = this.#draft;
    if (exchanges.at(-1)?.requestStart === requestStart) return;
    this.#draft.exchanges = [
      ...exchanges,
      { ...EMPTY_EXCHANGE, number: exchanges.length + 1, requestStart, startedAtMs },
    ];
  }

  #change(change: Partial<Exchange>): void {
    const last = this.#draft.exchanges.at(-1);
    if (last !== undefined) this.#draft.exchanges = [...this.#draft.exchanges.slice(0, -1), { ...last, ...change }];
  }

  #reply(bytes: Uint8Array, replyAtMs: number): void {
    const end = this.#draft.length.out;
    const status = Number(String.fromCharCode(...bytes.subarray(9, 12)));
    this.#change({ status, replyStart: end - bytes.length, replyEnd: end, replyAtMs, tokensLeft: 99 });
  }
}

/** What a connection has to offer to be looked at; `RecordedConnection` is one. */
export interface Watchable {
  readonly detail: ConnectionDetail;
  bytes(direction: Direction, offset: number, length: number): ByteRange;
}

/** A transport that answers `connection.detail` and `bytes.read` for these connections. */
export function transportTo(...connections: readonly Watchable[]): FakeTransport {
  const find = (id: number) => connections.find(({ detail }) => detail.row.id === id);
  return new FakeTransport({
    'connection.detail': ({ connection }) => {
      const found = find(connection);
      return found === undefined ? fail('CALL_NO_CONNECTION', { connection }) : ok(found.detail);
    },
    'bytes.read': ({ connection, direction, offset, length }) => {
      const found = find(connection);
      return found === undefined
        ? fail('CALL_NO_CONNECTION', { connection })
        : ok(found.bytes(direction, offset, length));
    },
  });
}
