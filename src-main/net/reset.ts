import type { Socket } from 'node:net';

/** A socket of TLS is no TCP connection itself: it says how the one below it is reset. */
export const RESETS = Symbol('resets');

/**
 * Sends RST at once and drops what was not taken. `resetAndDestroy` will not do: it first waits until everything
 * written was taken, which for a client that does not read is never, and sends FIN before the RST. The flag is the
 * one it sets itself; without it this is a plain close.
 */
export function resetSocket(socket: Socket & { readonly [RESETS]?: () => void }): void {
  const resets = socket[RESETS];
  if (resets === undefined) Object.assign(socket, { resetAndClosing: true }).destroy();
  else resets();
}

interface PeerHandle {
  getpeername?(into: object): number;
}

/**
 * At the end of what is read, before we have sent FIN: was it a reset? Where bytes and RST are there at once, libuv takes
 * the hang-up for the end and never learns of the error. The kernel knows: a connection that was reset has no peer any
 * more, one whose peer sent FIN has.
 */
export function isGone(socket: Socket): boolean {
  const { _handle: handle } = socket as unknown as { readonly _handle: PeerHandle | null };
  return typeof handle?.getpeername === 'function' && handle.getpeername({}) < 0;
}
