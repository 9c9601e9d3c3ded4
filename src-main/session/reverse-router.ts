/** The reverse mode: routes by host and path to upstreams, and in each to the server whose turn it is. */
import { parseAddress } from '../contract/address';
import { createIpMatcher } from '../contract/ip-range';
import type { ProxyConfig, Route } from '../contract/proxy-config';
import { createRouteTable, upstreamTarget, type RouteFor } from '../contract/proxy-routes';
import { authorityOf, parseUpstreamUrl } from '../contract/upstream-url';
import { BugError, type Failure } from '../contract/errors';
import type { NoServer, UpstreamGroup } from '../guard/upstream-group';
import type { UpstreamServer } from '../guard/upstream-server';
import { hopText } from '../http1/forwarded-element';
import type { ForwardedPlan } from '../http1/forwarded';
import type { RequestHead } from '../http1/events';
import { requestedHost } from '../http1/request-writer';
import type { SessionIdentity } from './port';
import type { Passage, Router } from './router';
import type { Destination } from './upstream-port';

const REFUSALS: Readonly<Record<NoServer, 'UP_ALL_OUT' | 'UP_ALL_BUSY'>> = {
  'all-out': 'UP_ALL_OUT',
  'all-busy': 'UP_ALL_BUSY',
  'all-tried': 'UP_ALL_OUT',
};

const NO_ROUTE: Failure = { code: 'UP_NO_ROUTE' };

export class ReverseRouter implements Router {
  readonly #routeFor: RouteFor;
  readonly #isTrusted: (address: string) => boolean;
  readonly #destinations = new Map<UpstreamServer, Destination>();
  /** What is told of a client, once for each of its connections. */
  readonly #hops = new WeakMap<SessionIdentity, ForwardedPlan>();

  constructor(
    private readonly config: ProxyConfig,
    private readonly groups: ReadonlyMap<string, UpstreamGroup>,
  ) {
    this.#routeFor = createRouteTable(config.routes);
    this.#isTrusted = createIpMatcher(config.forwarding.trusted);
    for (const group of groups.values()) {
      for (const server of group.servers) this.#destinations.set(server, destinationOf(group, server));
    }
  }

  route(head: RequestHead, identity: SessionIdentity): Passage | Failure | null {
    if (head.method === 'CONNECT') return null;
    const route = this.#routeFor(requestedHost(head), head.target);
    const group = route && this.groups.get(route.upstream);
    if (route === null || group === null || group === undefined) return NO_ROUTE;
    const { forwarding } = this.config;
    const balanceKey = group.keyOf(identity.clientAddress, head.fields);
    return {
      head: strippedHead(head, route),
      host: forwarding.host,
      forwarded: forwarding.style === 'none' ? null : this.#forwardedOf(identity),
      next: (tried, nowMs) => this.#next(group, balanceKey, tried, nowMs),
    };
  }

  #next(group: UpstreamGroup, key: string, tried: readonly Destination[], nowMs: number): Destination | Failure {
    const servers =
      tried.length === 0 ? undefined : tried.flatMap(({ member }) => (member === null ? [] : [member.server]));
    const chosen = group.choose(nowMs, key, servers);
    if (typeof chosen === 'string') return { code: REFUSALS[chosen], detail: { upstream: group.name } };
    const destination = this.#destinations.get(chosen);
    if (destination === undefined) throw new BugError('a server was chosen that nothing leads to');
    return destination;
  }

  #forwardedOf(identity: SessionIdentity): ForwardedPlan {
    const known = this.#hops.get(identity);
    if (known !== undefined) return known;
    const { style } = this.config.forwarding;
    const client = parseAddress(identity.client);
    const own = parseAddress(identity.server);
    const plan: ForwardedPlan = {
      hop: hopText({
        client: identity.clientAddress,
        clientPort: client.ok ? client.value.port : null,
        proto: identity.isSecure ? 'https' : 'http',
        port: own.ok ? own.value.port : 0,
        by: null,
      }),
      trusted: this.#isTrusted(identity.clientAddress),
      writesXForwarded: style === 'x-forwarded' || style === 'both',
      writesForwarded: style === 'forwarded' || style === 'both',
    };
    this.#hops.set(identity, plan);
    return plan;
  }
}

function destinationOf(group: UpstreamGroup, server: UpstreamServer): Destination {
  const url = parseUpstreamUrl(server.url);
  if (typeof url === 'string') throw new BugError('a server of the configuration has no URL');
  const authority = authorityOf(url);
  const { pool } = group.config;
  return {
    key: server.url,
    server: server.url,
    url,
    authority,
    pool,
    upstream: group.name,
    member: { group, server },
    mayReach: null,
  };
}

/** The very head where nothing about its target changes. */
function strippedHead(head: RequestHead, route: Route): RequestHead {
  if (!route.stripPrefix) return head;
  const target = upstreamTarget(route, head.target);
  // Whom it is for stands in the target of that form alone.
  const isAbsolute = head.targetForm === 'absolute';
  return { ...head, target: isAbsolute ? `http://${requestedHost(head) ?? ''}${target}` : target };
}
