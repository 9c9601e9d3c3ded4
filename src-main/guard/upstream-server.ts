/** One server of an upstream: its health, the requests it has under way, and what it has done so far. */
import type { ServerConfig } from '../contract/proxy-config';
import type { ProbeResult, ServerView } from '../contract/upstreams';
import { TrafficWindow } from './latency';
import { hashOf } from './rotation';
import { ServerHealth, type HealthRules } from './server-health';

export class UpstreamServer {
  readonly url: string;
  readonly hash: number;
  readonly health: ServerHealth;
  readonly traffic = new TrafficWindow();
  inFlight = 0;
  requests = 0;
  faults = 0;
  lastProbe: ProbeResult | null = null;
  #config: ServerConfig;

  constructor(config: ServerConfig, rules: HealthRules) {
    this.#config = config;
    this.url = config.url;
    this.hash = hashOf(config.url);
    this.health = new ServerHealth(rules, config.drain ? 'drain' : 'in');
  }

  get config(): ServerConfig {
    return this.#config;
  }

  get weight(): number {
    return this.#config.weight;
  }

  /** Whether a person's word stands is the caller's: `drain` counts where the configuration changed it. */
  configure(config: ServerConfig): void {
    this.#config = config;
  }

  /** `requests` are those to all servers of the upstream in the last minute. */
  view(requests: number, nowMs: number): ServerView {
    const { health, traffic } = this;
    return {
      server: this.url,
      state: health.stateAt(nowMs),
      reason: health.lastChange?.reason ?? '',
      changedAtMs: health.lastChange?.atMs ?? null,
      retryAtMs: health.retryAtMs,
      weight: this.weight,
      weightShare: health.weightShare(nowMs),
      inFlight: this.inFlight,
      requests: this.requests,
      faults: this.faults,
      trafficShare: requests === 0 ? 0 : traffic.requests(nowMs) / requests,
      p50Ms: traffic.quantileMs(0.5, nowMs),
      p95Ms: traffic.quantileMs(0.95, nowMs),
      lastProbe: this.lastProbe,
    };
  }
}
