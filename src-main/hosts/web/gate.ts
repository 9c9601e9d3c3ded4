/**
 * Who may talk to the engine over the web host. Another page in the same browser can reach a port of this machine,
 * so three things are asked for: a Host that is ours (else a name someone points at 127.0.0.1 would do, DNS
 * rebinding), an Origin that is ours, and the token.
 *
 * The token is made anew for every run. It stays valid until the run ends, so that the page can be reloaded.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { formatAddress, isWildcard, type Address } from '../../contract/address';

const TOKEN_BYTES = 32;

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.[\d.]+$/.test(host);

export const createToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Takes as long for a near miss as for a wild guess. */
export const isSameToken = (given: string, token: string): boolean => timingSafeEqual(digest(given), digest(token));

/** The host of a Host field, without port and brackets. */
function hostOf(field: string): string {
  const host = field.replace(/:\d+$/, '');
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

/**
 * Tells which Host fields are ours. `asked` is the address the operator wrote, `bound` the one listened on. On a
 * wildcard address any IP literal is taken, with any port, since a container may be reached through another one: a
 * literal cannot be rebound.
 */
export function hostCheck(asked: Address, bound: Address): (field: string | undefined) => boolean {
  if (isWildcard(bound.host)) {
    return (field) => field !== undefined && (hostOf(field) === 'localhost' || isIP(hostOf(field)) !== 0);
  }
  const { port } = bound;
  const hosts = [
    asked.host.toLowerCase(),
    bound.host,
    ...(isLoopback(bound.host) ? ['localhost', '127.0.0.1', '::1'] : []),
  ];
  const ours = new Set(hosts.map((host) => formatAddress({ host, port })));
  // A browser leaves the default port out.
  if (port === 80) for (const field of [...ours]) ours.add(field.replace(/:80$/, ''));
  return (field) => field !== undefined && ours.has(field.toLowerCase());
}

/** A page of this host, and no other, has this origin; `host` has passed the host check. */
export const isOwnOrigin = (origin: string | undefined, host: string): boolean =>
  origin !== undefined && origin.toLowerCase() === `http://${host.toLowerCase()}`;
