/**
 * The active checks of all servers in force: when each is asked, and that no more are asked at once than may be.
 *
 * Each server has a schedule of its own, begun at a random moment of its first interval, and at most one check under
 * way. A check whose turn comes while `MAX_CHECKS_AT_ONCE` are under way waits, first come first served, and the next
 * one is counted from when it began; so a thousand servers that do not answer cost 64 sockets. Neither timers nor
 * sockets of checks keep the program running.
 */
import type { ConnectionOptions } from 'node:tls';
import { BugError } from '../contract/errors';
import type { HealthCheckConfig } from '../contract/proxy-config';
import { parseUpstreamUrl, type UpstreamUrl } from '../contract/upstream-url';
import { firstProbeDelayMs, nextProbeDelayMs } from '../guard/probe-delay';
import type { UpstreamGroup } from '../guard/upstream-group';
import type { UpstreamServer } from '../guard/upstream-server';
import { nowMs } from './clock';
import { Probe } from './probe';

export const MAX_CHECKS_AT_ONCE = 64;

export interface ProberOptions {
  /** From 0 to below 1. */
  readonly random: () => number;
  /** As the connections to this server that carry requests have them. */
  readonly tlsOptions: (url: UpstreamUrl) => ConnectionOptions;
}

function urlOf({ url }: UpstreamServer): UpstreamUrl {
  const parsed = parseUpstreamUrl(url);
  if (typeof parsed === 'string') throw new BugError('a server in force has a URL that cannot be read');
  return parsed;
}

/** The checks of one server. */
class Schedule {
  #timer: NodeJS.Timeout | null = null;
  #probe: Probe | null = null;

  constructor(
    private readonly prober: Prober,
    public group: UpstreamGroup,
    readonly server: UpstreamServer,
    readonly check: HealthCheckConfig,
  ) {}

  wait(delayMs: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.prober.due(this);
    }, delayMs).unref();
  }

  begin(): void {
    const { check } = this;
    const { random, tlsOptions } = this.prober.options;
    const nextAtMs = nowMs() + nextProbeDelayMs(check, random);
    this.#probe = new Probe({
      url: urlOf(this.server),
      check,
      tlsOptions,
      onDone: (result) => {
        this.#probe = null;
        this.wait(Math.max(0, nextAtMs - nowMs()));
        this.group.probed(this.server, result);
        this.prober.done();
      },
    });
  }

  /** True: a check was under way. */
  stop(): boolean {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const probe = this.#probe;
    probe?.stop();
    this.#probe = null;
    return probe !== null;
  }
}

export class Prober {
  /** By server: each belongs to one upstream. */
  #schedules: ReadonlyMap<UpstreamServer, Schedule> = new Map();
  /** In the order they came due. */
  readonly #waiting = new Set<Schedule>();
  #underWay = 0;

  constructor(readonly options: ProberOptions) {}

  /** These upstreams from now on. The schedule of a server goes on where neither it nor its check is another one. */
  configure(groups: readonly UpstreamGroup[]): void {
    const before = this.#schedules;
    const schedules = new Map<UpstreamServer, Schedule>();
    for (const group of groups) {
      const { healthCheck } = group.config;
      if (healthCheck === null) continue;
      for (const server of group.servers) {
        const known = before.get(server);
        schedules.set(server, this.#goOn(known, group, healthCheck) ?? this.#start(group, server, healthCheck));
      }
    }
    this.#schedules = schedules;
    for (const [server, schedule] of before) {
      if (schedules.get(server) !== schedule) this.#stop(schedule);
    }
    this.#fill();
  }

  stop(): void {
    this.configure([]);
  }

  /** The time of a check has come. */
  due(schedule: Schedule): void {
    this.#waiting.add(schedule);
    this.#fill();
  }

  /** A check is over. */
  done(): void {
    this.#underWay -= 1;
    this.#fill();
  }

  #goOn(known: Schedule | undefined, group: UpstreamGroup, check: HealthCheckConfig): Schedule | null {
    if (known === undefined || JSON.stringify(known.check) !== JSON.stringify(check)) return null;
    known.group = group;
    return known;
  }

  #start(group: UpstreamGroup, server: UpstreamServer, check: HealthCheckConfig): Schedule {
    const schedule = new Schedule(this, group, server, check);
    schedule.wait(firstProbeDelayMs(check, this.options.random));
    return schedule;
  }

  #stop(schedule: Schedule): void {
    this.#waiting.delete(schedule);
    if (schedule.stop()) this.#underWay -= 1;
  }

  #fill(): void {
    for (const schedule of this.#waiting) {
      if (this.#underWay >= MAX_CHECKS_AT_ONCE) return;
      this.#waiting.delete(schedule);
      this.#underWay += 1;
      schedule.begin();
    }
  }
}
