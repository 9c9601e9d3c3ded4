/** Who is told of every byte and every end before a session sees it: the journal. Returns at once. */
import type { Endpoint } from '../contract/address';
import type { ConnectionId, Direction } from '../contract/connections';

export interface Tap {
  /** Nothing more should be read for now; whoever has the tap tells when that is over (`Listener.tapCaughtUp`). */
  readonly isBehind: boolean;
  opened(id: ConnectionId, client: Endpoint, server: Endpoint, atMs: number): void;
  recorded(id: ConnectionId, direction: Direction, bytes: Uint8Array, atMs: number): void;
  ended(id: ConnectionId, direction: Direction, how: 'fin' | 'reset', atMs: number): void;
}

/** `127.0.0.1:8080`, `[::1]:8080`. Joined: strings that are added up are kept as a tree of their parts. */
export const endpointText = ({ address, port, family }: Endpoint): string =>
  [family === 'IPv6' ? `[${address}]` : address, port].join(':');

/** An IPv4 client of a dual-stack listener is an IPv4 client (RFC 4291 §2.5.5.2). */
export function endpointOf(address: string | undefined, port: number | undefined): Endpoint {
  const plain = (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  return { address: plain, port: port ?? 0, family: plain.includes(':') ? 'IPv6' : 'IPv4' };
}
