import type { Client } from '@contract/client';
import type { Failure } from '@contract/errors';
import {
  MAX_BYTES_READ_FOR_TRAILERS,
  MAX_COMPARED_HEAD_BYTES,
  sideHead,
  type HeadLack,
  type SideHead,
} from '../lens/passed-head';
import type { MessageReading } from '../lens/message-parts';
import { isSameMessage, readingOf, type MessageSource } from './message-content.svelte';

const HEAD_READ_BYTES = 16 * 1024;
const BODY_READ_BYTES = 256 * 1024;

/**
 * What is compared of one side of a message: its head, read as far as it goes, and its trailers once it is complete. A
 * body is read only where trailers may come after it.
 */
export class SideContent {
  #head = $state.raw<SideHead | null>(null);
  #lack = $state.raw<HeadLack>('none');
  #failure = $state.raw<Failure | null>(null);

  readonly #client: Client;
  #source: MessageSource | null = null;
  #reading: MessageReading | null = null;
  #streamBytes = 0;
  #isReading = false;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Null until the head is complete, or cannot become so. */
  get head() {
    return this.#head;
  }
  /** Of the head, or where that is there, of the trailers. */
  get lack() {
    return this.#lack;
  }
  get failure() {
    return this.#failure;
  }

  /** Tells which message is looked at and how far its direction has come. */
  follow(source: MessageSource | null, streamBytes: number): void {
    if (source === null || !isSameMessage(source, this.#source)) this.#begin(source);
    this.#source = source;
    this.#streamBytes = streamBytes;
    void this.#readOn();
  }

  #begin(source: MessageSource | null): void {
    this.#reading = source === null ? null : readingOf(source);
    this.#head = null;
    this.#failure = null;
    this.#lack = source === null ? 'none' : 'reading';
  }

  async #readOn(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    let isGoingOn = true;
    while (isGoingOn && this.#wantsMore()) isGoingOn = await this.#readPiece(this.#reading as MessageReading);
    this.#isReading = false;
  }

  #wantsMore(): boolean {
    const reading = this.#reading;
    if (reading === null || (this.#lack !== 'reading' && this.#lack !== 'failed')) return false;
    // While a body is under way there is nothing after it.
    if (this.#head !== null && (this.#source?.end ?? null) === null) return false;
    return reading.next < Math.min(this.#source?.end ?? Infinity, this.#streamBytes);
  }

  /** False: there was nothing to be had just now. */
  async #readPiece(reading: MessageReading): Promise<boolean> {
    const { connection, direction, end } = this.#source as MessageSource;
    const offset = reading.next;
    const most = this.#head === null ? HEAD_READ_BYTES : BODY_READ_BYTES;
    const length = Math.min(most, (end ?? this.#streamBytes) - offset);
    const reply = await this.#client.call('bytes.read', { connection, direction, offset, length });
    if (reading !== this.#reading) return true;
    this.#failure = reply.ok ? null : reply.error;
    this.#lack = reply.ok ? 'reading' : 'failed';
    if (!reply.ok) return false;
    const { bytes, keptFrom } = reply.value;
    if (keptFrom > offset) this.#lack = 'dropped';
    if (keptFrom > offset || bytes.length === 0) return false;
    reading.take(bytes);
    this.#judge(reading);
    return true;
  }

  /** What is known now, and what is still to be read. */
  #judge(reading: MessageReading): void {
    const { start, end } = this.#source as MessageSource;
    const isOver = reading.isComplete || reading.fault !== null;
    if (reading.framing !== null || isOver) {
      if (this.#head === null || isOver) this.#head = sideHead(reading);
      if (isOver || this.#head.trailers !== null) this.#lack = 'none';
      else if ((end ?? reading.next) - start > MAX_BYTES_READ_FOR_TRAILERS) this.#lack = 'too-long';
    } else if (reading.next - start >= MAX_COMPARED_HEAD_BYTES) this.#lack = 'too-long';
  }
}
