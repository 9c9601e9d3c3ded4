/**
 * Reading a proxy configuration: from a file's text, from a call, from `--upstream URL…`. It is taken whole or not at
 * all; what is wrong with it comes back as sentences with the path of each value.
 */
import * as v from 'valibot';
import { isWildcard, parseAddress, type Address } from './address';
import { parseIp } from './ip-range';
import { repeatedKey } from './json-keys';
import { CONFIG_SHAPE, MAX_CONFIG_BYTES, type ProxyConfig } from './proxy-config';
import { mistake, mistakesOf, type Mistakes } from './proxy-mistakes';
import { crossMistakes } from './proxy-rules';
import { parseUpstreamUrl } from './upstream-url';

export type ConfigResult =
  { readonly ok: true; readonly value: ProxyConfig } | { readonly ok: false; readonly mistakes: Mistakes };

const wrong = (mistakes: Mistakes): ConfigResult => ({ ok: false, mistakes });

/** The route that is meant where there is one upstream and none is given. */
function withRoutes(config: ProxyConfig): ProxyConfig {
  const [only, ...others] = Object.keys(config.upstreams);
  if (config.routes.length > 0 || only === undefined || others.length > 0) return config;
  return { ...config, routes: [{ host: null, pathPrefix: '/', upstream: only, stripPrefix: false }] };
}

/** Checks a configuration as a call or `JSON.parse` gives it. All mistakes of one kind are told at once. */
export function checkProxyConfig(raw: unknown): ConfigResult {
  const parsed = v.safeParse(CONFIG_SHAPE, raw);
  if (!parsed.success) return wrong(mistakesOf(parsed.issues));
  const config = withRoutes(parsed.output);
  const [first, ...others] = crossMistakes(config, raw);
  return first === undefined ? { ok: true, value: config } : wrong([first, ...others]);
}

/** Reads the text of a configuration file. Bytes are counted by the caller, who has them: `MAX_CONFIG_BYTES`. */
export function readProxyConfig(json: string): ConfigResult {
  if (json.length > MAX_CONFIG_BYTES) return wrong([mistake([], `the file is larger than ${MAX_CONFIG_BYTES} bytes`)]);
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch (thrown) {
    return wrong([mistake([], `the text is no JSON (${thrown instanceof Error ? thrown.message : 'unknown'})`)]);
  }
  const repeated = repeatedKey(json);
  if (repeated !== null) return wrong([mistake([repeated], 'this key is given twice')]);
  return checkProxyConfig(raw);
}

/** The upstream that `--upstream URL…` stands for. */
export const SHORTHAND_UPSTREAM = 'default';

/** The configuration that `--upstream URL…` stands for. A port, or host and port, alone is meant as http. */
export function configOfUrls(urls: readonly string[]): ConfigResult {
  const servers = urls.map((url) => ({ url: url.includes('://') || !parseAddress(url).ok ? url : httpUrl(url) }));
  const result = checkProxyConfig({ upstreams: { [SHORTHAND_UPSTREAM]: { servers } } });
  if (result.ok) return result;
  // Who wrote no file knows nothing of its paths.
  const [first, ...others] = result.mistakes.map(({ path, reason }) => {
    const index = /\[(\d+)\]/.exec(path)?.[1];
    return mistake([index === undefined ? '--upstream' : `--upstream ${urls[Number(index)]}`], reason);
  });
  return wrong([first!, ...others]);
}

const httpUrl = (address: string): string =>
  /^\d+$/.test(address) ? `http://127.0.0.1:${address}` : `http://${address}`;

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

/** Whether a server of this host and port is this proxy itself. Names other than `localhost` are not looked up. */
export const isOwn = (host: string, port: number, listener: Address): boolean =>
  port === listener.port &&
  (host === listener.host ||
    (LOOPBACK_NAMES.has(host) && (LOOPBACK_NAMES.has(listener.host) || isWildcard(listener.host))) ||
    (isWildcard(host) && parseIp(listener.host) !== null));

/** A server that is this proxy itself: every request to it would come back. Null where there is none. */
export function findLoop(config: ProxyConfig, listener: Address): Mistakes | null {
  for (const [name, { servers }] of Object.entries(config.upstreams)) {
    for (const [index, { url }] of servers.entries()) {
      const parsed = parseUpstreamUrl(url);
      if (typeof parsed === 'string' || !isOwn(parsed.host, parsed.port, listener)) continue;
      const reason = 'this is where the proxy itself listens, so every request would go round in a circle';
      return [mistake(['upstreams', name, 'servers', index, 'url'], reason)];
    }
  }
  return null;
}
