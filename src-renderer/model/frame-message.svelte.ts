import type { Direction } from '@contract/connections';
import type { Frame, Message } from '@websocket/frame';
import type { FrameRow } from '@websocket/frame-list';
import { GrowingBytes } from '@websocket/growing-bytes';
import type { InflatedMessage } from '@websocket/inflated-messages';
import { unmask } from '@websocket/masking';
import { FIRST_NOT_LISTED, NOT_AGREED, NOT_KEPT, stopWords } from '../lens/inflation-words';
import type { FramesModel } from './frames.svelte';

/** Of a payload as it came; the hex view has all of it. */
export const MAX_PAYLOAD_SHOWN_BYTES = 256 * 1024;

/** One message as far as it came, its frames joined. */
export interface ShownMessage {
  readonly direction: Direction;
  readonly number: number;
  readonly kind: Message['kind'];
  /** Its beginning: what it says, or where that is not to be had its payload as it came, without the mask. */
  readonly bytes: Uint8Array;
  /** Are they still compressed? */
  readonly isPayload: boolean;
  /** Of all that `bytes` is the beginning of. */
  readonly messageBytes: number;
  /** Null: it is not compressed, or not inflated. */
  readonly compressedBytes: number | null;
  readonly isWhole: boolean;
  /** What a reader should know of it; null where there is nothing to say. */
  readonly note: string | null;
}

/** A payload that is being read, over all frames of its message. */
interface Payload {
  readonly direction: Direction;
  readonly message: Message;
  readonly content: GrowingBytes;
}

const total = (parts: readonly Frame[]): number => parts.reduce((sum, { payloadBytes }) => sum + payloadBytes, 0);

/** Where what follows the first `taken` bytes of the payloads stands; null: nothing does. */
function placeIn(parts: readonly Frame[], taken: number): { readonly frame: Frame; readonly at: number } | null {
  let at = taken;
  for (const frame of parts) {
    if (at < frame.payloadBytes) return { frame, at };
    at -= frame.payloadBytes;
  }
  return null;
}

/** The message that a chosen frame is of, as it comes: inflated where it is compressed, or else read from the journal. */
export class FrameMessage {
  readonly #frames: FramesModel;
  #row = $state.raw<FrameRow | null>(null);
  #payload: Payload | null = null;
  /** Grows with every piece of the payload that was read. */
  #version = $state.raw(0);
  #isReading = false;

  constructor(frames: FramesModel) {
    this.#frames = frames;
  }

  /** Null: no frame is chosen, or one that is of no message. */
  readonly shown = $derived.by(() => this.#shown());

  /** Tells which frame is chosen, and that more may have come. */
  follow(row: FrameRow | null): void {
    this.#row = row;
    const message = row?.frame.message ?? null;
    if (row === null || message === null || this.#says(row, message) !== null) {
      this.#payload = null;
      return;
    }
    if (this.#payload?.message !== message) {
      this.#payload = { direction: row.direction, message, content: new GrowingBytes(MAX_PAYLOAD_SHOWN_BYTES) };
      this.#version += 1;
    }
    void this.#readOn();
  }

  #shown(): ShownMessage | null {
    void this.#version;
    const row = this.#row;
    const message = row?.frame.message ?? null;
    if (row === null || message === null) return null;
    const { direction } = row;
    const { number, kind } = message;
    const said = this.#says(row, message);
    if (said !== null) {
      const { bytes, inflatedBytes, compressedBytes, isFinished, stop } = said;
      const isWhole = isFinished && bytes.length === inflatedBytes;
      const note = stop === null ? null : stopWords(stop);
      const base = { direction, number, kind, bytes, messageBytes: inflatedBytes, compressedBytes };
      return { ...base, isPayload: false, isWhole, note };
    }
    const parts = this.#parts(direction, message);
    const messageBytes = total(parts);
    const bytes = this.#payload?.message === message ? this.#payload.content.view() : new Uint8Array();
    const isFinished = parts.at(-1)?.fin === true && parts[0]?.opcode !== 0;
    return {
      direction,
      number,
      kind,
      bytes,
      isPayload: message.isCompressed,
      messageBytes,
      compressedBytes: null,
      isWhole: isFinished && bytes.length === messageBytes,
      note: this.#lackOf(row, message) ?? (parts[0]?.opcode === 0 ? FIRST_NOT_LISTED : null),
    };
  }

  /** Null: it is shown as it came. Of a message that breaks the format nothing can be trusted. */
  #says({ direction }: FrameRow, { number, isCompressed }: Message): InflatedMessage | null {
    const inflated = isCompressed ? this.#frames.inflatedMessage(direction, number) : null;
    return inflated?.stop?.kind === 'broken' ? null : inflated;
  }

  #lackOf({ direction, inflation }: FrameRow, { number, isCompressed }: Message): string | null {
    if (!isCompressed) return null;
    const stop = this.#frames.inflatedMessage(direction, number)?.stop ?? inflation?.stop ?? null;
    if (stop !== null) return stopWords(stop);
    return inflation === null ? NOT_AGREED : NOT_KEPT;
  }

  #parts(direction: Direction, message: Message): readonly Frame[] {
    const isPart = (row: FrameRow) => row.direction === direction && row.frame.message === message;
    return this.#frames.rows.filter(isPart).map(({ frame }) => frame);
  }

  async #readOn(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    let isGoingOn = true;
    while (isGoingOn && this.#payload !== null) isGoingOn = await this.#readPiece(this.#payload);
    this.#isReading = false;
  }

  /** False: there was nothing to be had just now. */
  async #readPiece(payload: Payload): Promise<boolean> {
    const { direction, message, content } = payload;
    const place = placeIn(this.#parts(direction, message), content.length);
    const room = MAX_PAYLOAD_SHOWN_BYTES - content.length;
    if (place === null || room === 0) return false;
    const { frame, at } = place;
    const length = Math.min(room, frame.payloadBytes - at);
    const bytes = await this.#frames.bytesAt(direction, frame.payloadOffset + at, length);
    if (payload !== this.#payload) return true;
    if (bytes === null || bytes.length === 0) return false;
    content.add(frame.maskingKey === null ? bytes : unmask(bytes, frame.maskingKey, at));
    this.#version += 1;
    return true;
  }
}
