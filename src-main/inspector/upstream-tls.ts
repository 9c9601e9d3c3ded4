/**
 * What TLS connections to servers are made with, as the configuration and the rules in force have it. Of others this
 * machine has to trust the certificate; NODE_EXTRA_CA_CERTS adds to those it trusts.
 */
import { hostMatcher } from '../contract/forward-rules';
import type { ProxyConfig } from '../contract/proxy-config';
import type { ForwardRules } from '../contract/proxy-state';
import { formatUpstreamUrl, parseUpstreamUrl, type UpstreamUrl } from '../contract/upstream-url';

interface TlsOptions {
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
}

type TlsOptionsFor = (url: UpstreamUrl) => TlsOptions;

const USUAL: TlsOptions = {};
const UNVERIFIED: TlsOptions = { rejectUnauthorized: false };

/** Of a server that stands in two upstreams the first one says how: its connections are kept together. */
export function tlsOptionsOf(config: ProxyConfig | null): TlsOptionsFor {
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

/** Whether a connection to the server at this URL, made by the one, is as good as one made by the other. */
export function isSameTls(server: string, one: TlsOptionsFor, other: TlsOptionsFor): boolean {
  const url = parseUpstreamUrl(server);
  if (typeof url === 'string') return false;
  const [before, after] = [one(url), other(url)];
  return before.rejectUnauthorized === after.rejectUnauthorized && before.servername === after.servername;
}

/** Of a server that a client named: what the configuration says of the same server is not meant for it. */
export function namedTlsOptionsOf({ insecure }: Pick<ForwardRules, 'insecure'>): TlsOptionsFor {
  const isInsecure = hostMatcher(insecure);
  return ({ host }) => (isInsecure(host) ? UNVERIFIED : USUAL);
}
