/**
 * Reads the frames of one direction of a WebSocket connection (RFC 6455 §5.2): pushed with `receive`, pulled with
 * `next`, cut as the bytes may be. It holds the header under way, never a payload, and its work is linear.
 *
 * It knows no compression: by permessage-deflate RSV1 says that a message is compressed (RFC 7692 §6), and the reader
 * is told whether that was negotiated. Text is not looked into either; whether it is UTF-8 shows when it is shown.
 *
 * A byte is judged with the bytes before it alone, so the verdict does not depend on how they were cut. After a fault
 * nothing is told any more: an endpoint has to fail the connection there (§7.1.7).
 */
import type { ErrorCode, ErrorDetail } from '../contract/errors';
import type { Fault } from '../http1/events';
import { mayBeSent } from './close-codes';
import { RSV1, type Frame, type FrameEvent, type Message, type Sender } from './frame';
import { CLOSE, CONTINUATION, isControl, isOpcode, TEXT, type Opcode } from './opcodes';

const MAX_HEADER_BYTES = 14;
const KEY_BYTES = 4;
/** RFC 6455 §5.5. */
export const MAX_CONTROL_BYTES = 125;
/** Lengths in the second byte that say how many bytes the real one takes. */
const IN_TWO_BYTES = 126;
const IN_EIGHT_BYTES = 127;
const CLOSE_CODE_BYTES = 2;

const FIN_BIT = 0x80;
const RSV_BITS = 0x70;
const OPCODE_BITS = 0x0f;
const MASK_BIT = 0x80;
const LENGTH_BITS = 0x7f;

const extraLengthBytes = (short: number): number => (short === IN_EIGHT_BYTES ? 8 : short === IN_TWO_BYTES ? 2 : 0);

export interface FrameReaderOptions {
  readonly sender: Sender;
  /** Offset in the stream of the first byte that will be fed; a frame begins there. */
  readonly start?: number;
  /** Was an extension negotiated that gives RSV1 a meaning? */
  readonly allowsRsv1?: boolean;
}

export class FrameReader {
  readonly #isMasked: boolean;
  readonly #allowsRsv1: boolean;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Index of the next byte to be looked at. */
  #at = 0;
  #offset: number;

  readonly #header = new Uint8Array(MAX_HEADER_BYTES);
  #headerLength = 0;
  #frames = 0;
  #messages = 0;
  /** The message that is not finished yet. */
  #message: Message | null = null;
  /** The latest frame, and how much of its payload has not come. */
  #frame: Frame | null = null;
  #left = 0;
  #closeCode = 0;
  #hasClosed = false;
  #fault: Fault | null = null;
  #isFaultTold = false;

  constructor({ sender, start = 0, allowsRsv1 = false }: FrameReaderOptions) {
    this.#isMasked = sender === 'client';
    this.#allowsRsv1 = allowsRsv1;
    this.#offset = start;
  }

  /** Offset of the next byte that is looked at: the next to be fed, once `next` has given null. */
  get offset(): number {
    return this.#offset;
  }

  get fault(): Fault | null {
    return this.#fault;
  }

  /** The header under way, or the one the fault is in; null between frames and in a payload. */
  get unfinishedHeader(): { readonly start: number; readonly end: number } | null {
    return this.#headerLength === 0 ? null : { start: this.#offset - this.#headerLength, end: this.#offset };
  }

  /** The frame whose payload has not all come; null where there is none. */
  get openFrame(): Frame | null {
    return this.#left > 0 ? this.#frame : null;
  }

  /** Takes the bytes that stand at `offset`; those of the call before must all have been looked at. */
  receive(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
  }

  /**
   * Leaves out what is left of the payload of a data frame: bytes fed after this stand at the new `offset`. What was
   * received and not looked at goes as far as it is part of that payload. Control frames are short and are looked into.
   */
  skipPayload(): void {
    if (this.#frame === null || isControl(this.#frame.opcode)) return;
    this.#at = Math.min(this.#bytes.length, this.#at + this.#left);
    this.#offset += this.#left;
    this.#left = 0;
  }

  /** Null: all that was received is told. */
  next(): FrameEvent | null {
    while (this.#fault === null && this.#at < this.#bytes.length) {
      if (this.#left > 0) return this.#payload();
      const frame = this.#readHeader();
      if (frame !== null) return { kind: 'frame', frame };
    }
    if (this.#fault === null || this.#isFaultTold) return null;
    this.#isFaultTold = true;
    return { kind: 'fault', fault: this.#fault };
  }

  #payload(): FrameEvent {
    const frame = this.#frame as Frame;
    const at = frame.payloadBytes - this.#left;
    const isCode = frame.opcode === CLOSE && at < CLOSE_CODE_BYTES;
    // A close code is told by itself: what comes after a wrong one is not told any more.
    const most = isCode ? Math.min(this.#left, CLOSE_CODE_BYTES - at) : this.#left;
    const bytes = this.#bytes.subarray(this.#at, this.#at + most);
    this.#at += bytes.length;
    this.#offset += bytes.length;
    this.#left -= bytes.length;
    if (isCode) this.#judgeClose(frame, bytes, at);
    return { kind: 'payload', bytes, at };
  }

  #judgeClose({ maskingKey, payloadOffset }: Frame, bytes: Uint8Array, at: number): void {
    bytes.forEach((byte, index) => {
      this.#closeCode = this.#closeCode * 256 + (byte ^ (maskingKey?.[at + index] ?? 0));
    });
    if (at + bytes.length < CLOSE_CODE_BYTES || mayBeSent(this.#closeCode)) return;
    this.#fail('WS_CLOSE_CODE', payloadOffset, { code: this.#closeCode });
  }

  /** Null: more is needed, or there is a fault. */
  #readHeader(): Frame | null {
    const byte = this.#bytes[this.#at] as number;
    const index = this.#headerLength;
    const code = index === 0 ? this.#firstFault(byte) : index === 1 ? this.#secondFault(byte) : null;
    if (code !== null) return this.#fail(code, this.#offset);
    this.#header[index] = byte;
    this.#headerLength += 1;
    this.#at += 1;
    this.#offset += 1;
    if (index === 0) return null;
    const short = (this.#header[1] as number) & LENGTH_BITS;
    const lengthEnd = 2 + extraLengthBytes(short);
    if (index + 1 === lengthEnd) this.#judgeLength(short);
    const isWhole = index + 1 === lengthEnd + (this.#isMasked ? KEY_BYTES : 0);
    return isWhole && this.#fault === null ? this.#open(short, lengthEnd) : null;
  }

  #firstFault(byte: number): ErrorCode | null {
    const opcode = byte & OPCODE_BITS;
    if (!isOpcode(opcode)) return 'WS_OPCODE';
    if (!this.#mayHoldRsv((byte & RSV_BITS) >> 4, opcode)) return 'WS_RSV';
    if (isControl(opcode)) return (byte & FIN_BIT) === 0 ? 'WS_CONTROL_FRAGMENTED' : null;
    if (this.#hasClosed) return 'WS_DATA_AFTER_CLOSE';
    if (opcode === CONTINUATION) return this.#message === null ? 'WS_NOTHING_TO_CONTINUE' : null;
    return this.#message === null ? null : 'WS_MESSAGE_UNFINISHED';
  }

  /** Only the first frame of a message says that it is compressed (RFC 7692 §6.1). */
  #mayHoldRsv(rsv: number, opcode: Opcode): boolean {
    if (rsv === 0) return true;
    return rsv === RSV1 && this.#allowsRsv1 && !isControl(opcode) && opcode !== CONTINUATION;
  }

  #secondFault(byte: number): ErrorCode | null {
    if ((byte & MASK_BIT) === 0 && this.#isMasked) return 'WS_MASK_MISSING';
    if ((byte & MASK_BIT) !== 0 && !this.#isMasked) return 'WS_MASK_FORBIDDEN';
    const opcode = (this.#header[0] as number) & OPCODE_BITS;
    const short = byte & LENGTH_BITS;
    if (isControl(opcode) && short > MAX_CONTROL_BYTES) return 'WS_CONTROL_LENGTH';
    return opcode === CLOSE && short === 1 ? 'WS_CLOSE_LENGTH' : null;
  }

  #judgeLength(short: number): void {
    const lengthAt = this.#offset - extraLengthBytes(short);
    if (short === IN_EIGHT_BYTES && (this.#header[2] as number) >= 0x80) {
      this.#fail('WS_LENGTH_TOP_BIT', lengthAt);
      return;
    }
    const length = this.#length(short);
    const isLonger = (short === IN_TWO_BYTES && length < IN_TWO_BYTES) || (short === IN_EIGHT_BYTES && length < 65_536);
    if (isLonger) this.#fail('WS_LENGTH_NOT_SHORTEST', lengthAt);
    // Up to here numbers count bytes exactly.
    else if (this.#offset + KEY_BYTES + length > Number.MAX_SAFE_INTEGER) this.#fail('WS_LENGTH_TOO_LARGE', lengthAt);
  }

  #length(short: number): number {
    const extra = extraLengthBytes(short);
    if (extra === 0) return short;
    let length = 0;
    for (let index = 2; index < 2 + extra; index += 1) length = length * 256 + (this.#header[index] as number);
    return length;
  }

  #open(short: number, lengthEnd: number): Frame {
    const first = this.#header[0] as number;
    const fin = (first & FIN_BIT) !== 0;
    const rsv = (first & RSV_BITS) >> 4;
    const opcode = (first & OPCODE_BITS) as Opcode;
    const payloadBytes = this.#length(short);
    this.#frames += 1;
    this.#frame = {
      number: this.#frames,
      offset: this.#offset - this.#headerLength,
      headerBytes: this.#headerLength,
      fin,
      rsv,
      opcode,
      maskingKey: this.#isMasked ? this.#header.slice(lengthEnd, lengthEnd + KEY_BYTES) : null,
      payloadBytes,
      payloadOffset: this.#offset,
      end: this.#offset + payloadBytes,
      message: isControl(opcode) ? null : this.#messageOf(opcode, rsv),
    };
    if (opcode === CLOSE) this.#hasClosed = true;
    if (!isControl(opcode) && fin) this.#message = null;
    this.#headerLength = 0;
    this.#closeCode = 0;
    this.#left = payloadBytes;
    return this.#frame;
  }

  #messageOf(opcode: Opcode, rsv: number): Message {
    if (opcode !== CONTINUATION || this.#message === null) {
      this.#messages += 1;
      const kind = opcode === TEXT ? 'text' : 'binary';
      this.#message = { number: this.#messages, kind, isCompressed: rsv === RSV1 };
    }
    return this.#message;
  }

  #fail(code: ErrorCode, offset: number, detail?: ErrorDetail): null {
    this.#fault = detail === undefined ? { code, offset } : { code, offset, detail };
    return null;
  }
}
