/** Which side of the proxy a row of the list stands for, and what it says of the other one. */
import type { ConnectionRow, TlsInfo } from '@contract/connections';
import type { ErrorCode } from '@contract/errors';
import { formatBytes, formatPlural } from './format';
import { markLabel } from './row-state';
import { hostOf } from './upstream-words';

/** `api · 127.0.0.1:3000`: the scheme is told by the lock. */
const leadsTo = (upstream: string): string => upstream.split(' · ').map(hostOf).join(' · ');

/** `3 requests`, `78 B in` */
export const amountText = ({ requestCount, bytesIn }: ConnectionRow): string =>
  requestCount > 1 ? formatPlural(requestCount, 'request') : `${formatBytes(bytesIn)} in`;

/**
 * Who a connection is with: the client; the client and the server its request went to; the server alone, for a
 * connection of our own.
 */
export function endsText({ side, client, server, upstream }: ConnectionRow): string {
  if (side === 'upstream') return `→ ${upstream === null ? server : leadsTo(upstream)}`;
  return upstream === null ? client : `${client} → ${leadsTo(upstream)}`;
}

/** The same in less room: a client of this machine is known by its port. */
export const shortEndsText = (row: ConnectionRow): string =>
  row.side === 'client' && row.upstream !== null
    ? endsText(row).replace(/^(127\.[\d.]+|\[::1\]):/, ':')
    : endsText(row);

const DISTRUST_WORDS: ReadonlyMap<ErrorCode, string> = new Map<ErrorCode, string>([
  ['TLS_UPSTREAM_SELF_SIGNED', 'signed by nobody this machine trusts'],
  ['TLS_UPSTREAM_UNTRUSTED', 'from an authority this machine does not trust'],
  ['TLS_UPSTREAM_DATES', 'not valid now'],
  ['TLS_UPSTREAM_NAME', 'made out to another host'],
]);

/** Why the certificate of the server was not trusted, and the connection made all the same; null: it was verified. */
export function distrustWords({ certificate }: TlsInfo): string | null {
  const distrust = certificate?.distrust ?? null;
  return distrust === null ? null : (DISTRUST_WORDS.get(distrust) ?? markLabel(distrust));
}

/** `TLSv1.3, example.com, http/1.1`, and that the certificate was not verified. */
export function tlsText(tls: TlsInfo): string {
  const distrust = distrustWords(tls);
  const unverified = distrust === null ? null : `certificate not verified (${distrust})`;
  return [tls.version, tls.serverName, tls.alpn, unverified].filter((part) => part !== null).join(', ');
}
