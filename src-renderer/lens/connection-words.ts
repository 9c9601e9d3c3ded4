/** What holds a connection, and how it ended, in words. */
import type {
  ArmedDeadline,
  CloseCause,
  ConnectionDetail,
  ConnectionPhase,
  FaultMark,
  Trip,
} from '@contract/connections';
import { describe } from '@contract/errors';
import { numberEntry, type GuardName } from '@contract/settings';
import { isSocksReply, socksReplyWords } from '@contract/socks-replies';
import { failureOf } from './exchanges';
import { formatCount, formatCountdown, formatDuration } from './format';
import { comparison } from './log-words';

const PHASE_TONES: Readonly<Record<ConnectionPhase, 'ok' | 'warn' | 'bad' | 'faint'>> = {
  idle: 'ok',
  'start-line': 'warn',
  headers: 'warn',
  'body-length': 'warn',
  'chunk-size': 'warn',
  'chunk-data': 'warn',
  trailers: 'warn',
  'body-until-close': 'warn',
  complete: 'ok',
  delayed: 'warn',
  replying: 'ok',
  lingering: 'bad',
  fault: 'bad',
  greeting: 'warn',
  closed: 'faint',
  connecting: 'warn',
  securing: 'warn',
  sending: 'warn',
  waiting: 'warn',
  receiving: 'ok',
  tunnel: 'ok',
};

export const phaseTone = (phase: ConnectionPhase) => PHASE_TONES[phase];

/** The name of a guard inside a sentence. */
export const guardWords = (guard: GuardName): string => numberEntry(guard).label.toLowerCase();

/** Guards that end a connection nobody is using: what runs under them has nothing wrong with it. */
const CALM_GUARDS: ReadonlySet<GuardName> = new Set<GuardName>(['firstByteTimeoutMs', 'idleTimeoutMs']);
export const isCalm = ({ guard }: ArmedDeadline): boolean => CALM_GUARDS.has(guard);

/** `head timeout in 3.4 s` */
export const countdown = ({ guard, atMs }: ArmedDeadline, nowMs: number): string =>
  `${guardWords(guard)} in ${formatCountdown(atMs - nowMs)}`;

const answerWords = (status: number | null, reset = false): string =>
  status !== null
    ? `${isSocksReply(status) ? socksReplyWords(status) : status} sent`
    : reset
      ? 'reset'
      : 'closed silently';

/** A client of SOCKS that offers no way in is told so, before there is a request to be replied to (RFC 1928 §3). */
const faultAnswer = ({ code, status }: FaultMark): string =>
  code === 'SOCKS_METHOD' ? "method X'FF' (no acceptable methods) sent" : answerWords(status);

/** A request of SOCKS that was read whole was not refused for one of its bytes. */
const placeWords = ({ code, offset, status }: FaultMark): string =>
  status !== null && isSocksReply(status) && !code.startsWith('SOCKS_') ? '' : ` at byte ${formatCount(offset)}`;

function cutBy({ guard, limit, measured, status }: Trip, reset: boolean): string {
  const { unit } = numberEntry(guard);
  const by = unit === 'ms' ? ` after ${formatDuration(measured)}` : `: ${comparison(unit, measured, limit)}`;
  return `cut by ${guardWords(guard)}${by}, ${answerWords(status, reset)}`;
}

const CAUSES: Readonly<Record<CloseCause, string>> = {
  'client-closed': 'closed by the client',
  'client-reset': 'reset by the client',
  'server-closed': 'closed by the server',
  'guard-closed': 'cut by a guard',
  'guard-reset': 'reset by a guard',
  'fault-closed': 'closed after a malformed request',
  stopped: 'closed because the server was stopped',
  'upstream-closed': 'closed by the server',
  'upstream-reset': 'reset by the server',
  'upstream-failed': 'given up before it was connected',
  'pool-closed': 'closed by us, since nobody needed it any more',
  'client-left': 'closed by us, since its client had left',
};

/** How the connection ended, in one sentence; null while it is open. */
export function ending(detail: ConnectionDetail): string | null {
  const { closeCause, closedAtMs, openedAtMs } = detail.row;
  if (closeCause === null) return null;
  const trip = detail.trips.at(-1);
  const fault = detail.faults.at(-1);
  const isReset = closeCause === 'guard-reset';
  if ((closeCause === 'guard-closed' || isReset) && trip !== undefined) return cutBy(trip, isReset);
  if (closeCause === 'fault-closed' && fault !== undefined) {
    const { title } = describe(failureOf(fault, detail.exchanges));
    return `refused${placeWords(fault)}, ${faultAnswer(fault)}: ${title}`;
  }
  return `${CAUSES[closeCause]} after ${formatDuration((closedAtMs ?? openedAtMs) - openedAtMs)}`;
}
