/**
 * What a client is told whose bytes are not taken: the fact is stated, then the reply is written where there is one. That
 * the connection ends then is the session's affair.
 */
import type { CloseCause } from '../contract/connections';
import type { Failure } from '../contract/errors';
import { guardOf, type GuardName } from '../contract/settings';
import { GAUGES } from '../guard/gauges';
import type { Fault } from '../http1/events';
import { actionOn, statusOf, tripCodeOf } from './actions';
import type { Answering } from './answers';
import type { OpenExchange } from './exchange';
import { stateFault, stateTrip, type Seen } from './fact-log';
import type { Session } from './port';
import { replyToNone, replyToRequest } from './replier';

interface Refusing extends Answering, Pick<Session, 'phase'> {
  /** Under way; null: none is. */
  readonly exchange: OpenExchange | null;
}

/** A byte budget or a rule of the protocol was broken. What ends the connection is returned. */
export function refuse(by: Refusing, fault: Fault, nowMs: number): CloseCause {
  const guard = guardOf(fault.code);
  if (guard !== null) {
    const { limit, measured } = fault.detail ?? {};
    return trip(by, guard, { limit: Number(limit), measured: Number(measured), offset: fault.offset }, nowMs);
  }
  const status = statusFor(by, fault);
  stateFault(by.out, fault, status, nowMs);
  tell(by, fault, status, nowMs);
  return 'fault-closed';
}

/** A guard trips. */
export function trip(by: Refusing, guard: GuardName, seen: Seen, nowMs: number): 'guard-reset' | 'guard-closed' {
  const { gauges, settings } = by.server;
  gauges.see(GAUGES[guard], seen.measured);
  const action = actionOn(guard, by.in.atDesk().clock.stageOf(by.phase), settings);
  const status = typeof action === 'number' && by.exchange?.replied !== true ? action : null;
  stateTrip(by.out, guard, { ...seen, status }, nowMs);
  if (action === 'reset') return 'guard-reset';
  tell(by, { code: tripCodeOf(guard), detail: { limit: seen.limit, measured: seen.measured } }, status, nowMs);
  return 'guard-closed';
}

/** A rule of our own was broken. */
export function tellBroken(by: Refusing, failure: Failure, nowMs: number): void {
  tell(by, failure, statusFor(by, failure), nowMs);
}

/** Null once the request has its reply: there is no second one. */
function statusFor({ exchange, server }: Refusing, { code }: Failure): number | null {
  return exchange?.replied === true ? null : statusOf(code, server.settings);
}

/** The reply to what was refused; `status` null: there is none. */
function tell(by: Refusing, { code, detail }: Failure, status: number | null, nowMs: number): void {
  if (status === null) return;
  const failure = detail === undefined ? { code } : { code, detail };
  const parts = by.server.responder.refusal(failure, status);
  const { exchange } = by;
  if (exchange === null) return replyToNone(by.out, by.in.atDesk(), parts, nowMs);
  exchange.closes = true;
  replyToRequest(by.out, by.in.atDesk(), exchange, parts, nowMs);
}
