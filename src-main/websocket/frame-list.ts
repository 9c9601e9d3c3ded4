/**
 * The frames of one direction as rows for a list: what each is, where it stands, and how its payload begins. It keeps
 * the latest rows, the beginning of one payload and a bounded amount of what compressed messages say, whatever the
 * stream holds, and leaves the rest of a long payload out where nothing is inflated: what is fed next stands at
 * `offset`, which may be far ahead.
 */
import type { Direction } from '../contract/connections';
import type { Fault } from '../http1/events';
import { readClose, type CloseReading } from './close-frame';
import type { Frame, Message } from './frame';
import { FrameReader } from './frame-reader';
import { GrowingBytes } from './growing-bytes';
import { InflatedMessages, type InflatedMessage, type InflationOptions, type InflationStop } from './inflated-messages';
import { unmask } from './masking';
import { CLOSE, isControl, OPCODES, type OpcodeName } from './opcodes';
import { utf8Text } from './utf8';

/** Some screens of them; a page holds two such lists. */
export const MAX_FRAME_ROWS = 5_000;
/** What a row has room for. */
export const MAX_PREVIEW_CHARACTERS = 120;
/** As many bytes in hex fill the same room. */
const MAX_PREVIEW_HEX_BYTES = 40;
/** Of the longest characters of UTF-8; and the whole of a control frame. */
const PREVIEW_BYTES = 4 * MAX_PREVIEW_CHARACTERS;

/** How a payload begins. Texts are off the wire: show as text. */
export type Preview =
  | { readonly kind: 'text'; readonly text: string; readonly isCut: boolean }
  /** `DE AD BE EF`; `isCompressed`: bytes of permessage-deflate as they came. */
  | { readonly kind: 'hex'; readonly text: string; readonly isCut: boolean; readonly isCompressed: boolean }
  | { readonly kind: 'close'; readonly close: CloseReading };

/** What came out of the payload of one frame. */
export interface PartInflation {
  readonly bytes: number;
  /** Why no more did; null where nothing is wrong. */
  readonly stop: InflationStop | null;
}

export interface FrameRow {
  readonly direction: Direction;
  readonly name: OpcodeName;
  readonly frame: Frame;
  /** When its first byte came. */
  readonly atMs: number;
  /** Of what it says: inflated, where it was. */
  readonly preview: Preview;
  /** Null: not of a compressed message, or nothing is inflated in this list. */
  readonly inflation: PartInflation | null;
}

export interface FrameListOptions {
  readonly direction: Direction;
  /** Offset of the first frame. */
  readonly start: number;
  readonly allowsRsv1: boolean;
  /** How messages are compressed; null: not, or not known. */
  readonly inflation?: InflationOptions | null;
  readonly maxRows?: number;
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');

const hexPreview = (beginning: Uint8Array, of: number, isCompressed: boolean): Preview => {
  const shown = beginning.subarray(0, MAX_PREVIEW_HEX_BYTES);
  return { kind: 'hex', text: hexOf(shown), isCut: shown.length < of, isCompressed };
};

/** From the first bytes of a payload, without their mask. */
function previewOf(frame: Frame, beginning: Uint8Array): Preview {
  const { message, payloadBytes } = frame;
  const isClose = frame.opcode === CLOSE;
  if (isClose && beginning.length === payloadBytes) return { kind: 'close', close: readClose(beginning) };
  const isCompressed = message?.isCompressed === true;
  if (!isClose && !isCompressed && message?.kind !== 'binary') {
    const { text, bytes, isValid } = utf8Text(beginning, MAX_PREVIEW_CHARACTERS);
    // What a text message holds is text, even where it is broken; what a ping holds is text if it can be.
    if (message !== null || isValid) return { kind: 'text', text, isCut: bytes < payloadBytes };
  }
  return hexPreview(beginning, payloadBytes, isCompressed);
}

/** Of a payload that breaks the format, what came out before is no beginning of anything. */
const isWorthShowing = ({ bytes, stop }: PartInflation): boolean =>
  stop === null || (bytes > 0 && stop.kind !== 'broken');

/** From the first of the bytes that came out of a payload. */
function inflatedPreview(kind: Message['kind'], beginning: Uint8Array, of: number): Preview {
  if (kind === 'binary') return hexPreview(beginning, of, false);
  const { text, bytes } = utf8Text(beginning, MAX_PREVIEW_CHARACTERS);
  return { kind: 'text', text, isCut: bytes < of };
}

export class FrameList {
  readonly #reader: FrameReader;
  readonly #direction: Direction;
  readonly #maxRows: number;
  #rows: readonly FrameRow[] = [];
  #dropped = 0;
  /** The first bytes of the latest payload, without their mask. */
  readonly #beginning = new GrowingBytes(PREVIEW_BYTES);
  readonly #messages: InflatedMessages | null;
  /** The first of the bytes that came out of the latest payload, and how many did. */
  readonly #inflated = new GrowingBytes(PREVIEW_BYTES);
  #inflatedBytes = 0;

  constructor({ direction, start, allowsRsv1, inflation = null, maxRows = MAX_FRAME_ROWS }: FrameListOptions) {
    this.#direction = direction;
    this.#maxRows = maxRows;
    this.#messages = inflation === null ? null : new InflatedMessages(inflation);
    this.#reader = new FrameReader({ sender: direction === 'in' ? 'client' : 'server', start, allowsRsv1 });
  }

  /** The latest rows, oldest first; replaced when something was received. */
  get rows(): readonly FrameRow[] {
    return this.#rows;
  }
  /** How many earlier ones are no longer kept. */
  get dropped(): number {
    return this.#dropped;
  }
  /** What is fed next stands here. */
  get offset(): number {
    return this.#reader.offset;
  }
  get fault(): Fault | null {
    return this.#reader.fault;
  }
  get unfinishedHeader() {
    return this.#reader.unfinishedHeader;
  }

  /** What a compressed message says, by its number; null where nothing is inflated, or it is not kept (any more). */
  inflatedMessage(number: number): InflatedMessage | null {
    return this.#messages?.of(number) ?? null;
  }

  /** Takes the bytes that stand at `offset`. `atMs` says when the byte at an offset came. */
  receive(bytes: Uint8Array, atMs: (offset: number) => number): void {
    const rows = [...this.#rows];
    this.#reader.receive(bytes);
    for (let event = this.#reader.next(); event !== null; event = this.#reader.next()) {
      if (event.kind === 'frame') {
        this.#refresh(rows);
        this.#open(event.frame);
        rows.push(this.#rowOf(event.frame, atMs(event.frame.offset)));
        if (rows.length >= 2 * this.#maxRows) this.#drop(rows);
      } else if (event.kind === 'payload') {
        this.#gather((rows.at(-1) as FrameRow).frame, event);
      }
    }
    this.#refresh(rows);
    this.#drop(rows);
    this.#rows = rows;
  }

  #drop(rows: FrameRow[]): void {
    const excess = Math.max(0, rows.length - this.#maxRows);
    rows.splice(0, excess);
    this.#dropped += excess;
  }

  #open(frame: Frame): void {
    this.#beginning.clear();
    this.#inflated.clear();
    this.#inflatedBytes = 0;
    if (frame.message?.isCompressed === true) this.#messages?.open(frame.message);
    this.#closeAt(frame, 0);
  }

  /** @param taken How much of the payload was. */
  #closeAt({ message, fin, payloadBytes }: Frame, taken: number): void {
    if (message?.isCompressed === true && fin && taken === payloadBytes) this.#messages?.finish(this.#show);
  }

  readonly #show = (inflated: Uint8Array): void => {
    this.#inflated.add(inflated);
    this.#inflatedBytes += inflated.length;
  };

  #rowOf(frame: Frame, atMs: number): FrameRow {
    const inflation = this.#inflationOf(frame);
    const preview =
      frame.message !== null && inflation !== null && isWorthShowing(inflation)
        ? inflatedPreview(frame.message.kind, this.#inflated.view(), this.#inflatedBytes)
        : previewOf(frame, this.#beginning.view());
    return { direction: this.#direction, name: OPCODES[frame.opcode], frame, atMs, preview, inflation };
  }

  #inflationOf({ message }: Frame): PartInflation | null {
    if (this.#messages === null || message?.isCompressed !== true) return null;
    return { bytes: this.#inflatedBytes, stop: this.#messages.stop };
  }

  #gather(frame: Frame, { bytes, at }: { readonly bytes: Uint8Array; readonly at: number }): void {
    const isInflated = frame.message?.isCompressed === true && this.#messages?.isGoingOn === true;
    const taken = isInflated ? bytes : bytes.subarray(0, Math.max(0, PREVIEW_BYTES - at));
    const plain = frame.maskingKey === null ? taken : unmask(taken, frame.maskingKey, at);
    this.#beginning.add(plain);
    if (isInflated) {
      this.#messages?.take(plain, this.#show);
      this.#closeAt(frame, at + bytes.length);
    }
    const isRead = isControl(frame.opcode) || (isInflated && this.#messages?.isGoingOn === true);
    if (this.#beginning.length === PREVIEW_BYTES && !isRead) this.#reader.skipPayload();
  }

  /** Shows what has come of the latest payload. */
  #refresh(rows: FrameRow[]): void {
    const last = rows.at(-1);
    if (last === undefined || this.#beginning.length === 0) return;
    rows[rows.length - 1] = this.#rowOf(last.frame, last.atMs);
  }
}
