/**
 * Which deadline a connection runs under, as a function of its phase: there is no arm/cancel pair to forget. The
 * driver asks again after every event and after every changed setting, so a changed limit also moves a deadline
 * that is armed already.
 *
 * Owns the meaning of the timeouts and of the minimum data rate. Knows no timer and no clock: times are arguments,
 * in milliseconds on one clock.
 */
import type { ConnectionPhase } from '../contract/connections';
import type { GuardName, Settings } from '../contract/settings';

/** When the current phase began, and how the body is getting on. */
export interface PhaseMarks {
  /** Since when the connection waits for the first byte of a request, or for the client to take a reply. */
  readonly waitingSinceMs: number;
  /** First byte of the request under way. */
  readonly requestSinceMs: number;
  /** End of the head of the request under way. */
  readonly bodySinceMs: number;
  /** Bytes of the body section received, chunk framing included: they show that the client is alive. */
  readonly bodyBytes: number;
}

export interface GuardDeadline {
  readonly guard: GuardName;
  readonly startedAtMs: number;
  readonly atMs: number;
  /** The setting in force, in its unit. */
  readonly limit: number;
}

/** A body younger than this is not measured: slow start and a first burst say nothing yet. Kestrel has 5 s too. */
export const DATA_RATE_GRACE_MS = 5_000;

const after = (guard: GuardName, startedAtMs: number, limit: number | null): GuardDeadline | null =>
  limit === null ? null : { guard, startedAtMs, atMs: startedAtMs + limit, limit };

/**
 * The moment the average rate falls below the minimum if nothing more arrives: every byte received moves it, and a
 * trickle below the minimum cannot outrun it.
 */
function dataRateDeadline(limit: number | null, marks: PhaseMarks): GuardDeadline | null {
  if (limit === null) return null;
  const coveredMs = (marks.bodyBytes / limit) * 1_000;
  const atMs = marks.bodySinceMs + Math.max(DATA_RATE_GRACE_MS, coveredMs);
  return { guard: 'minBodyBytesPerSec', startedAtMs: marks.bodySinceMs, atMs, limit };
}

function earlier(one: GuardDeadline | null, other: GuardDeadline | null): GuardDeadline | null {
  if (one === null || other === null) return one ?? other;
  return other.atMs < one.atMs ? other : one;
}

/** The deadline of a phase under these settings; null where the guard is off or the phase has none. */
export function deadlineFor(phase: ConnectionPhase, settings: Settings, marks: PhaseMarks): GuardDeadline | null {
  switch (phase) {
    case 'idle':
    case 'complete':
    // A client that does not take its reply makes no progress either: the same limit bounds that wait.
    case 'replying':
      return after('idleTimeoutMs', marks.waitingSinceMs, settings.idleTimeoutMs);
    case 'start-line':
    case 'headers':
      return after('headTimeoutMs', marks.requestSinceMs, settings.headTimeoutMs);
    case 'body-length':
    case 'chunk-size':
    case 'chunk-data':
    case 'trailers':
      return earlier(
        after('bodyTimeoutMs', marks.bodySinceMs, settings.bodyTimeoutMs),
        dataRateDeadline(settings.minBodyBytesPerSec, marks),
      );
    case 'body-until-close':
    case 'fault':
    case 'lingering':
    case 'closed':
      return null;
  }
}

/** What a tripped deadline measured, in the unit of its guard. */
export function measuredAt(deadline: GuardDeadline, marks: PhaseMarks, nowMs: number): number {
  const elapsedMs = nowMs - deadline.startedAtMs;
  if (deadline.guard !== 'minBodyBytesPerSec') return Math.round(elapsedMs);
  return Math.round((marks.bodyBytes / elapsedMs) * 1_000);
}
