/**
 * The bytes of a body: by length, until the peer closes, or chunked (RFC 9112 §6, §7.1). Handed on as views of what
 * was received, never copied; one event for each piece of a chunk, and one event object for all of them, so that a
 * body of a million chunks makes no million objects.
 */
import { NO_BYTES } from './bytes';
import { scanChunkLine } from './chunk-line';
import type { Framing, ParserEvent } from './events';
import { CR, LF } from './grammar';
import type { Registers } from './registers';
import type { SpanKind } from './span-kinds';
import {
  BODY_LENGTH,
  BODY_UNTIL_CLOSE,
  CHUNK_DATA,
  CHUNK_DATA_CR,
  CHUNK_DATA_LF,
  CHUNK_SIZE,
  FIELD_LINE,
  MESSAGE_END,
  isChunkSizeState,
} from './states';

type DataEvent = { kind: 'data'; bytes: Uint8Array; offset: number };

export class BodyReader {
  readonly #r: Registers;
  readonly #data: DataEvent = { kind: 'data', bytes: NO_BYTES, offset: 0 };

  constructor(r: Registers) {
    this.#r = r;
  }

  /** At the end of a head. False: more is announced than the limit allows, and the registers hold the fault. */
  open(framing: Framing): boolean {
    const r = this.#r;
    r.left = framing.kind === 'length' ? framing.bytes : 0;
    r.taken = 0;
    if (framing.kind === 'chunked') r.state = CHUNK_SIZE;
    else if (framing.kind === 'until-close') r.state = BODY_UNTIL_CLOSE;
    else r.state = r.left === 0 ? MESSAGE_END : BODY_LENGTH;
    return this.#admit(r.left);
  }

  /** The message is over: between messages no read is held. */
  close(): void {
    this.#data.bytes = NO_BYTES;
  }

  /** One step through the body; an event where the step gives one. */
  step(): ParserEvent | null {
    const r = this.#r;
    if (isChunkSizeState(r.state)) {
      if (scanChunkLine(r)) this.#openChunk();
      return null;
    }
    if (r.at >= r.bytes.length) return null;
    if (r.state === BODY_UNTIL_CLOSE) return this.#takeUntilClose();
    if (r.state === BODY_LENGTH || r.state === CHUNK_DATA) return this.#takeLength();
    this.#takeChunkEnd();
    return null;
  }

  /** False: beyond the limit, and the registers hold the fault. Asked at every piece, for it may have been lowered. */
  #admit(announced: number): boolean {
    const r = this.#r;
    const { maxBodyBytes: limit } = r.limits;
    if (announced <= limit) return true;
    r.exceed('LIM_BODY_BYTES', r.at, { limit, measured: announced });
    return false;
  }

  #openChunk(): void {
    const r = this.#r;
    if (r.left > 0) {
      if (this.#admit(r.bodyBytes + r.left)) r.state = CHUNK_DATA;
      return;
    }
    r.inTrailers = true;
    r.budgetStart = r.base + r.at;
    r.openSection(r.budgetStart);
    r.state = FIELD_LINE;
  }

  #takeLength(): ParserEvent | null {
    const r = this.#r;
    if (!this.#admit(r.bodyBytes + r.left)) return null;
    const isChunk = r.state === CHUNK_DATA;
    const length = Math.min(r.left, r.bytes.length - r.at);
    r.left -= length;
    if (r.left === 0) r.state = isChunk ? CHUNK_DATA_CR : MESSAGE_END;
    return this.#tell(length, isChunk ? 'chunk-data' : 'body');
  }

  #takeUntilClose(): ParserEvent | null {
    const r = this.#r;
    const room = r.limits.maxBodyBytes - r.bodyBytes;
    if (room <= 0 && !this.#admit(r.bodyBytes + 1)) return null;
    return this.#tell(Math.min(room, r.bytes.length - r.at), 'body');
  }

  #tell(length: number, kind: SpanKind): ParserEvent {
    const r = this.#r;
    const { at, bytes } = r;
    r.bodyBytes += length;
    r.at = at + length;
    r.span(kind, r.at);
    this.#data.offset = r.base + at;
    this.#data.bytes = length === bytes.length ? bytes : bytes.subarray(at, r.at);
    return this.#data;
  }

  #takeChunkEnd(): void {
    const r = this.#r;
    if (r.bytes[r.at] !== (r.state === CHUNK_DATA_CR ? CR : LF)) return r.fail('H1_CHUNK_END', r.at);
    r.at += 1;
    if (r.state === CHUNK_DATA_CR) {
      r.state = CHUNK_DATA_LF;
      return;
    }
    r.span('line-end', r.at);
    r.taken = 0;
    r.state = CHUNK_SIZE;
  }
}
