/**
 * The configuration of the reverse proxy: which upstreams there are, which requests go to which of them, and how.
 * A JSON file, declared once below; its type, its defaults and its checks derive from the declaration. What reading it
 * gives has every default filled in and can be written and read again without change.
 *
 * `null` is off or unbounded; an absent value is the default. Bounds: a file of 1 MiB, 1,000 servers in all, 1,000
 * routes, 100 trusted ranges.
 *
 * How long connecting and waiting for a reply may take is not said here: those are settings (contract/settings.ts).
 */
import * as v from 'valibot';
import { parseIpRange } from './ip-range';
import { choice, flag, list, object, share, text, whole } from './proxy-mistakes';
import { formatUpstreamUrl, hostNameOf, parseUpstreamUrl } from './upstream-url';

/** Read in one go; a thousand servers and routes take a fifth of it. */
export const MAX_CONFIG_BYTES = 1024 * 1024;
/** Choosing among them looks at each. */
export const MAX_SERVERS = 1_000;
export const MAX_ROUTES = 1_000;
const MAX_TRUSTED = 100;
const MAX_STATUSES = 50;
const MAX_WEIGHT = 1_000;

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const MAX_PATH_CHARS = 2_000;

const NAME = /^[a-z0-9][\w.-]{0,63}$/i;
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/i;

/** What stands in a request line has neither spaces nor controls in it, and no fragment (RFC 9112 §3.2.1). */
const pathProblem = (path: string): string | null =>
  /^\/[!-"$-~]*$/.test(path) && path.length <= MAX_PATH_CHARS
    ? null
    : `it begins with "/", has no spaces and no "#", and at most ${MAX_PATH_CHARS} characters`;

const prefixProblem = (prefix: string): string | null =>
  pathProblem(prefix) ?? (prefix.includes('?') ? 'it is the start of a path, without a query' : null);

const hostProblem = (host: string): string | null =>
  /^(\[[0-9a-f:.]+\]|[a-z0-9._-]{1,253})$/i.test(host) ? null : 'it is a host name without a port';

const rangeProblem = (range: string): string | null => {
  const parsed = parseIpRange(range);
  return typeof parsed === 'string' ? parsed : null;
};

const urlProblem = (url: string): string | null => {
  const parsed = parseUpstreamUrl(url);
  return typeof parsed === 'string' ? parsed : null;
};

/** Of a URL that `urlProblem` has passed. A check before it that failed leaves the text as it is. */
const oneSpelling = (url: string): string => {
  const parsed = parseUpstreamUrl(url);
  return typeof parsed === 'string' ? url : formatUpstreamUrl(parsed);
};

/** `"200"`, `"200-399"`; null where the text is neither. */
function parseStatuses(range: string): readonly [from: number, to: number] | null {
  const [, from, to] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(range) ?? [];
  if (from === undefined) return null;
  const bounds = [Number(from), Number(to ?? from)] as const;
  return bounds[0] <= bounds[1] ? bounds : null;
}

const statusesProblem = (range: string): string | null =>
  parseStatuses(range) === null ? 'it is a status such as "200", or a range such as "200-399"' : null;

const Server = object({
  url: v.pipe(text(urlProblem), v.transform(oneSpelling)),
  /** Its part of the traffic is its weight over the sum of them. */
  weight: v.optional(whole(1, MAX_WEIGHT), 1),
  /** Takes nothing new from the start; what it has under way is finished. */
  drain: v.optional(flag, false),
});

/** Asks each server by itself whether it is well. Raising the interval finds the sick later; lowering it asks more. */
const GivenHealthCheck = object({
  path: v.optional(text(pathProblem), '/'),
  intervalMs: v.optional(whole(100, HOUR_MS), 5 * SECOND_MS),
  /** Left out: 2 s, or the interval where that is shorter. */
  timeoutMs: v.optional(whole(10, HOUR_MS)),
  /** Good answers in a row that bring a server back. */
  healthyAfter: v.optional(whole(1, 100), 2),
  /** Bad ones in a row that take it out. */
  unhealthyAfter: v.optional(whole(1, 100), 3),
  /** How far each interval may be longer or shorter, so that many proxies do not ask at once. */
  jitterShare: v.optional(share(0), 0.1),
  statuses: v.optional(list(text(statusesProblem), 1, MAX_STATUSES), ['200-399']),
});

const HealthCheck = v.pipe(
  GivenHealthCheck,
  v.transform(({ timeoutMs, ...check }) => ({
    ...check,
    timeoutMs: timeoutMs ?? Math.min(2 * SECOND_MS, check.intervalMs),
  })),
);

/**
 * What counts as a fault of a server: it cannot be connected to, a deadline passed, it closed before its reply was
 * complete, its reply is no HTTP, it replied with 5xx.
 */
export const FAULT_KINDS = ['connect', 'timeout', 'closed', 'malformed', 'status'] as const;

/** Takes a server out that fails requests. `null`: none is taken out for that. */
const Ejection = object({
  /** One fault may be chance; raising it fails more requests before a sick server goes. */
  consecutiveFaults: v.optional(whole(1, 1_000), 3),
  /** A 5xx is the application's answer as often as the server's trouble: not counted unless asked for, as in nginx. */
  faults: v.optional(list(choice(FAULT_KINDS), 1, FAULT_KINDS.length), ['connect', 'timeout', 'closed', 'malformed']),
  /** How long it stays out the first time; twice as long each time after that. */
  backoffMs: v.optional(whole(10, HOUR_MS), 2 * SECOND_MS),
  maxBackoffMs: v.optional(whole(10, 24 * HOUR_MS), 60 * SECOND_MS),
  /** Of the servers in the group; the last one that takes requests is never ejected, whatever the share. */
  maxEjectedShare: v.optional(share(0), 0.7),
});

const Pool = object({
  /** To each server. `null`: as many as there are requests. */
  maxConnections: v.optional(v.nullable(whole(1, 65_535)), 256),
  maxIdle: v.optional(whole(0, 65_535), 32),
  /** Below the 5 s after which Node's server closes, so that the proxy closes first (RFC 9112 §9.3.1 has the race). */
  idleMs: v.optional(whole(0, HOUR_MS), 4 * SECOND_MS),
  /** `null`: as many as the server takes. */
  maxRequestsPerConnection: v.optional(v.nullable(whole(1, 1_000_000_000)), 1_000),
});

/** A failed request may be sent once more, where that is safe (guard/retry-rule.ts); how often at most. */
const Retry = object({
  /** Retries per request, over time. Raising it multiplies the load on what is left of sick upstreams. */
  budgetShare: v.optional(share(0), 0.2),
  /** Beside that, so that a proxy with little traffic retries too. */
  minPerSec: v.optional(whole(0, 10_000), 1),
});

/** How servers of https URLs are spoken to. */
const UpstreamTls = object({
  /** Refuse a server whose certificate this machine does not trust. Off: whoever is on the way can read everything. */
  verify: v.optional(flag, true),
  /** The name to ask for and to find in the certificate; `null`: the host of the URL. */
  serverName: v.optional(v.nullable(text(hostProblem)), null),
});

export const BALANCES = ['round-robin', 'least-connections', 'random-two', 'hash'] as const;

const Upstream = object({
  servers: list(Server, 1, MAX_SERVERS),
  balance: v.optional(choice(BALANCES), 'round-robin'),
  /** The field whose value `hash` goes by; `null`, or a request without it: the client's address. */
  hashField: v.optional(v.nullable(text((name) => (TOKEN.test(name) ? null : 'it is the name of a field'))), null),
  healthCheck: v.optional(v.nullable(HealthCheck), null),
  ejection: v.optional(v.nullable(Ejection), {}),
  /** How long a server that returns takes to get its whole share again; 0: at once. */
  slowStartMs: v.optional(whole(0, HOUR_MS), 10 * SECOND_MS),
  /** With none left: answer 503, or send requests to the sick ones as if they were well. */
  whenAllOut: v.optional(choice(['refuse', 'use-all']), 'refuse'),
  pool: v.optional(Pool, {}),
  tls: v.optional(UpstreamTls, {}),
  retry: v.optional(v.nullable(Retry), {}),
});

const RouteShape = object({
  /** `null`: any host. */
  host: v.optional(v.nullable(v.pipe(text(hostProblem), v.transform(hostNameOf))), null),
  pathPrefix: v.optional(text(prefixProblem), '/'),
  upstream: v.string('it takes the name of an upstream'),
  /** The server sees the path without the prefix. */
  stripPrefix: v.optional(flag, false),
});

const Forwarding = object({
  /** Whose name goes upstream in Host: the one the client sent, or the server's own. */
  host: v.optional(choice(['keep', 'upstream']), 'upstream'),
  /** Which fields tell the server who asked (RFC 7239, or what came before it). */
  style: v.optional(choice(['none', 'x-forwarded', 'forwarded', 'both']), 'x-forwarded'),
  /** Clients whose own such fields are believed and added to; of all others they are replaced. */
  trusted: v.optional(list(text(rangeProblem), 0, MAX_TRUSTED), []),
});

/** The shape of the file. What its parts have to say about one another is in contract/proxy-rules.ts. */
export const CONFIG_SHAPE = object({
  upstreams: v.record(
    text((name) => (NAME.test(name) ? null : 'a name has letters, digits, ".", "_" and "-", at most 64')),
    Upstream,
    'it takes an object in braces',
  ),
  /** May be left out where there is one upstream: everything goes there. */
  routes: v.optional(list(RouteShape, 0, MAX_ROUTES), []),
  forwarding: v.optional(Forwarding, {}),
});

type Fixed<Value> = Value extends object ? { readonly [Key in keyof Value]: Fixed<Value[Key]> } : Value;

export type ProxyConfig = Fixed<v.InferOutput<typeof CONFIG_SHAPE>>;
export type UpstreamConfig = ProxyConfig['upstreams'][string];
export type ServerConfig = UpstreamConfig['servers'][number];
export type HealthCheckConfig = NonNullable<UpstreamConfig['healthCheck']>;
export type EjectionConfig = NonNullable<UpstreamConfig['ejection']>;
export type PoolConfig = UpstreamConfig['pool'];
export type RetryConfig = NonNullable<UpstreamConfig['retry']>;
export type Route = ProxyConfig['routes'][number];
export type Balance = (typeof BALANCES)[number];
export type FaultKind = (typeof FAULT_KINDS)[number];

export const isExpectedStatus = ({ statuses }: HealthCheckConfig, status: number): boolean =>
  statuses.some((range) => {
    const [from, to] = parseStatuses(range) ?? [0, 0];
    return from <= status && status <= to;
  });
