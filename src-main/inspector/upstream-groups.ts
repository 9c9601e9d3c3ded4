/**
 * The upstreams of the configuration in force, each with its servers, their health and their counts. A new configuration
 * keeps those of the servers that stay, by the name of the upstream and the URL of the server.
 */
import { fail, ok, type Result } from '../contract/errors';
import type { Fact } from '../contract/facts';
import type { ProxyConfig } from '../contract/proxy-config';
import type { Placement, ServerChange, UpstreamView } from '../contract/upstreams';
import { UpstreamGroup } from '../guard/upstream-group';

export interface UpstreamGroupsOptions {
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Takes a fact for every change of a server's health. */
  readonly record: (fact: Fact) => void;
}

export class UpstreamGroups {
  #config: ProxyConfig | null = null;
  #groups: ReadonlyMap<string, UpstreamGroup> = new Map();

  constructor(private readonly options: UpstreamGroupsOptions) {}

  /** In the order of the configuration. */
  get all(): readonly UpstreamGroup[] {
    return [...this.#groups.values()];
  }

  configure(config: ProxyConfig | null, nowMs: number): void {
    if (config === this.#config) return;
    const before = this.#groups;
    this.#config = config;
    const groups = new Map<string, UpstreamGroup>();
    for (const [name, upstream] of Object.entries(config?.upstreams ?? {})) {
      const known = before.get(name);
      const { random } = this.options;
      const onChange = (change: ServerChange): void => this.#changed(change);
      const made = { name, config: upstream, random, onChange, nowMs };
      groups.set(name, new UpstreamGroup(known === undefined ? made : { ...made, before: known }));
    }
    this.#groups = groups;
  }

  find(name: string): UpstreamGroup | null {
    return this.#groups.get(name) ?? null;
  }

  views(nowMs: number): readonly UpstreamView[] {
    return this.all.map((group) => group.view(nowMs));
  }

  /** A person's word on a server. Fails with `CALL_NO_SERVER`. */
  place(upstream: string, url: string, placement: Placement, nowMs: number): Result<null> {
    const group = this.find(upstream);
    const server = group?.find(url) ?? null;
    if (group === null || server === null) return fail('CALL_NO_SERVER', { upstream, server: url });
    group.place(server, placement, nowMs);
    return ok(null);
  }

  /** Requests under way may still tell of a server that is configured no more: nobody shows it. */
  #changed(change: ServerChange): void {
    const servers = this.#config?.upstreams[change.upstream]?.servers;
    if (servers?.some(({ url }) => url === change.server) !== true) return;
    this.options.record({ kind: 'health', connection: 0, ...change });
  }
}
