/** Counts what happens and turns it into the numbers of the header and the limits panel. */
import {
  MAX_BUCKETS_SHOWN,
  MAX_LOG_ENTRIES,
  STATS_SAMPLES_KEPT,
  type LogEntry,
  type Stats,
  type StatsSample,
} from '../contract/feed';
import type { Fact } from '../contract/facts';
import { GUARD_NAMES, type GuardName } from '../contract/settings';
import type { Activity } from '../net/activity';
import type { ServerState } from '../session/port';

interface Totals {
  readonly atMs: number;
  readonly requests: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly cpuMicroseconds: number;
}

/** Rates are taken over the last second or so. */
const RATE_WINDOW_TICKS = 4;

export class Counters {
  #requests = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #trips = 0;
  #faults = 0;
  readonly #tripsByGuard = new Map<GuardName, number>();
  readonly #log: LogEntry[] = [];
  readonly #samples: StatsSample[] = [];
  /** Newest last; one more than the window, so that a rate spans the whole of it. */
  readonly #ticks: Totals[] = [];

  constructor(private readonly server: ServerState) {}

  get log(): readonly LogEntry[] {
    return this.#log;
  }

  get samples(): readonly StatsSample[] {
    return this.#samples;
  }

  /** Of connections of clients: what goes on to servers would be counted twice. */
  moved({ side, direction, bytes }: Activity): void {
    if (side === 'upstream') return;
    if (direction === 'in') this.#bytesIn += bytes;
    else this.#bytesOut += bytes;
  }

  take(fact: Fact): void {
    // Facts have as many shapes as kinds: asking one for its kind is not free.
    const { kind } = fact;
    if (fact.kind === 'reply') {
      if (fact.side === 'client') this.#requests += 1;
    } else if (kind === 'head' || kind === 'request-end') return;
    else if (fact.kind === 'fault') this.#faults += 1;
    else if (fact.kind === 'rate' && !fact.allowed) this.#countTrip('bucketCapacity');
    else if (fact.kind === 'trip') {
      this.#trips += 1;
      this.#countTrip(fact.guard);
    }
    if (fact.kind === 'trip' || fact.kind === 'fault' || fact.kind === 'health') this.#keep(fact);
  }

  clearLog(): void {
    this.#log.length = 0;
  }

  /** Called at a steady pace; rates are of the time between calls. */
  tick(atMs: number): void {
    const { user, system } = process.cpuUsage();
    const { length } = this.#ticks;
    if (length > RATE_WINDOW_TICKS) this.#ticks.shift();
    this.#ticks.push({
      atMs,
      requests: this.#requests,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      cpuMicroseconds: user + system,
    });
  }

  sample(atMs: number): StatsSample {
    const { requestsPerSec, bytesInPerSec, bytesOutPerSec } = this.#rates();
    const sample = { atMs, requestsPerSec, bytesInPerSec, bytesOutPerSec };
    this.#samples.push(sample);
    if (this.#samples.length > STATS_SAMPLES_KEPT) this.#samples.shift();
    return sample;
  }

  stats(atMs: number, journalBytes: number): Stats {
    const { admission, buckets, settings } = this.server;
    return {
      atMs,
      ...this.#rates(),
      open: admission.open,
      trips: this.#trips,
      faults: this.#faults,
      rateLimited: this.#tripsByGuard.get('bucketCapacity') ?? 0,
      guards: this.#guardStats(),
      buckets: buckets
        .emptiest(MAX_BUCKETS_SHOWN, settings, atMs)
        .map(({ slot, label, level }) => ({ slot, label, level, atMs })),
      bucketCount: buckets.size,
      journalBytes,
      memoryBytes: process.memoryUsage.rss(),
    };
  }

  #guardStats(): Stats['guards'] {
    const { gauges } = this.server;
    const stats = GUARD_NAMES.map((guard) => [
      guard,
      { trips: this.#tripsByGuard.get(guard) ?? 0, extreme: gauges.extreme(guard) },
    ]);
    return Object.fromEntries(stats) as Stats['guards'];
  }

  #rates(): Pick<Stats, 'requestsPerSec' | 'bytesInPerSec' | 'bytesOutPerSec' | 'cpuPercent'> {
    const oldest = this.#ticks[0];
    const newest = this.#ticks.at(-1);
    const seconds = oldest && newest ? (newest.atMs - oldest.atMs) / 1_000 : 0;
    if (!oldest || !newest || seconds <= 0) {
      return { requestsPerSec: 0, bytesInPerSec: 0, bytesOutPerSec: 0, cpuPercent: 0 };
    }
    return {
      requestsPerSec: (newest.requests - oldest.requests) / seconds,
      bytesInPerSec: (newest.bytesIn - oldest.bytesIn) / seconds,
      bytesOutPerSec: (newest.bytesOut - oldest.bytesOut) / seconds,
      cpuPercent: ((newest.cpuMicroseconds - oldest.cpuMicroseconds) / 1_000_000 / seconds) * 100,
    };
  }

  #countTrip(guard: GuardName): void {
    this.#tripsByGuard.set(guard, (this.#tripsByGuard.get(guard) ?? 0) + 1);
  }

  #keep(entry: LogEntry): void {
    this.#log.push(entry);
    if (this.#log.length > MAX_LOG_ENTRIES) this.#log.shift();
  }
}
