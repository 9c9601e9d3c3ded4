/**
 * Accepted connections that read into one buffer, the same for all of them. Node makes 64 KiB anew for every read
 * of a plain socket; making and collecting that costs more than parsing a short request.
 *
 * Node offers such a buffer (`onread`) for sockets it is asked to make, not for those a server accepts. So a second
 * socket is made over the accepted handle, before anything is read from it (the server has `pauseOnConnect`); the
 * first one is left without a handle, and tells its server that it is gone.
 *
 * Who is handed a read has to be done with it when it returns: the next read, of any connection, overwrites it.
 */
import { Socket } from 'node:net';

/** A read that fits one packet of the journal. */
export const READ_BYTES = 65_024;

const shared = new Uint8Array(READ_BYTES);
/** The part of it the latest read filled: the next one is often as long. */
let latest = shared;

/** Does it lie where the next read goes? */
export const isSharedRead = (bytes: Uint8Array): boolean => bytes.buffer === shared.buffer;

/** Who is handed the reads of one socket. */
export interface Reader {
  received(bytes: Uint8Array): void;
}

interface WithHandle {
  _handle: object | null;
}

/** Where a socket has its reader. */
export const READER = Symbol('reader');

interface ReadSocket extends Socket {
  [READER]: Reader;
}

/** The same for all of them; Node calls it on the socket. Sockets that we open ourselves are asked for it. */
export const onread = {
  buffer: shared,
  callback(this: ReadSocket, length: number): boolean {
    if (latest.length !== length) latest = shared.subarray(0, length);
    this[READER].received(latest);
    return true;
  },
};

export function withStaticReads<Read extends Reader>(accepted: Socket, reader: Read): Socket & { [READER]: Read } {
  const owner = accepted as unknown as WithHandle;
  const handle = owner._handle;
  owner._handle = null;
  accepted.destroy();
  const socket = new Socket({ handle, allowHalfOpen: true, onread } as object);
  // Node's own listener sees to sockets that may not be half open. With a second one there is an array to hold them.
  // One by one: taking off all of an event makes V8 keep the others in a dictionary.
  for (const nodes of socket.listeners('end')) socket.off('end', nodes as () => void);
  return Object.assign(socket, { [READER]: reader });
}
