import type { Client } from '@contract/client';
import { MAX_RANGE_BYTES, type ConnectionRow, type Direction, type ReadMark } from '@contract/connections';
import type { Failure } from '@contract/errors';
import type { Settings } from '@contract/settings';
import type { Fault } from '@http1/events';
import { rulesOf } from '@http1/rules';
import { FrameList, type FrameRow } from '@websocket/frame-list';
import { inflationOf, type InflatedMessage } from '@websocket/inflated-messages';
import { readHandshake, type Handshake } from '@websocket/handshake';
import { mergeFrames } from '../lens/frame-merge';
import type { FrameReading } from '../lens/frame-spans';
import { requestHeadIn, responseHeadIn } from '../lens/handshake-heads';
import { markAt } from '../lens/read-marks';
import { openInflater } from './page-inflater';
import { pageSha1 } from './page-sha1';

const READ_BYTES = 64 * 1024;

/** Where the handshake stands, and with its ends where the frames begin. */
export interface FrameSource {
  readonly connection: number;
  readonly requestStart: number;
  readonly requestEnd: number;
  readonly replyStart: number;
  readonly replyEnd: number;
  /** Those the request was read by. */
  readonly settings: Settings;
}

const streamBytes = ({ bytesIn, bytesOut }: ConnectionRow, direction: Direction): number =>
  direction === 'in' ? bytesIn : bytesOut;

/** A journal may tell of fewer reads than there were: what came after those told is taken for the last. */
const timesOf =
  (reads: readonly ReadMark[]) =>
  (offset: number): number =>
    markAt(reads, offset)?.atMs ?? reads.at(-1)?.atMs ?? 0;

/**
 * The WebSocket frames of one connection, from the handshake on and as they come: reads both directions from their
 * first frame, which is the only place to begin at. Compressed messages are inflated on the way, all of them up to a
 * bound, as later ones refer back to them; other long payloads are left out. What is kept is bounded by the lists.
 */
export class FramesModel {
  #rows = $state.raw<readonly FrameRow[]>([]);
  #handshake = $state.raw<Handshake | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #isDropped = $state.raw<Readonly<Record<Direction, boolean>>>({ in: false, out: false });
  #isBehind = $state.raw(true);
  #isLive = $state.raw(true);
  #recordedBytes = $state.raw(0);

  readonly #client: Client;
  readonly #source: FrameSource;
  #lists: Readonly<Record<Direction, FrameList>> | null = null;
  readonly #reading = new Set<Direction>();
  #row: ConnectionRow | null = null;
  #hasBegun = false;
  #isClosed = false;

  constructor(client: Client, source: FrameSource) {
    this.#client = client;
    this.#source = source;
  }

  /** Of both directions, in the order they came; replaced as more do. */
  get rows() {
    return this.#rows;
  }
  /** Null before it is read, and where the journal no longer has it. */
  get handshake() {
    return this.#handshake;
  }
  /** Why a read failed; null while there is nothing wrong. */
  get failure() {
    return this.#failure;
  }
  /** The journal no longer has what came next: where frames begin after that is not known. */
  get isDropped() {
    return this.#isDropped;
  }
  /** Is more recorded than was read? */
  get isBehind() {
    return this.#isBehind;
  }
  /** May more come? */
  get isLive() {
    return this.#isLive;
  }
  /** Of both directions so far, read or not. */
  get recordedBytes() {
    return this.#recordedBytes;
  }
  /** How many earlier frames are no longer listed. */
  get dropped(): number {
    void this.#rows;
    return (this.#lists?.in.dropped ?? 0) + (this.#lists?.out.dropped ?? 0);
  }

  faultOf(direction: Direction): Fault | null {
    void this.#rows;
    return this.#lists?.[direction].fault ?? null;
  }

  /** What is known of a direction, for whoever explains its bytes; a new object when that changed. */
  readonly inbound = $derived.by(() => this.#readingOf('in'));
  readonly outbound = $derived.by(() => this.#readingOf('out'));

  /** What a compressed message says; null where it is not known how it is compressed, or it is not kept any more. */
  inflatedMessage(direction: Direction, number: number): InflatedMessage | null {
    void this.#rows;
    return this.#lists?.[direction].inflatedMessage(number) ?? null;
  }

  /** Bytes of a direction as they came, `length` or fewer; null: they are not to be had (any more). */
  async bytesAt(direction: Direction, offset: number, length: number): Promise<Uint8Array | null> {
    const { connection } = this.#source;
    const reply = await this.#client.call('bytes.read', { connection, direction, offset, length });
    return reply.ok && reply.value.offset === offset && !this.#isClosed ? reply.value.bytes : null;
  }

  /** Tells how far the connection has come; always the same connection. */
  follow(row: ConnectionRow): void {
    this.#row = row;
    this.#isLive = row.closedAtMs === null;
    this.#recordedBytes = row.bytesIn + row.bytesOut;
    if (this.#lists !== null) this.#readBoth();
    else if (!this.#hasBegun) void this.#begin();
  }

  /** After this nothing is read any more. */
  close(): void {
    this.#isClosed = true;
  }

  async #begin(): Promise<void> {
    this.#hasBegun = true;
    const { requestStart, requestEnd, replyStart, replyEnd, settings } = this.#source;
    const request = await this.#head('in', requestStart, requestEnd);
    const reply = await this.#head('out', replyStart, replyEnd);
    const heads = {
      request: request && requestHeadIn(request, rulesOf(settings)),
      response: reply && responseHeadIn(reply),
    };
    const { request: asked, response: answered } = heads;
    if (asked !== null && answered !== null)
      this.#handshake = await readHandshake({ request: asked, response: answered }, pageSha1());
    // Where it is not known what was agreed on, nothing is called wrong for it.
    const deflate = this.#handshake?.deflate ?? null;
    const allowsRsv1 = this.#handshake === null || deflate !== null;
    const listOf = (direction: Direction, start: number) => {
      const inflation = deflate && inflationOf(deflate, direction, openInflater);
      return new FrameList({ direction, start, allowsRsv1, inflation });
    };
    this.#lists = { in: listOf('in', requestEnd), out: listOf('out', replyEnd) };
    this.#readBoth();
  }

  /** Null where not all of it is kept. */
  async #head(direction: Direction, offset: number, end: number): Promise<Uint8Array | null> {
    return this.bytesAt(direction, offset, Math.min(MAX_RANGE_BYTES, end - offset));
  }

  #readBoth(): void {
    void this.#readOn('in');
    void this.#readOn('out');
  }

  async #readOn(direction: Direction): Promise<void> {
    if (this.#reading.has(direction)) return;
    this.#reading.add(direction);
    while (this.#wantsMore(direction)) {
      const asked = this.#row;
      // What has come meanwhile may be what was missing.
      if (!(await this.#readPiece(direction)) && asked === this.#row) break;
    }
    this.#reading.delete(direction);
    this.#isBehind = this.#wantsMore('in') || this.#wantsMore('out');
  }

  #wantsMore(direction: Direction): boolean {
    const list = this.#lists?.[direction];
    if (list === undefined || this.#isClosed || this.#isDropped[direction] || list.fault !== null) return false;
    return list.offset < streamBytes(this.#row as ConnectionRow, direction);
  }

  /** False: there was nothing to be had just now. */
  async #readPiece(direction: Direction): Promise<boolean> {
    const { in: received, out: sent } = this.#lists as Readonly<Record<Direction, FrameList>>;
    const list = direction === 'in' ? received : sent;
    const { connection } = this.#source;
    const { offset } = list;
    const reply = await this.#client.call('bytes.read', { connection, direction, offset, length: READ_BYTES });
    if (this.#isClosed) return false;
    this.#failure = reply.ok ? null : reply.error;
    if (!reply.ok) return false;
    const { bytes, keptFrom, reads } = reply.value;
    if (keptFrom > offset) this.#isDropped = { ...this.#isDropped, [direction]: true };
    if (keptFrom > offset || bytes.length === 0) return false;
    list.receive(bytes, timesOf(reads));
    this.#rows = mergeFrames(received.rows, sent.rows);
    return true;
  }

  #readingOf(direction: Direction): FrameReading {
    void this.#rows;
    const list = this.#lists?.[direction];
    return {
      frames: list?.rows.map(({ frame }) => frame) ?? [],
      unfinishedHeader: list?.unfinishedHeader ?? null,
      fault: list?.fault ?? null,
    };
  }
}
