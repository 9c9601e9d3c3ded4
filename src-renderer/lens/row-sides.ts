/** Which side of the proxy a row of the list stands for, and what it says of the other one. */
import type { ConnectionRow, TlsInfo } from '@contract/connections';
import { formatBytes, formatPlural } from './format';
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

/** `TLSv1.3, example.com, http/1.1` */
export const tlsText = ({ version, serverName, alpn }: TlsInfo): string =>
  [version, serverName, alpn].filter((part) => part !== null).join(', ');
