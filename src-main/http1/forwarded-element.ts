/**
 * One hop as a proxy tells it to the next server: the element of Forwarded (RFC 7239 §4, §6) and the values of the
 * X-Forwarded- fields. What is the same for a whole connection is made, and checked, once.
 */
import { BugError } from '../contract/errors';
import { readAuthority } from './authority';
import { isToken } from './head-text';

/** Addresses are IPv4 or IPv6 as text, an obfuscated name as `_abc` (RFC 7239 §6.3), or `unknown` (§6.2). */
export interface Hop {
  /** Who sent the request to us. */
  readonly client: string;
  /** Told in Forwarded alone; null: not told. */
  readonly clientPort: number | null;
  readonly proto: 'http' | 'https';
  /** The port of ours that the client connected to. */
  readonly port: number;
  /** Where it came in; null: not told. */
  readonly by: string | null;
}

export interface HopText {
  /** For X-Forwarded-For: IPv6 without brackets or quotes, as everyone writes it there. */
  readonly client: string;
  readonly proto: string;
  readonly port: string;
  /** The element without its host. */
  readonly element: string;
}

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
/** An IPv4 client of a socket that takes both (RFC 4291 §2.5.5.2): it is known by its own address. */
const IPV4_IN_IPV6 = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
const IPV6 = /^[0-9a-f:.]+$/i;
/** Longer ones are a mistake of the one who chose them. */
const OBFUSCATED = /^_[A-Za-z0-9._-]{1,63}$/;
const MAX_PORT = 65_535;

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 0 && port <= MAX_PORT;

/** As it stands outside of Forwarded. A zone means something on this machine alone (RFC 6874 §4). */
function addressOf(node: string): string {
  if (node === 'unknown' || OBFUSCATED.test(node)) return node;
  const zone = node.indexOf('%');
  const address = zone === -1 ? node : node.slice(0, zone);
  const ipv4 = IPV4_IN_IPV6.exec(address)?.[1] ?? address;
  if (readAuthority(ipv4) !== null && IPV4.test(ipv4)) return ipv4;
  if (IPV6.test(address) && readAuthority(`[${address}]`) !== null) return address;
  throw new BugError('a node of a proxy hop is no address and no obfuscated name');
}

/** A value that is no token is quoted (RFC 7239 §4), as every one with a colon is. */
const quoted = (text: string): string => (isToken(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`);

/** node (RFC 7239 §6): IPv6 in brackets, the port after a colon. */
function nodeOf(address: string, port: number | null): string {
  const name = address.includes(':') ? `[${address}]` : address;
  return quoted(port === null ? name : `${name}:${port}`);
}

/** @throws BugError where the hop holds what is no address and no port. */
export function hopText({ client, clientPort, proto, port, by }: Hop): HopText {
  if (!isPort(port) || !isPort(clientPort ?? 0)) throw new BugError('a port of a proxy hop is none');
  const address = addressOf(client);
  const byPair = by === null ? '' : `;by=${nodeOf(addressOf(by), null)}`;
  return {
    client: address,
    proto,
    port: String(port),
    element: `for=${nodeOf(address, clientPort)}${byPair};proto=${proto}`,
  };
}

export const elementOf = ({ element }: HopText, host: string | null): string =>
  host === null || host === '' ? element : `${element};host=${quoted(host)}`;
