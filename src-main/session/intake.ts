/**
 * A connection and a request as they come in: what is counted, stated and asked of the limits at each step. What is done
 * about the answers is the session's.
 */
import type { Failure } from '../contract/errors';
import type { GuardName } from '../contract/settings';
import { GAUGES } from '../guard/gauges';
import type { RequestHead } from '../http1/events';
import type { ReplyParts } from '../http1/writer';
import type { Answering } from './answers';
import { OpenExchange } from './exchange';
import { stateHead, stateRate, stateRequestEnd, type Seen } from './fact-log';
import { observeEnd, observeHead, observeWait } from './observe';
import type { PhaseClock } from './phase-clock';
import type { ServerState, SessionIdentity } from './port';

/** Counts the connection in; else names the guard that turns it away. */
export function admit(
  { admission, gauges, settings }: ServerState,
  { clientAddress }: SessionIdentity,
): { readonly guard: GuardName; readonly seen: Seen } | null {
  const verdict = admission.enter(clientAddress, settings);
  if (!verdict.admitted) {
    const { guard, limit, measured } = verdict;
    return { guard, seen: { limit, measured, offset: 0 } };
  }
  gauges.see(GAUGES.maxConnections, admission.open);
  gauges.see(GAUGES.maxConnectionsPerClient, admission.openFrom(clientAddress));
  return null;
}

export function noticeStart(server: ServerState, clock: PhaseClock, nowMs: number): void {
  const isFirst = clock.isUnused;
  const waitedMs = clock.noticeStart(nowMs);
  if (waitedMs !== null) observeWait(server, isFirst, waitedMs);
}

export function beginExchange(by: Answering, head: RequestHead, nowMs: number): OpenExchange {
  const { clock } = by.in.atDesk();
  by.in.requests += 1;
  clock.bodyBegins(head.end, nowMs);
  const exchange = new OpenExchange(head, by.in.requests, clock.requestStartedAtMs);
  observeHead(by.server, exchange, clock.requestMs(by.server.settings, nowMs));
  stateHead(by.out, exchange, nowMs);
  return exchange;
}

/** How long the request waits for its turn; of one that gets no token, the reply. */
export function takeTokens(by: Answering, exchange: OpenExchange, nowMs: number): number | ReplyParts {
  const { buckets, gauges, settings, responder } = by.server;
  const verdict = buckets.take(by.identity.clientAddress, exchange.head, settings, nowMs);
  if (verdict === null) return 0;
  const { allowed, level, capacity, cost, delayMs } = verdict;
  gauges.see(GAUGES.bucketCapacity, Math.ceil(capacity - level));
  stateRate(by.out, exchange.number, verdict, nowMs);
  exchange.rateFields = responder.rateFields(verdict, settings.rateFields);
  if (allowed) return delayMs;
  const refused: Failure = { code: 'LIM_RATE', detail: { limit: capacity, cost } };
  return responder.refusal(refused, Number(settings.rateStatus));
}

/** The body is read whole; `end` is the inbound offset after it. */
export function endExchange(by: Answering, exchange: OpenExchange, end: number, nowMs: number): void {
  observeEnd(by.server, exchange, end, by.in.atDesk().clock, nowMs);
  stateRequestEnd(by.out, exchange, end, nowMs);
  exchange.isRead = true;
}
