/** Addresses to listen on, as people write them, and what goes wrong with them. */
import { fail, ok, type ErrorCode, type Failure, type Result } from './errors';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where the server listens, and the page is served to browsers, unless something else was asked for. */
export const DEFAULT_ADDRESS: Address = { host: '127.0.0.1', port: 8080 };
export const DEFAULT_PAGE_ADDRESS: Address = { host: '127.0.0.1', port: 4174 };

/** One end of a connection. */
export interface Endpoint {
  /** As the system prints it; an IPv4 address where the family is IPv4. */
  readonly address: string;
  readonly port: number;
  readonly family: 'IPv4' | 'IPv6';
}

const HOST_AND_PORT = /^(?:\[(?<six>[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%[\w.-]+)?)\]|(?<host>[\w.-]+)):(?<port>\d{1,5})$/;
const MAX_PORT = 65_535;

/** Takes `HOST:PORT`, `[::1]:PORT`, and `PORT` alone for 127.0.0.1. Fails with `NET_ADDRESS_MALFORMED`. */
export function parseAddress(text: string): Result<Address> {
  const trimmed = text.trim();
  const { groups } = HOST_AND_PORT.exec(/^\d+$/.test(trimmed) ? `127.0.0.1:${trimmed}` : trimmed) ?? {};
  const host = groups?.['six'] ?? groups?.['host'];
  const port = Number(groups?.['port']);
  // A colon in a host without brackets could be part of an IPv6 address or stand before a port: refused, not guessed.
  if (host === undefined || port > MAX_PORT) return fail('NET_ADDRESS_MALFORMED', { text: text.slice(0, 100) });
  return ok({ host, port });
}

/** `127.0.0.1:8080`, `[::1]:8080` */
export const formatAddress = ({ host, port }: Address): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** The loopback address that reaches a listener on all addresses. */
const LOOPBACK_OF: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

export const isWildcard = (host: string): boolean => LOOPBACK_OF.has(host);

/** The address to point a client on this machine at: a wildcard is not one. */
export const reachableAddress = ({ host, port }: Address): Address => ({ host: LOOPBACK_OF.get(host) ?? host, port });

const CODES: Readonly<Record<string, ErrorCode>> = {
  EADDRINUSE: 'NET_PORT_IN_USE',
  EACCES: 'NET_NO_PERMISSION',
  EPERM: 'NET_NO_PERMISSION',
  EADDRNOTAVAIL: 'NET_ADDRESS_NOT_HERE',
  EAFNOSUPPORT: 'NET_ADDRESS_NOT_HERE',
  EINVAL: 'NET_ADDRESS_NOT_HERE',
  ENOTFOUND: 'NET_HOST_UNKNOWN',
  EAI_AGAIN: 'NET_HOST_UNKNOWN',
  EAI_NONAME: 'NET_HOST_UNKNOWN',
};

/** The failure for a system error code (`EADDRINUSE`) met when listening. */
export const listenFailure = (reason: string, { host, port }: Address): Failure => ({
  code: CODES[reason] ?? 'NET_LISTEN_FAILED',
  detail: { host, port, reason },
});
