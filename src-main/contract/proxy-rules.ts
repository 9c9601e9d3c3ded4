/** What the parts of a proxy configuration have to say about one another, checked where each is right by itself. */
import { MAX_SERVERS, type ProxyConfig, type UpstreamConfig } from './proxy-config';
import { MAX_MISTAKES, mistake, type Mistake } from './proxy-mistakes';

/** The second one of two that are the same, with the path of the first. */
function repeated<Item>(items: readonly Item[], keyOf: (item: Item) => string): [index: number, first: number][] {
  const firsts = new Map<string, number>();
  const found: [number, number][] = [];
  for (const [index, item] of items.entries()) {
    const first = firsts.get(keyOf(item));
    if (first === undefined) firsts.set(keyOf(item), index);
    else found.push([index, first]);
  }
  return found;
}

function* upstreamMistakes(name: string, upstream: UpstreamConfig): Iterable<Mistake> {
  const { servers, balance, hashField, healthCheck, ejection, pool } = upstream;
  const at = (...keys: (string | number)[]) => ['upstreams', name, ...keys];
  for (const [index, first] of repeated(servers, ({ url }) => url)) {
    yield mistake(at('servers', index, 'url'), `this server is servers[${first}] already; give that one more weight`);
  }
  if (hashField !== null && balance !== 'hash') {
    yield mistake(at('hashField'), 'it has a meaning only where balance is "hash"');
  }
  if (healthCheck !== null && healthCheck.timeoutMs > healthCheck.intervalMs) {
    yield mistake(at('healthCheck', 'timeoutMs'), 'it cannot be longer than intervalMs, or checks would pile up');
  }
  if (ejection !== null && ejection.maxBackoffMs < ejection.backoffMs) {
    yield mistake(at('ejection', 'maxBackoffMs'), 'it cannot be shorter than backoffMs');
  }
  if (pool.maxConnections !== null && pool.maxIdle > pool.maxConnections) {
    yield mistake(at('pool', 'maxIdle'), 'it cannot be more than maxConnections');
  }
}

/** Names that objects have of their own: what reads JSON leaves them out. */
const RESERVED = ['__proto__', 'prototype', 'constructor'];

function* nameMistakes({ upstreams, routes }: ProxyConfig, raw: unknown): Iterable<Mistake> {
  const given = Object.keys((raw as { upstreams: object }).upstreams);
  for (const name of RESERVED.filter((each) => given.includes(each))) {
    yield mistake(['upstreams', name], 'this name is taken; choose another');
  }
  const names = Object.keys(upstreams);
  if (names.length === 0) yield mistake(['upstreams'], 'it takes at least one upstream');
  if (names.length > 1 && routes.length === 0) {
    yield mistake(['routes'], 'with several upstreams it has to say which requests go where');
  }
  for (const [index, { upstream }] of routes.entries()) {
    if (Object.hasOwn(upstreams, upstream)) continue;
    const known = names.slice(0, 10).join(', ');
    yield mistake(['routes', index, 'upstream'], `there is no upstream "${upstream.slice(0, 64)}", only ${known}`);
  }
}

function* allMistakes(config: ProxyConfig, raw: unknown): Iterable<Mistake> {
  const { upstreams, routes } = config;
  yield* nameMistakes(config, raw);
  for (const [name, upstream] of Object.entries(upstreams)) yield* upstreamMistakes(name, upstream);
  const servers = Object.values(upstreams).reduce((sum, upstream) => sum + upstream.servers.length, 0);
  if (servers > MAX_SERVERS) yield mistake(['upstreams'], `it holds ${servers} servers, and at most ${MAX_SERVERS}`);
  // A host holds no space, so the two parts cannot run into one another.
  for (const [index, first] of repeated(routes, ({ host, pathPrefix }) => `${host ?? '*'} ${pathPrefix}`)) {
    yield mistake(['routes', index], `routes[${first}] has the same host and path prefix already`);
  }
}

/**
 * In the order of the file, at most `MAX_MISTAKES`.
 *
 * @param raw The configuration as it was given: a name that objects have of their own is not in what was read.
 */
export function crossMistakes(config: ProxyConfig, raw: unknown): Mistake[] {
  const found: Mistake[] = [];
  for (const each of allMistakes(config, raw)) {
    found.push(each);
    if (found.length === MAX_MISTAKES) break;
  }
  return found;
}
