/** What a reader of frames tells. All offsets count bytes from the first byte of the direction. */
import type { Fault } from '../http1/events';
import type { Opcode } from './opcodes';

/** Who sent the frames: those of clients are masked, those of servers are not (RFC 6455 §5.1). */
export type Sender = 'client' | 'server';

/** The bits RSV1, RSV2 and RSV3 as the first byte of a frame holds them, shifted to the right. */
export const RSV1 = 0b100;

/** What the data frames of one message have in common; they share one object. */
export interface Message {
  /** 1, 2, 3 … in its direction. */
  readonly number: number;
  readonly kind: 'text' | 'binary';
  /** RSV1 on its first frame: by permessage-deflate, its payload is compressed (RFC 7692 §6). */
  readonly isCompressed: boolean;
}

/** The header of a frame, and where it all stands; the payload is in the stream. */
export interface Frame {
  /** 1, 2, 3 … in its direction. */
  readonly number: number;
  readonly offset: number;
  /** 2 to 14. */
  readonly headerBytes: number;
  /** Is it the last one of its message? */
  readonly fin: boolean;
  /** Three bits; see `RSV1`. */
  readonly rsv: number;
  readonly opcode: Opcode;
  /** Four bytes; null: the payload is not masked. */
  readonly maskingKey: Uint8Array | null;
  readonly payloadBytes: number;
  readonly payloadOffset: number;
  /** Offset of the first byte after the frame. */
  readonly end: number;
  /** Null: a control frame, which belongs to no message. */
  readonly message: Message | null;
}

/**
 * Each frame is told as `frame` once its header is complete, and then any number of `payload`. A `fault` is the last
 * event of a direction, and comes in place of the frame where it lies in the header.
 *
 * `bytes` of a payload event are a view of what was handed to `receive`, still masked; `at` is the index of the first
 * of them in the payload. The reader does not use them again.
 */
export type FrameEvent =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'payload'; readonly bytes: Uint8Array; readonly at: number }
  | { readonly kind: 'fault'; readonly fault: Fault };
