import type { Client } from '@contract/client';
import type { Failure } from '@contract/errors';
import { MAX_COMPARED_HEAD_BYTES, sideHead, type HeadLack, type SideHead } from '../lens/passed-head';
import type { MessageReading } from '../lens/message-parts';
import { isSameMessage, readingOf, type MessageSource } from './message-content.svelte';

const READ_BYTES = 16 * 1024;

/** The head of one message, read as far as it goes and no further. */
export class HeadContent {
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
    if (reading === null || this.#head !== null || (this.#lack !== 'reading' && this.#lack !== 'failed')) return false;
    return reading.next < Math.min(this.#source?.end ?? Infinity, this.#streamBytes);
  }

  /** False: there was nothing to be had just now. */
  async #readPiece(reading: MessageReading): Promise<boolean> {
    const { connection, direction, start, end } = this.#source as MessageSource;
    const offset = reading.next;
    const length = Math.min(READ_BYTES, (end ?? this.#streamBytes) - offset);
    const reply = await this.#client.call('bytes.read', { connection, direction, offset, length });
    if (reading !== this.#reading) return true;
    this.#failure = reply.ok ? null : reply.error;
    this.#lack = reply.ok ? 'reading' : 'failed';
    if (!reply.ok) return false;
    const { bytes, keptFrom } = reply.value;
    if (keptFrom > offset) this.#lack = 'dropped';
    if (keptFrom > offset || bytes.length === 0) return false;
    reading.take(bytes);
    if (reading.framing !== null || reading.fault !== null) this.#head = sideHead(reading);
    else if (reading.next - start >= MAX_COMPARED_HEAD_BYTES) this.#lack = 'too-long';
    return true;
  }
}
