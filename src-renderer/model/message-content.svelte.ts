import type { Client } from '@contract/client';
import type { ConnectionDetail, ConnectionId, Direction, Exchange } from '@contract/connections';
import type { Failure } from '@contract/errors';
import type { Settings } from '@contract/settings';
import { STRICT_RULES } from '@http1/events';
import { rulesOf } from '@http1/rules';
import { MessageReading } from '../lens/message-parts';

/** How much of a body is read at once. */
export const BODY_WINDOW_BYTES = 256 * 1024;
/** A page is no place for more; the Bytes tab shows bodies of any size. */
export const MAX_BODY_SHOWN_BYTES = 2 * 1024 * 1024;
const READ_BYTES = 64 * 1024;

export interface MessageSource {
  readonly connection: ConnectionId;
  readonly direction: Direction;
  readonly start: number;
  /** One past its last byte; null while it is under way. */
  readonly end: number | null;
  readonly replyTo: string | null;
  /** In force when it was read. */
  readonly settings: Settings;
}

export type MessageKind = 'request' | 'reply';

/** Where one message of an exchange stands; null for a reply that has not begun. */
export function messageSource(
  { row, settings }: ConnectionDetail,
  exchange: Exchange,
  kind: MessageKind,
): MessageSource | null {
  const { requestStart, requestEnd, replyStart, replyEnd, method } = exchange;
  const connection = row.id;
  if (kind === 'request')
    return { connection, direction: 'in', start: requestStart, end: requestEnd, replyTo: null, settings };
  if (replyStart === null) return null;
  return { connection, direction: 'out', start: replyStart, end: replyEnd, replyTo: method, settings };
}

/** One message, read as far as its head and a window of its body; more on demand, and as it arrives. */
export class MessageContent {
  #reading = $state.raw<MessageReading | null>(null);
  #version = $state.raw(0);
  #failure = $state.raw<Failure | null>(null);
  #isDropped = $state.raw(false);

  readonly #client: Client;
  #source: MessageSource | null = null;
  #streamBytes = 0;
  #wantedBody = BODY_WINDOW_BYTES;
  #isReading = false;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Null before the first bytes are here. Changes place with every piece: read it anew where `version` changed. */
  get reading() {
    void this.#version;
    return this.#reading;
  }
  get version() {
    return this.#version;
  }
  get failure() {
    return this.#failure;
  }
  /** The journal no longer has the beginning of the message. */
  get isDropped() {
    return this.#isDropped;
  }
  /** Is there more of the body than what was read? */
  get hasMore() {
    void this.#version;
    const reading = this.#reading;
    return reading !== null && !this.#isAtEnd(reading) && reading.bodyBytes >= this.#wantedBody;
  }
  get canLoadMore() {
    return this.hasMore && this.#wantedBody < MAX_BODY_SHOWN_BYTES;
  }

  /** Tells which message is looked at and how far its direction has come. */
  follow(source: MessageSource | null, streamBytes: number): void {
    if (source === null || !isSameMessage(source, this.#source)) this.#begin(source);
    this.#source = source;
    this.#streamBytes = streamBytes;
    void this.#readOn();
  }

  loadMore(): void {
    this.#wantedBody = Math.min(MAX_BODY_SHOWN_BYTES, this.#wantedBody + BODY_WINDOW_BYTES);
    void this.#readOn();
  }

  #begin(source: MessageSource | null): void {
    this.#wantedBody = BODY_WINDOW_BYTES;
    this.#failure = null;
    this.#isDropped = false;
    this.#reading = source === null ? null : readingOf(source);
  }

  #isAtEnd(reading: MessageReading): boolean {
    return reading.isComplete || reading.fault !== null || reading.next >= this.#end();
  }

  #end(): number {
    return Math.min(this.#source?.end ?? Infinity, this.#streamBytes);
  }

  async #readOn(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    let isGoingOn = true;
    while (isGoingOn && this.#reading !== null && this.#wantsMore(this.#reading)) {
      isGoingOn = await this.#readPiece(this.#reading);
    }
    this.#isReading = false;
  }

  #wantsMore(reading: MessageReading): boolean {
    return !this.#isDropped && !this.#isAtEnd(reading) && reading.bodyBytes < this.#wantedBody;
  }

  /** False: there was nothing to be had just now. */
  async #readPiece(reading: MessageReading): Promise<boolean> {
    const source = this.#source as MessageSource;
    const offset = reading.next;
    const length = Math.min(READ_BYTES, this.#end() - offset);
    const { connection, direction } = source;
    const reply = await this.#client.call('bytes.read', { connection, direction, offset, length });
    if (reading !== this.#reading) return true;
    this.#failure = reply.ok ? null : reply.error;
    if (!reply.ok) return false;
    const { bytes, keptFrom } = reply.value;
    this.#isDropped = keptFrom > offset;
    if (this.#isDropped || bytes.length === 0) return false;
    reading.take(bytes);
    this.#version += 1;
    return true;
  }
}

export const isSameMessage = (a: MessageSource, b: MessageSource | null): boolean =>
  b !== null && a.connection === b.connection && a.direction === b.direction && a.start === b.start;

/** What we write follows the grammar to the letter, and what a server replies has to. */
export const readingOf = ({ direction, start, replyTo, settings }: MessageSource): MessageReading =>
  direction === 'in'
    ? new MessageReading({ role: 'request', start, replyTo, rules: rulesOf(settings) })
    : new MessageReading({ role: 'response', start, replyTo, rules: STRICT_RULES });
