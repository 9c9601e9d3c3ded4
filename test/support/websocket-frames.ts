/** Frames made by hand, right and wrong ones, and what the reader tells of bytes however they are cut. */
import { joined as joinedParts } from '../../src-main/capture/pcapng-blocks.ts';
import type { Frame, FrameEvent } from '../../src-main/websocket/frame.ts';
import { FrameReader, type FrameReaderOptions } from '../../src-main/websocket/frame-reader.ts';
import { unmask } from '../../src-main/websocket/masking.ts';

export const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

export interface FrameParts {
  readonly opcode: number;
  readonly fin?: boolean;
  readonly rsv?: number;
  /** Null: not masked. */
  readonly key?: Uint8Array | null;
  /** Without the mask. */
  readonly payload?: Uint8Array | string;
  /** How many bytes the length takes besides the second one; by default as few as it needs. */
  readonly lengthBytes?: 0 | 2 | 8;
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.trim().split(/\s+/), (pair) => Number.parseInt(pair, 16));
export const joined = (...parts: readonly Uint8Array[]): Uint8Array => joinedParts(parts);

const needed = (length: number): 0 | 2 | 8 => (length < 126 ? 0 : length < 65_536 ? 2 : 8);

export function frameBytes({ opcode, fin = true, rsv = 0, key = null, payload = '', ...rest }: FrameParts): Uint8Array {
  const plain = typeof payload === 'string' ? bytesOf(payload) : payload;
  const lengthBytes = rest.lengthBytes ?? needed(plain.length);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(plain.length));
  const short = lengthBytes === 0 ? plain.length : lengthBytes === 2 ? 126 : 127;
  return joined(
    Uint8Array.of((fin ? 0x80 : 0) | (rsv << 4) | opcode, (key === null ? 0 : 0x80) | short),
    lengthBytes === 0 ? new Uint8Array() : length.subarray(8 - lengthBytes),
    key ?? new Uint8Array(),
    key === null ? plain : unmask(plain, key, 0),
  );
}

export interface ReadFrame extends Frame {
  /** As far as it came, without the mask. */
  readonly payload: Uint8Array;
}

export interface FrameLog {
  readonly frames: readonly ReadFrame[];
  readonly fault: { readonly code: string; readonly offset: number } | null;
  readonly offset: number;
}

/** What a reader tells of these pieces. Each of them is overwritten after use, as a read buffer is. */
export function readFrames(pieces: readonly Uint8Array[], options: FrameReaderOptions): FrameLog {
  const reader = new FrameReader(options);
  const frames: ReadFrame[] = [];
  let fault: FrameLog['fault'] = null;
  const take = (event: FrameEvent) => {
    if (event.kind === 'frame') frames.push({ ...event.frame, payload: new Uint8Array() });
    else if (event.kind === 'fault') fault = event.fault;
    else {
      const last = frames.pop() as ReadFrame;
      const plain = last.maskingKey === null ? event.bytes : unmask(event.bytes, last.maskingKey, event.at);
      frames.push({ ...last, payload: joined(last.payload, plain) });
    }
  };
  for (const piece of pieces) {
    const read = piece.slice();
    reader.receive(read);
    for (let event = reader.next(); event !== null; event = reader.next()) take(event);
    read.fill(0xff);
  }
  return { frames, fault, offset: reader.offset };
}
