/** What a connection tells the gauges, to be set beside the limits. */
import { bytesPerSec, type Stage } from '../guard/deadlines';
import { GAUGES } from '../guard/gauges';
import type { Fields } from '../http1/events';
import type { OpenExchange } from './exchange';
import type { PhaseClock } from './phase-clock';
import type { ServerState } from './port';

type Observed = Pick<ServerState, 'gauges' | 'settings'>;

/** A request began after so long. The idle timeout bounds the first wait too where that has no limit of its own. */
export function observeWait({ gauges, settings }: Observed, isFirst: boolean, waitedMs: number): void {
  const roundedMs = Math.round(waitedMs);
  if (isFirst) gauges.see(GAUGES.firstByteTimeoutMs, roundedMs);
  if (!isFirst || settings.firstByteTimeoutMs === null) gauges.see(GAUGES.idleTimeoutMs, roundedMs);
}

/** Bytes arrived so long after the ones before: what a timeout measures that every read starts anew. */
export function observeRead({ gauges, settings }: Observed, stage: Stage, gapMs: number): void {
  const isHead = stage === 'start-line' || stage === 'fields';
  if (isHead && settings.headTimeoutMode === 'inactivity') gauges.see(GAUGES.headTimeoutMs, Math.round(gapMs));
  if (stage === 'body' && settings.bodyTimeoutMode === 'inactivity')
    gauges.see(GAUGES.bodyTimeoutMs, Math.round(gapMs));
}

/** Of a line as it is commonly written: with one space after the colon and none after the value. */
function longestLine(fields: Fields): number {
  let longest = 0;
  for (let index = 0; index < fields.count; index += 1) {
    longest = Math.max(longest, fields.name(index).length + fields.value(index).length + 2);
  }
  return longest;
}

export function observeHead({ gauges, settings }: Observed, { head, number }: OpenExchange, headMs: number): void {
  const headBytes = head.end - head.start;
  gauges.see(GAUGES.maxHeadBytes, headBytes);
  gauges.see(GAUGES.maxFieldCount, head.fields.count);
  gauges.see(GAUGES.maxTargetBytes, head.target.length);
  // Without its line end: the three parts and the two spaces between them.
  gauges.see(GAUGES.maxRequestLineBytes, head.method.length + head.target.length + head.version.length + 2);
  gauges.see(GAUGES.maxRequestsPerConnection, number);
  // Goes through all fields, so only for who wants to know.
  if (settings.maxFieldLineBytes !== null) gauges.see(GAUGES.maxFieldLineBytes, longestLine(head.fields));
  if (settings.headTimeoutMode === 'absolute') gauges.see(GAUGES.headTimeoutMs, Math.round(headMs));
  if (headMs > settings.minRateGraceMs) gauges.see(GAUGES.minHeadBytesPerSec, bytesPerSec(headBytes, headMs));
}

/** A request is complete; `end` is the inbound offset after it. */
export function observeEnd(
  server: Observed,
  exchange: OpenExchange,
  end: number,
  clock: PhaseClock,
  nowMs: number,
): void {
  const { gauges, settings } = server;
  const { head, bodyBytes } = exchange;
  gauges.see(GAUGES.requestTimeoutMs, Math.round(clock.requestMs(settings, nowMs)));
  if (head.framing.kind === 'none') return;
  const bodyMs = clock.bodyMs(nowMs);
  gauges.see(GAUGES.maxBodyBytes, bodyBytes);
  if (settings.bodyTimeoutMode === 'absolute') gauges.see(GAUGES.bodyTimeoutMs, Math.round(bodyMs));
  if (bodyMs > settings.minRateGraceMs) gauges.see(GAUGES.minBodyBytesPerSec, bytesPerSec(end - head.end, bodyMs));
}
