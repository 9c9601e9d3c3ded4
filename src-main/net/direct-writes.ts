/**
 * Hands a reply to the kernel in the call that made it. Node's streams do the same in the end, by way of a queue, a
 * request object and a callback in a later turn: for a short reply that is more work than all the rest of writing it.
 *
 * Only what finds nothing waiting before it goes this way, and only in one piece that the kernel as a rule takes at
 * once. What it does not take waits in libuv, as any write does, and what is written meanwhile waits behind it. Where
 * anything is unusual (an error, a handle of another make), the socket writes, and tells what is to be told.
 */
import type { Socket } from 'node:net';

/** What the kernel takes at once from most connections that have nothing waiting: a read that is passed on, framed. */
export const MAX_DIRECT_BYTES = 96 * 1024;

/** Node's record of a write; it holds the bytes until they have left. */
interface WriteRequest {
  oncomplete?: () => void;
  bytes?: Uint8Array;
  /** Negative while the record was not used: the kernel took all of its write at once. */
  getAsyncId(): number;
}

interface StreamHandle {
  /** Bytes that wait for the kernel. */
  readonly writeQueueSize: number;
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
}

/** Who writes through one socket. */
export interface Writer {
  /** What waited has left, and nothing else waits. */
  drained(): void;
}

/** Node keeps its constructor to itself: it is learned from the first write a socket makes. */
let Request: (new () => WriteRequest) | null = null;
/**
 * A write the kernel took at once has left its record unused. That nothing waits any more does not say so: what the
 * kernel left at first it may take a moment later, in the same call, and then the record is in use until the loop
 * comes round. A record used twice ends the program.
 */
let spare: WriteRequest | null = null;

export class DirectWrites {
  readonly #handle: StreamHandle | null;
  #waits = false;
  #isBroken = false;

  constructor(
    private readonly socket: Socket,
    private readonly writer: Writer,
    /**
     * Is what the peer said to be read though it takes nothing more? A server may answer, and close, before it has read a
     * request; Node's stream is destroyed by the write that fails then, with the answer unread. What is read ends soon.
     */
    private readonly readsOn = false,
  ) {
    const { _handle: handle } = socket as unknown as { _handle: Partial<StreamHandle> | null };
    const isUsual = typeof handle?.writeBuffer === 'function' && typeof handle.writeQueueSize === 'number';
    this.#handle = isUsual ? (handle as StreamHandle) : null;
    if (this.#handle !== null && Request === null) learnFrom(this.#handle);
  }

  /** Bytes of direct writes that were not taken yet. */
  get pendingBytes(): number {
    return this.#waits ? (this.#handle?.writeQueueSize ?? 0) : 0;
  }

  /** Null: not written. False: it waits, as something a socket was given may. */
  write(bytes: Uint8Array): boolean | null {
    const handle = this.#handle;
    if (handle === null || Request === null || this.#waits) return null;
    if (this.#isBroken) return false;
    if (bytes.length > MAX_DIRECT_BYTES || this.socket.writableLength > 0) return null;
    const request = spare ?? new Request();
    spare = null;
    if (handle.writeBuffer(request, bytes) !== 0) {
      this.#isBroken = this.readsOn;
      return this.readsOn ? false : null;
    }
    if (request.getAsyncId() < 0) {
      spare = request;
      return true;
    }
    if (handle.writeQueueSize === 0) return true;
    this.#waits = true;
    request.bytes = bytes;
    request.oncomplete = () => {
      this.#waits = false;
      if (!this.socket.destroyed && this.socket.writableLength === 0) this.writer.drained();
    };
    return false;
  }
}

function learnFrom(handle: StreamHandle): void {
  const { writeBuffer } = handle;
  handle.writeBuffer = (request, bytes) => {
    if (typeof request.getAsyncId === 'function') Request = request.constructor as new () => WriteRequest;
    handle.writeBuffer = writeBuffer;
    return writeBuffer.call(handle, request, bytes);
  };
}
