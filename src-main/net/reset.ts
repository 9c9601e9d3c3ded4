import type { Socket } from 'node:net';

/**
 * Sends RST and drops what was not taken. `resetAndDestroy` alone first waits until everything written was taken and
 * sends FIN, which for a client that does not read is never; destroying at once cuts that short.
 */
export function resetSocket(socket: Socket): void {
  socket.resetAndDestroy();
  socket.destroy();
}
