/**
 * The frames of one direction as rows for a list: what each is, where it stands, and how its payload begins. It keeps
 * the latest rows and the beginning of one payload, whatever the stream holds, and leaves the rest of a long payload
 * out: what is fed next stands at `offset`, which may be far ahead.
 */
import type { Direction } from '../contract/connections';
import type { Fault } from '../http1/events';
import { readClose, type CloseReading } from './close-frame';
import type { Frame } from './frame';
import { FrameReader } from './frame-reader';
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
  /** `DE AD BE EF`; `isCompressed`: bytes of permessage-deflate. */
  | { readonly kind: 'hex'; readonly text: string; readonly isCut: boolean; readonly isCompressed: boolean }
  | { readonly kind: 'close'; readonly close: CloseReading };

export interface FrameRow {
  readonly direction: Direction;
  readonly name: OpcodeName;
  readonly frame: Frame;
  /** When its first byte came. */
  readonly atMs: number;
  readonly preview: Preview;
}

export interface FrameListOptions {
  readonly direction: Direction;
  /** Offset of the first frame. */
  readonly start: number;
  readonly allowsRsv1: boolean;
  readonly maxRows?: number;
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');

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
  const shown = beginning.subarray(0, MAX_PREVIEW_HEX_BYTES);
  return { kind: 'hex', text: hexOf(shown), isCut: shown.length < payloadBytes, isCompressed };
}

export class FrameList {
  readonly #reader: FrameReader;
  readonly #direction: Direction;
  readonly #maxRows: number;
  #rows: readonly FrameRow[] = [];
  #dropped = 0;
  /** The first bytes of the latest payload, without their mask. */
  readonly #beginning = new Uint8Array(PREVIEW_BYTES);
  #beginningLength = 0;

  constructor({ direction, start, allowsRsv1, maxRows = MAX_FRAME_ROWS }: FrameListOptions) {
    this.#direction = direction;
    this.#maxRows = maxRows;
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

  /** Takes the bytes that stand at `offset`. `atMs` says when the byte at an offset came. */
  receive(bytes: Uint8Array, atMs: (offset: number) => number): void {
    const rows = [...this.#rows];
    this.#reader.receive(bytes);
    for (let event = this.#reader.next(); event !== null; event = this.#reader.next()) {
      if (event.kind === 'frame') {
        this.#refresh(rows);
        this.#beginningLength = 0;
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

  #rowOf(frame: Frame, atMs: number): FrameRow {
    const preview = previewOf(frame, this.#beginning.subarray(0, this.#beginningLength));
    return { direction: this.#direction, name: OPCODES[frame.opcode], frame, atMs, preview };
  }

  #gather(frame: Frame, { bytes, at }: { readonly bytes: Uint8Array; readonly at: number }): void {
    const taken = bytes.subarray(0, Math.max(0, PREVIEW_BYTES - at));
    this.#beginning.set(frame.maskingKey === null ? taken : unmask(taken, frame.maskingKey, at), this.#beginningLength);
    this.#beginningLength += taken.length;
    if (this.#beginningLength === PREVIEW_BYTES && !isControl(frame.opcode)) this.#reader.skipPayload();
  }

  /** Shows what has come of the latest payload. */
  #refresh(rows: FrameRow[]): void {
    const last = rows.at(-1);
    if (last === undefined || this.#beginningLength === 0) return;
    rows[rows.length - 1] = this.#rowOf(last.frame, last.atMs);
  }
}
