/**
 * What TLS connections to servers are made with, as the configuration and the rules in force have it. Of others this
 * machine has to trust the certificate; NODE_EXTRA_CA_CERTS adds to those it trusts.
 */
import { hostMatcher } from '../contract/forward-rules';
import type { ProxyConfig } from '../contract/proxy-config';
import type { ForwardRules } from '../contract/proxy-state';
import { formatUpstreamUrl, type UpstreamUrl } from '../contract/upstream-url';

interface TlsOptions {
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
}

const USUAL: TlsOptions = {};
const UNVERIFIED: TlsOptions = { rejectUnauthorized: false };

/** Of a server that stands in two upstreams the first one says how: its connections are kept together. */
export function tlsOptionsOf(config: ProxyConfig | null): (url: UpstreamUrl) => TlsOptions {
  const byServer = new Map<string, TlsOptions>();
  for (const { servers, tls } of Object.values(config?.upstreams ?? {})) {
    const options = {
      ...(!tls.verify && UNVERIFIED),
      ...(tls.serverName !== null && { servername: tls.serverName }),
    };
    for (const { url } of servers) if (!byServer.has(url)) byServer.set(url, options);
  }
  return (url) => byServer.get(formatUpstreamUrl(url)) ?? USUAL;
}

/** Of a server that a client named: what the configuration says of the same server is not meant for it. */
export function namedTlsOptionsOf({ insecure }: Pick<ForwardRules, 'insecure'>): (url: UpstreamUrl) => TlsOptions {
  const isInsecure = hostMatcher(insecure);
  return ({ host }) => (isInsecure(host) ? UNVERIFIED : USUAL);
}
