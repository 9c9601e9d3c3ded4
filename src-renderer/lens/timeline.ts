/** Places the reads and writes of a connection on a time axis. Pure: times in, percentages out. */
import type { ConnectionDetail, ConnectionRow, Direction, Exchange, TimelineBar } from '@contract/connections';
import type { GuardName } from '@contract/settings';

export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PlacedBar {
  readonly bar: TimelineBar;
  readonly leftPercent: number;
  readonly widthPercent: number;
  /** Where the bytes of the run begin in their direction. */
  readonly offset: number;
}

export interface Tick {
  readonly percent: number;
  readonly label: string;
}

const MIN_SPAN_MS = 0.5;
/** Room to the right of a deadline, so that its label fits. */
const DEADLINE_ROOM = 1.12;
/** A deadline this many times farther away than what has happened would press all bars into the left edge. */
const FAR_DEADLINE = 4;
const MAX_TICKS = 8;

const niceStep = (least: number): number => {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
};

/** Every byte moves them: where they are far away, nobody waits for them yet. */
const IDLE_GUARDS: readonly GuardName[] = ['idleTimeoutMs', 'tunnelIdleTimeoutMs'];

const deadlineEnd = ({ armed, openedAtMs }: ConnectionRow, elapsedMs: number): number => {
  if (armed === null) return 0;
  const deadlineMs = armed.atMs - openedAtMs;
  const isFar = deadlineMs > elapsedMs * FAR_DEADLINE && IDLE_GUARDS.includes(armed.guard);
  return isFar ? 0 : deadlineMs * DEADLINE_ROOM;
};

/**
 * The time shown: from the opening to the close, or to now and the deadline that is armed. While the connection is
 * open the end is a round number, so that the bars keep their place between two steps.
 */
export function timeSpan(detail: ConnectionDetail, nowMs: number): TimeSpan {
  const { row, timeline } = detail;
  const last = timeline.reduce((latest, bar) => Math.max(latest, bar.toMs), row.openedAtMs);
  const lastTrip = detail.trips.at(-1)?.atMs ?? 0;
  const fromMs = row.openedAtMs;
  if (row.closedAtMs !== null) return { fromMs, toMs: Math.max(last, row.closedAtMs, lastTrip, fromMs + MIN_SPAN_MS) };
  const elapsed = Math.max(last, nowMs, fromMs + MIN_SPAN_MS) - fromMs;
  const needed = Math.max(elapsed, deadlineEnd(row, elapsed));
  const step = niceStep(needed / MAX_TICKS);
  return { fromMs, toMs: fromMs + Math.ceil(needed / step) * step };
}

export const percentAt = (atMs: number, span: TimeSpan): number =>
  Math.min(100, Math.max(0, ((atMs - span.fromMs) / (span.toMs - span.fromMs)) * 100));

/** From the first byte of a request to its reply; to now where that is still to come. */
export const exchangeSpan = ({ startedAtMs, replyAtMs }: Exchange, nowMs: number): TimeSpan => ({
  fromMs: startedAtMs,
  toMs: Math.max(startedAtMs, replyAtMs ?? nowMs),
});

/** Offsets are counted back from the end of the stream: the oldest runs may no longer be kept. */
export function placeBars(detail: ConnectionDetail, span: TimeSpan): PlacedBar[] {
  const ends: Record<Direction, number> = { in: detail.row.bytesIn, out: detail.row.bytesOut };
  const placed: PlacedBar[] = [];
  for (const bar of detail.timeline.toReversed()) {
    ends[bar.direction] = Math.max(0, ends[bar.direction] - bar.bytes);
    const leftPercent = percentAt(bar.fromMs, span);
    placed.push({
      bar,
      leftPercent,
      widthPercent: percentAt(bar.toMs, span) - leftPercent,
      offset: ends[bar.direction],
    });
  }
  return placed.reverse();
}

/** Round steps with the unit at both ends, as in `0 s  2  4  6  8  10 s`. */
export function ticks(span: TimeSpan): Tick[] {
  const lengthMs = span.toMs - span.fromMs;
  const unit = lengthMs >= 1_000 ? { name: 's', ms: 1_000 } : { name: 'ms', ms: 1 };
  const step = niceStep(lengthMs / MAX_TICKS);
  const count = Math.floor(lengthMs / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => {
    const value = String(Number(((index * step) / unit.ms).toPrecision(6)));
    return {
      percent: ((index * step) / lengthMs) * 100,
      label: index === 0 || index === count ? `${value} ${unit.name}` : value,
    };
  });
}
