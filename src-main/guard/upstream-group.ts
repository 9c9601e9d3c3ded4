/**
 * One upstream: its servers, who of them takes the next request, and what the group has to say about the health of
 * each. Owns the counts of requests under way; knows no socket and no clock.
 *
 * For one request, in this order: `choose` (which counts it in), any number of `outcome` and at most one `replied`, and
 * `leave` once. The caller keeps the server and its `health.epoch` as it was right after `choose`.
 *
 * The last server that takes requests is never ejected for faults, nor more than `maxEjectedShare` of them: a fault that
 * all of them share is more likely ours, the network's or the request's. Active checks have no such bound: they may find
 * every server sick, and then `whenAllOut` says whether requests are refused or go to all of them.
 *
 * A choice looks at each server twice, O(n) for n ≤ 1,000, and allocates nothing.
 */
import type { UpstreamConfig } from '../contract/proxy-config';
import type { HealthChange, Placement, ProbeResult, ServerChange, UpstreamView } from '../contract/upstreams';
import { RetryBudget, retryVerdict, type FailedAttempt, type RetryVerdict } from './retry-rule';
import { NONE, Rotation } from './rotation';
import type { Outcome } from './server-health';
import { UpstreamServer } from './upstream-server';

/**
 * Why no server takes a request: none is well (503); all that are well have as many connections as they may (503, or
 * wait); all that are well were tried before.
 */
export type NoServer = 'all-out' | 'all-busy' | 'all-tried';

export interface GroupOptions {
  readonly name: string;
  readonly config: UpstreamConfig;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Takes every change of a server's health, as it happens. */
  readonly onChange: (change: ServerChange) => void;
  readonly nowMs: number;
  /** What was in force: servers that stay keep their health, their counts and what a person said of them. */
  readonly before?: UpstreamGroup;
}

const NOT_TRIED: readonly UpstreamServer[] = [];

/** Asked of nobody: only a fault ejects. */
const NOTHING_AGAINST = (): null => null;

/** Shares such as 0.29 times 100 come out a little below 29. */
const ROUNDING = 1e-9;

export class UpstreamGroup {
  readonly name: string;
  readonly config: UpstreamConfig;
  readonly servers: readonly UpstreamServer[];
  readonly #onChange: GroupOptions['onChange'];
  readonly #rotation: Rotation;
  readonly #weights: Float64Array;
  readonly #budget: RetryBudget;

  constructor({ name, config, random, onChange, nowMs, before }: GroupOptions) {
    this.name = name;
    this.config = config;
    this.#onChange = onChange;
    this.#budget = before === undefined ? new RetryBudget(nowMs) : before.#budget;
    const kept = new Map(before?.servers.map((server) => [server.url, server]));
    this.servers = config.servers.map((each) => kept.get(each.url) ?? new UpstreamServer(each, config));
    this.#rotation = new Rotation(this.servers, random);
    this.#weights = new Float64Array(this.servers.length);
    for (const [index, each] of config.servers.entries()) {
      const server = this.servers[index]!;
      const placement = server.config.drain === each.drain ? null : each.drain ? 'drain' : 'in';
      server.configure(each);
      this.#tell(server, server.health.configure(config, placement, nowMs));
    }
  }

  /** What `hash` goes by: the value of the field, of a request without one the client's address; else nothing. */
  keyOf(clientAddress: string, fields: { get(name: string): string | null }): string {
    const { balance, hashField } = this.config;
    if (balance !== 'hash') return '';
    return (hashField === null ? null : fields.get(hashField)) || clientAddress;
  }

  /**
   * The server for a request, which is counted in; else why there is none.
   *
   * @param key Of `keyOf`.
   * @param tried Servers the request was sent to before.
   */
  choose(nowMs: number, key: string, tried = NOT_TRIED): UpstreamServer | NoServer {
    const reason = this.#weigh(nowMs, tried, false);
    if (reason !== null) {
      if (reason !== 'all-out' || this.config.whenAllOut === 'refuse') return reason;
      const still = this.#weigh(nowMs, tried, true);
      if (still !== null) return still;
    }
    const index = this.#rotation.choose(this.config.balance, this.#weights, key);
    if (index === NONE) return 'all-out';
    const server = this.servers[index]!;
    server.inFlight += 1;
    server.requests += 1;
    server.traffic.countRequest(nowMs);
    if (this.config.retry !== null && tried.length === 0) this.#budget.countRequest(this.config.retry);
    if (server.health.isEjected) this.#tell(server, server.health.begin(nowMs));
    return server;
  }

  /** The first byte of a reply came, `waitMs` after the request was sent. */
  replied(server: UpstreamServer, waitMs: number, nowMs: number): void {
    server.traffic.countReply(waitMs, nowMs);
  }

  /** What a request said about its server. */
  outcome(server: UpstreamServer, epoch: number, outcome: Outcome, nowMs: number): void {
    const isFault = outcome !== 'begun' && outcome !== 'answered' && outcome !== 'aborted';
    if (isFault) server.faults += 1;
    const whyNot = isFault ? () => this.#whyNotEject(server, nowMs) : NOTHING_AGAINST;
    this.#tell(server, server.health.outcome(outcome, epoch, nowMs, whyNot));
  }

  /** A request is over, whatever came of it. */
  leave(server: UpstreamServer, epoch: number): void {
    server.inFlight -= 1;
    server.health.end(epoch);
  }

  /** What an active check met. */
  probed(server: UpstreamServer, result: ProbeResult): void {
    server.lastProbe = result;
    this.#tell(server, server.health.probed(result.passed, result.told, result.atMs));
  }

  /** A person's word. */
  place(server: UpstreamServer, placement: Placement, nowMs: number): void {
    this.#tell(server, server.health.place(placement, nowMs));
  }

  /** Whether a failed request may be chosen another server for; a yes is taken off the budget. */
  mayRetry(attempt: FailedAttempt, nowMs: number): RetryVerdict {
    const { retry } = this.config;
    if (retry === null) return 'switched-off';
    const verdict = retryVerdict(attempt);
    return verdict !== 'retry' || this.#budget.take(retry, nowMs) ? verdict : 'budget-spent';
  }

  find(url: string): UpstreamServer | null {
    return this.servers.find((server) => server.url === url) ?? null;
  }

  view(nowMs: number): UpstreamView {
    const requests = this.servers.reduce((sum, { traffic }) => sum + traffic.requests(nowMs), 0);
    return {
      upstream: this.name,
      balance: this.config.balance,
      isAllOut: !this.servers.some(({ health }) => health.takes(nowMs)),
      servers: this.servers.map((server) => server.view(requests, nowMs)),
    };
  }

  /** Fills in the weight each server has in this choice; why all are 0, or null where one is not. */
  #weigh(nowMs: number, tried: readonly UpstreamServer[], isSickToo: boolean): NoServer | null {
    const maxInFlight = this.config.pool.maxConnections ?? Number.POSITIVE_INFINITY;
    const { servers } = this;
    const weights = this.#weights;
    let reason: NoServer | null = 'all-out';
    for (let index = 0; index < servers.length; index += 1) {
      const server = servers[index]!;
      weights[index] = 0;
      if (isSickToo ? server.health.placement !== 'in' : !server.health.takes(nowMs)) continue;
      if (server.inFlight >= maxInFlight) {
        if (reason === 'all-out') reason = 'all-busy';
      } else if (tried.length > 0 && tried.includes(server)) {
        if (reason !== null) reason = 'all-tried';
      } else {
        reason = null;
        weights[index] = server.weight * server.health.weightShare(nowMs);
      }
    }
    return reason;
  }

  /** Null where the server may be ejected. */
  #whyNotEject(server: UpstreamServer, nowMs: number): string | null {
    if (!this.servers.some((other) => other !== server && other.health.takes(nowMs))) {
      return 'it is the last server that takes requests';
    }
    const ejected = this.servers.filter(({ health }) => health.isEjected).length;
    const maxShare = this.config.ejection?.maxEjectedShare ?? 0;
    if (ejected + 1 <= Math.floor(maxShare * this.servers.length + ROUNDING)) return null;
    return `${ejected} of ${this.servers.length} servers are ejected, and a share of ${maxShare} is the most`;
  }

  #tell(server: UpstreamServer, change: HealthChange | null): void {
    if (change !== null) this.#onChange({ ...change, upstream: this.name, server: server.url });
  }
}
