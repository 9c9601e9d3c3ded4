import type { Socket } from 'node:net';

/**
 * Sends RST at once and drops what was not taken. `resetAndDestroy` will not do: it first waits until everything
 * written was taken, which for a client that does not read is never, and sends FIN before the RST. The flag is the
 * one it sets itself; without it this is a plain close.
 */
export function resetSocket(socket: Socket): void {
  Object.assign(socket, { resetAndClosing: true }).destroy();
}
