/**
 * What the compressed messages of one direction say (permessage-deflate, RFC 7692), read in order from the first one
 * on: where the context is kept a message may refer back to any before it, so none can be left out.
 *
 * Whoever sent them may mean harm. What comes out of a message, what goes through in all and what is kept is bounded;
 * a message that breaks the format is the last one, as a receiver has to fail the connection there.
 */
import type { Direction } from '../contract/connections';
import type { Message } from './frame';
import { GrowingBytes } from './growing-bytes';
import type { Deflate } from './handshake';
import type { Inflater, OpenInflater } from './inflater';

export interface InflationBounds {
  /** Of what one message inflates to; further it is not read. */
  readonly messageBytes: number;
  /** Of what goes in and comes out of a direction, together: empty blocks go in and nothing comes out. */
  readonly totalBytes: number;
  /** How much of the beginning of a message is kept. */
  readonly keptMessageBytes: number;
  /** Of all messages kept, the latest ones. */
  readonly keptBytes: number;
  readonly keptMessages: number;
}

const MIB = 1024 * 1024;

/**
 * DEFLATE makes at most 1032 bytes of one, and a page gets through some 400 MB of those in a second: a bomb costs a
 * moment, all that one direction may hold less than a second. What is kept of a message is as much JSON as is laid out.
 */
export const INFLATION_BOUNDS: InflationBounds = {
  messageBytes: 16 * MIB,
  totalBytes: 256 * MIB,
  keptMessageBytes: MIB,
  keptBytes: 16 * MIB,
  keptMessages: 5_000,
};

/** Why no more came out of a message. */
export type InflationStop =
  /** `reason`: what is wrong with its data. */
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'message-bound' }
  | { readonly kind: 'total-bound' }
  /** `number`: the message before it that ended all. */
  | { readonly kind: 'after'; readonly number: number; readonly cause: 'broken' | 'message-bound' };

export interface InflatedMessage {
  /** As much of its beginning as is kept. */
  readonly bytes: Uint8Array;
  /** What came out so far. */
  readonly inflatedBytes: number;
  /** What went in so far. */
  readonly compressedBytes: number;
  readonly isFinished: boolean;
  /** Null: there is nothing wrong with it. */
  readonly stop: InflationStop | null;
}

export interface InflationOptions {
  /** May a message refer back to those before it? */
  readonly keepsContext: boolean;
  /** 8 to 15. */
  readonly windowBits: number;
  readonly open: OpenInflater;
  readonly bounds?: InflationBounds;
}

/** As agreed on for what goes in a direction: requests are always in `in`. */
export const inflationOf = (deflate: Deflate, direction: Direction, open: OpenInflater): InflationOptions =>
  direction === 'in'
    ? { keepsContext: deflate.clientKeepsContext, windowBits: deflate.clientWindowBits, open }
    : { keepsContext: deflate.serverKeepsContext, windowBits: deflate.serverWindowBits, open };

/** What a sender takes off the end of every message (RFC 7692 §7.2.1): the rest of an empty block. */
const TAKEN_OFF = Uint8Array.of(0x00, 0x00, 0xff, 0xff);
const NO_BLOCK_END = 'its last block is not complete';

interface Kept {
  readonly number: number;
  readonly content: GrowingBytes;
  inflatedBytes: number;
  compressedBytes: number;
  isFinished: boolean;
  stop: InflationStop | null;
}

export class InflatedMessages {
  readonly #inflater: Inflater;
  readonly #keepsContext: boolean;
  readonly #bounds: InflationBounds;
  /** Oldest first. */
  readonly #kept = new Map<number, Kept>();
  #keptBytes = 0;
  #passedBytes = 0;
  #message: Kept | null = null;
  /** What is said of every further message; null while they are inflated. */
  #end: InflationStop | null = null;

  constructor({ keepsContext, windowBits, open, bounds = INFLATION_BOUNDS }: InflationOptions) {
    this.#inflater = open(windowBits);
    this.#keepsContext = keepsContext;
    this.#bounds = bounds;
  }

  /** Would more of the message under way be inflated? */
  get isGoingOn(): boolean {
    return this.#message !== null && this.#message.stop === null;
  }

  /** Why no more comes out of the message under way. */
  get stop(): InflationStop | null {
    return this.#message?.stop ?? null;
  }

  /** By its number; null where it is not kept (any more). */
  of(number: number): InflatedMessage | null {
    const kept = this.#kept.get(number);
    return kept === undefined ? null : { ...kept, bytes: kept.content.view() };
  }

  /** A frame of this message begins: compressed ones in order, each with all its frames. */
  open({ number }: Message): void {
    if (this.#message?.number === number) return;
    const content = new GrowingBytes(this.#bounds.keptMessageBytes);
    const message = { number, content, inflatedBytes: 0, compressedBytes: 0, isFinished: false, stop: this.#end };
    this.#message = message;
    if (this.#end !== null) return;
    if (!this.#keepsContext) this.#inflater.reset();
    this.#kept.set(number, message);
    this.#giveUpOldest();
  }

  /** The next bytes of its payload, without their mask. `show` gets what comes out, in views that hold until it ends. */
  take(bytes: Uint8Array, show: (inflated: Uint8Array) => void): void {
    const message = this.#message;
    if (message === null || message.stop !== null) return;
    message.compressedBytes += bytes.length;
    this.#passedBytes += bytes.length;
    this.#inflate(message, bytes, show);
    if (message.stop === null && this.#passedBytes > this.#bounds.totalBytes) this.#stop(message, 'total-bound');
  }

  /** All of its payload was taken. */
  finish(show: (inflated: Uint8Array) => void): void {
    const message = this.#message;
    if (message === null || message.stop !== null) return;
    // Some senders end every message with a final block, and leave out the empty one after it (RFC 7692 §7.2.3.5).
    if (!this.#inflater.hasEnded) this.#inflate(message, TAKEN_OFF, show);
    if (message.stop === null && !this.#inflater.isBetweenBlocks) this.#break(message, NO_BLOCK_END);
    message.isFinished = message.stop === null;
  }

  #inflate(message: Kept, bytes: Uint8Array, show: (inflated: Uint8Array) => void): void {
    const wrong = this.#inflater.inflate(bytes, (inflated) => {
      show(inflated);
      return this.#keep(message, inflated);
    });
    if (wrong !== null && message.stop === null) this.#break(message, wrong);
  }

  /** False: it is enough. */
  #keep(message: Kept, inflated: Uint8Array): boolean {
    message.inflatedBytes += inflated.length;
    this.#passedBytes += inflated.length;
    this.#keptBytes -= message.content.length;
    message.content.add(inflated);
    this.#keptBytes += message.content.length;
    this.#giveUpOldest();
    if (this.#passedBytes > this.#bounds.totalBytes) this.#stop(message, 'total-bound');
    else if (message.inflatedBytes > this.#bounds.messageBytes) this.#stop(message, 'message-bound');
    return message.stop === null;
  }

  #break(message: Kept, reason: string): void {
    message.stop = { kind: 'broken', reason };
    this.#end = { kind: 'after', number: message.number, cause: 'broken' };
  }

  #stop(message: Kept, kind: 'message-bound' | 'total-bound'): void {
    message.stop = { kind };
    if (kind === 'total-bound') this.#end = { kind };
    else if (this.#keepsContext) this.#end = { kind: 'after', number: message.number, cause: kind };
  }

  #giveUpOldest(): void {
    for (const [number, { content }] of this.#kept) {
      if (this.#keptBytes <= this.#bounds.keptBytes && this.#kept.size <= this.#bounds.keptMessages) return;
      // What is under way is the latest one: it is not given up.
      if (number === this.#message?.number) return;
      this.#kept.delete(number);
      this.#keptBytes -= content.length;
    }
  }
}
