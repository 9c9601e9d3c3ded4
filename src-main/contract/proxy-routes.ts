/**
 * Which upstream a request goes to: by the host it names and by the start of its path.
 *
 * Routes for the request's own host come first, then those for any host; among them the longest prefix wins, whatever
 * their order in the file. A prefix ends at a segment: `/api` takes `/api`, `/api/x` and `/api?x`, and not `/apix`;
 * `/api/` takes only what has the slash.
 *
 * Paths are compared as they stand on the wire, nothing is decoded (contract/request-target.ts). So a route is no wall:
 * an upstream that decodes `/%61dmin` decides itself who gets in there.
 *
 * A look costs at most one comparison for each route of the host and each for any host.
 */
import type { Route } from './proxy-config';
import { pathAndQuery } from './request-target';
import { hostNameOf } from './upstream-url';

export type RouteFor = (host: string | null, target: string) => Route | null;

/** Of `OPTIONS *` and of CONNECT's target there is no path: they go where `/` goes. */
function pathForRoutes(target: string): string {
  const path = pathAndQuery(target);
  return path.startsWith('/') ? path : '/';
}

function isUnder(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  if (prefix.endsWith('/') || path.length === prefix.length) return true;
  const next = path[prefix.length];
  return next === '/' || next === '?';
}

const NO_ROUTES: readonly Route[] = [];

/** The matcher of a configuration's routes, made once. Its `host` is that of the target, else of the Host field. */
export function createRouteTable(routes: readonly Route[]): RouteFor {
  const byHost = new Map<string | null, Route[]>();
  for (const route of routes) {
    const known = byHost.get(route.host);
    if (known === undefined) byHost.set(route.host, [route]);
    else known.push(route);
  }
  for (const list of byHost.values()) list.sort((a, b) => b.pathPrefix.length - a.pathPrefix.length);
  const longest = (host: string | null, path: string): Route | null =>
    (byHost.get(host) ?? NO_ROUTES).find(({ pathPrefix }) => isUnder(path, pathPrefix)) ?? null;
  return (host, target) => {
    const path = pathForRoutes(target);
    return (host === null ? null : longest(hostNameOf(host), path)) ?? longest(null, path);
  };
}

/** The target that goes upstream, in origin-form (RFC 9112 §3.2.1); `*` stays what it is. */
export function upstreamTarget({ pathPrefix, stripPrefix }: Route, target: string): string {
  const path = pathAndQuery(target);
  if (!stripPrefix || !path.startsWith('/')) return path;
  const rest = path.slice(pathPrefix.endsWith('/') ? pathPrefix.length - 1 : pathPrefix.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
