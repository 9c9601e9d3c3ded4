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
const READ_BYTES = 65_024;

const shared = new Uint8Array(READ_BYTES);

interface WithHandle {
  _handle: object | null;
}

export function withStaticReads(accepted: Socket, received: (bytes: Uint8Array) => void): Socket {
  const owner = accepted as unknown as WithHandle;
  const handle = owner._handle;
  owner._handle = null;
  accepted.destroy();
  const callback = (length: number): boolean => {
    received(shared.subarray(0, length));
    return true;
  };
  return new Socket({ handle, allowHalfOpen: true, onread: { buffer: shared, callback } } as object);
}
