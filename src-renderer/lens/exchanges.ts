/** The exchanges of a connection, with the one whose head is still coming in. */
import type { ConnectionDetail, Direction, Exchange, FaultMark, Trip } from '@contract/connections';
import type { Failure } from '@contract/errors';
import { isOfSocks, SOCKS } from './raw-bytes';

/** Of an exchange whose head is not complete there is only its beginning. */
export const HARDLY_BEGUN = {
  headEnd: null,
  requestEnd: null,
  headAtMs: null,
  requestAtMs: null,
  bodyBytes: 0,
  status: null,
  replyStart: null,
  replyEnd: null,
  replyAtMs: null,
  tokensLeft: null,
  relay: null,
  relayOf: null,
  switchedTo: null,
} as const satisfies Partial<Exchange>;

/** What a guard or fault stopped without a reply: no exchange tells of it. */
function silentVerdict({ trips, faults }: ConnectionDetail, from: number): FaultMark | Trip | null {
  const last = [trips.at(-1), faults.at(-1)]
    .filter((verdict) => verdict !== undefined)
    .toSorted((one, other) => one.atMs - other.atMs)
    .at(-1);
  // The limit of requests ends a connection after its reply: what came later was not read.
  return last === undefined || last.status !== null || last.offset < from || last.code === 'LIM_REQUESTS' ? null : last;
}

/**
 * The engine tells of an exchange once its head is complete, or it is answered; what has arrived of it can be looked
 * at before, and where it never got that far.
 */
function pendingExchange(detail: ConnectionDetail): Exchange | null {
  const { row, exchanges, timeline } = detail;
  const last = exchanges.at(-1);
  // What comes after a switch to another protocol is no request.
  if (last !== undefined && last.switchedTo !== null) return null;
  const requestStart = last === undefined ? 0 : last.requestEnd;
  if (requestStart === null || requestStart >= row.bytesIn) return null;
  const isReadingHead = row.phase === 'start-line' || row.phase === 'headers' || row.phase === 'greeting';
  const verdict = row.phase === 'closed' ? silentVerdict(detail, requestStart) : null;
  if (!isReadingHead && verdict === null) return null;
  // A row names the request before, and its status, until the next start line is complete.
  const hasStartLine = row.phase === 'headers' || (row.phase === 'closed' && row.status === null);
  return {
    ...HARDLY_BEGUN,
    number: (last?.number ?? 0) + 1,
    method: hasStartLine ? row.method : '',
    target: hasStartLine ? row.target : '',
    version: isOfSocks(detail) ? SOCKS : '',
    startedAtMs: row.armed?.startedAtMs ?? timeline.at(-1)?.fromMs ?? row.openedAtMs,
    requestStart,
    failure: verdict && { ...failureOf(verdict, []), offset: verdict.offset },
  };
}

/** Oldest first. */
export function allExchanges(detail: ConnectionDetail): readonly Exchange[] {
  const pending = pendingExchange(detail);
  return pending === null ? detail.exchanges : [...detail.exchanges, pending];
}

/** The bytes of one message of an exchange; null for a reply that has not begun. `streamBytes`: what its direction holds. */
export function messageSpan(
  exchange: Exchange,
  direction: Direction,
  streamBytes: number,
): { readonly start: number; readonly end: number } | null {
  const start = direction === 'in' ? exchange.requestStart : exchange.replyStart;
  const end = direction === 'in' ? exchange.requestEnd : exchange.replyEnd;
  return start === null ? null : { start, end: Math.max(start, end ?? streamBytes) };
}

/** The verdict as a failure with all that its sentence needs: a mark holds less of it than the exchange. */
export function failureOf(verdict: FaultMark | Trip, exchanges: readonly Exchange[]): Failure {
  if ('limit' in verdict) return { code: verdict.code, detail: { limit: verdict.limit, measured: verdict.measured } };
  const told = exchanges.find(({ failure }) => failure?.code === verdict.code && failure.offset === verdict.offset);
  return told?.failure ?? { code: verdict.code };
}
