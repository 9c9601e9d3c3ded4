/** Upstream servers as a topology panel, a log line and the command line show them. */
import type { Balance } from './proxy-config';

/**
 * `in`: takes its share. `slow-start`: takes a growing part of it. `trial`: takes one request at a time, which decides.
 * `ejected`: failed requests, waits. `unhealthy`: fails its checks. `draining`: finishes what it has. `out`: taken out
 * by a person.
 */
export type ServerState = 'in' | 'slow-start' | 'trial' | 'ejected' | 'unhealthy' | 'draining' | 'out';

/** What a person may do with a server. */
export const PLACEMENTS = ['in', 'drain', 'out'] as const;
export type Placement = (typeof PLACEMENTS)[number];

/** What made a server change. */
export type ChangeCause = 'check' | 'faults' | 'trial' | 'person' | 'configuration';

export interface HealthChange {
  readonly atMs: number;
  readonly from: ServerState;
  /** The same as `from` where nothing came of it: a server that is not ejected because it is the last one. */
  readonly to: ServerState;
  readonly cause: ChangeCause;
  /** One line to show: `3 connect failures in a row; tried again in 4 s`. */
  readonly reason: string;
}

/** A change of one server's health, as a fact. */
export interface ServerChange extends HealthChange {
  readonly upstream: string;
  readonly server: string;
}

/** One answer, or none, to an active health check. */
export interface ProbeResult {
  readonly atMs: number;
  readonly passed: boolean;
  readonly tookMs: number;
  /** `204`, `connection refused`, `no answer in 2 s`. */
  readonly told: string;
}

export interface ServerView {
  readonly server: string;
  readonly state: ServerState;
  /** Why it is in this state; empty where nothing has happened yet. */
  readonly reason: string;
  /** When the last change was; null before the first. */
  readonly changedAtMs: number | null;
  /** When an ejected server is tried again; null where it is not ejected. */
  readonly retryAtMs: number | null;
  readonly weight: number;
  /** How much of its weight counts now: below 1 in a slow start. */
  readonly weightShare: number;
  readonly inFlight: number;
  /** Since the start. */
  readonly requests: number;
  readonly faults: number;
  /** Of the requests to the whole upstream in the last minute. */
  readonly trafficShare: number;
  /** From sending a request to the first byte of its reply, in the last minute; null without replies. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly lastProbe: ProbeResult | null;
}

export interface UpstreamView {
  readonly upstream: string;
  readonly balance: Balance;
  /** No server takes requests: they are refused, or go to all of them, as the configuration has it. */
  readonly isAllOut: boolean;
  readonly servers: readonly ServerView[];
}
