/** A server that a client names, in the forward and SOCKS modes: nothing is known of it beforehand. */
import type { PoolConfig } from '../contract/proxy-config';
import { authorityOf, formatUpstreamUrl, parseUpstreamUrl, type UpstreamUrl } from '../contract/upstream-url';
import type { Reach } from './reach';
import type { Destination } from './upstream-port';

/** Of every server: as a browser has it, with some room. */
const POOL: PoolConfig = { maxConnections: null, maxIdle: 32, idleMs: 4_000, maxRequestsPerConnection: null };

/** `scheme://host:port`; null where the text is none. */
export function namedServer(text: string): UpstreamUrl | null {
  const url = parseUpstreamUrl(text);
  return typeof url === 'string' ? null : url;
}

export function namedDestination(url: UpstreamUrl, client: string, reach: Reach): Destination {
  const server = formatUpstreamUrl(url);
  return {
    // A connection that one client may use is not one that any client may use. Neither is it one to a server of the
    // configuration, which goes by its URL alone: that may be one whose certificate nobody verified.
    key: `${server} for ${reach.isTrusted(client) ? 'the trusted' : 'others'}`,
    server,
    url,
    authority: authorityOf(url),
    pool: POOL,
    upstream: '',
    member: null,
    mayReach: reach.mayReachFor(client),
  };
}
