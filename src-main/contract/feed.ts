/**
 * The feed: what the engine pushes to a viewer. Small rows and facts, merged per connection, at most
 * `FEED_BATCHES_PER_SEC` batches a second and at most one batch not yet acknowledged, so a slow viewer never makes
 * a queue grow: what changed meanwhile is merged into its next batch.
 */
import type { ConnectionRow, FaultMark, Trip } from './connections';
import type { Failure } from './errors';
import type { SettingsState } from './presets';
import type { ProxyState } from './proxy-state';
import type { ServerChange, UpstreamView } from './upstreams';
import type { GuardName } from './settings';

export const FEED_BATCHES_PER_SEC = 30;
/** A viewer that owes more changed rows than this gets a reset in place of them. */
export const MAX_OWED_ROWS = 5_000;
/** Trips and faults kept for the log; the oldest are dropped first. */
export const MAX_LOG_ENTRIES = 1_000;
/** Buckets told to a viewer: the emptiest of those used last. */
export const MAX_BUCKETS_SHOWN = 20;
/** Samples of the throughput chart, one a second. */
export const STATS_SAMPLES_KEPT = 120;

export type ListenerState =
  | { readonly state: 'stopped'; readonly host: string; readonly port: number }
  | { readonly state: 'listening'; readonly host: string; readonly port: number; readonly family: 'IPv4' | 'IPv6' }
  | { readonly state: 'failed'; readonly host: string; readonly port: number; readonly error: Failure };

/** A trip, a fault, or a change of a server's health, as the log shows it. */
export type LogEntry =
  | ({ readonly kind: 'trip' } & Trip)
  | ({ readonly kind: 'fault' } & FaultMark)
  | ({ readonly kind: 'health' } & ServerChange);

/** A bucket at one moment. The level between two moments follows from capacity and refill. */
export interface BucketLevel {
  /** Tells two with the same label apart, within one sample. */
  readonly slot: number;
  /** Whose: an address, a target prefix, a field value, of a credential a fingerprint. At most 64 characters. */
  readonly label: string;
  /** Tokens, with a fraction. */
  readonly level: number;
  readonly atMs: number;
}

export interface GuardStats {
  readonly trips: number;
  /** The highest value seen by the guard (for a minimum rate: the lowest); null before the first. */
  readonly extreme: number | null;
}

export interface StatsSample {
  readonly atMs: number;
  readonly requestsPerSec: number;
  readonly bytesInPerSec: number;
  readonly bytesOutPerSec: number;
}

export interface Stats {
  readonly atMs: number;
  readonly requestsPerSec: number;
  readonly bytesInPerSec: number;
  readonly bytesOutPerSec: number;
  readonly open: number;
  readonly trips: number;
  readonly faults: number;
  readonly rateLimited: number;
  readonly guards: Readonly<Record<GuardName, GuardStats>>;
  readonly buckets: readonly BucketLevel[];
  readonly bucketCount: number;
  readonly journalBytes: number;
  readonly cpuPercent: number;
  readonly memoryBytes: number;
}

export interface Notice {
  readonly atMs: number;
  readonly error: Failure;
}

/** Where a viewer begins, and begins again after a reset. */
export interface FeedSnapshot {
  readonly sequence: number;
  /** The engine's clock when the snapshot was taken, to relate its times to the viewer's. */
  readonly nowMs: number;
  /** Oldest first. */
  readonly rows: readonly ConnectionRow[];
  /** Oldest first. */
  readonly log: readonly LogEntry[];
  /** Oldest first. */
  readonly samples: readonly StatsSample[];
  readonly stats: Stats;
  readonly settings: SettingsState;
  readonly listener: ListenerState;
  readonly proxy: ProxyState;
  /** Of the reverse mode; empty in the others. */
  readonly upstreams: readonly UpstreamView[];
  readonly notices: readonly Notice[];
  readonly journalPath: string;
}

/** A change since the batch with the sequence before it. Absent members did not change. */
export interface FeedBatch {
  readonly sequence: number;
  /** True: too much changed; take a new snapshot. Every other member is absent. */
  readonly reset?: true;
  /** Changed and new rows. */
  readonly rows?: readonly ConnectionRow[];
  /** Rows that are no longer kept. */
  readonly dropped?: readonly number[];
  readonly log?: readonly LogEntry[];
  readonly stats?: Stats;
  /** The newest sample, when there is one. */
  readonly sample?: StatsSample;
  readonly settings?: SettingsState;
  readonly listener?: ListenerState;
  readonly proxy?: ProxyState;
  /** All of them, where anything about one changed. */
  readonly upstreams?: readonly UpstreamView[];
  readonly notice?: Notice;
}
