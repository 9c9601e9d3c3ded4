/** What a row of the list says in words and tones. */
import type { CloseCause, ConnectionPhase, ConnectionRow } from '@contract/connections';
import type { ErrorCode } from '@contract/errors';
import { isRefusal } from './status-words';
import { GUARD_NAMES, numberEntry, SETTINGS } from '@contract/settings';

export type RowTone = 'ok' | 'warn' | 'bad' | 'faint';

/** Ends of a connection in which nobody did anything wrong. */
const HARMLESS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'LIM_FIRST_BYTE_TIMEOUT',
  'LIM_IDLE_TIMEOUT',
  'LIM_REQUESTS',
]);

const GUARD_LABELS: ReadonlyMap<ErrorCode, string> = new Map(
  GUARD_NAMES.flatMap((name) => {
    const { trips, label } = numberEntry(name);
    return trips === null || trips === 'LIM_RATE' ? [] : [[trips, label.toLowerCase()]];
  }),
);

/** Names in a code that are not words. */
const SPELLINGS: Readonly<Record<string, string>> = {
  lf: 'LF',
  cr: 'CR',
  tls: 'TLS',
  http2: 'HTTP/2',
  obs: 'obsolete',
  rsv: 'RSV',
  alpn: 'ALPN',
  ca: 'CA',
};

/** Codes that do not say by themselves what they mean. */
const LABELS: ReadonlyMap<ErrorCode, string> = new Map<ErrorCode, string>([
  ['LIM_RATE', 'rate limit'],
  ['UP_CONNECT', 'connect failed'],
  ['UP_CLOSED', 'no reply'],
  ['UP_MALFORMED', 'malformed reply'],
  ['UP_CODED', 'coded reply'],
  ['FWD_NOT_ABSOLUTE', 'no proxy request'],
  ['FWD_CLIENT', 'client not allowed'],
  ['FWD_PRIVATE', 'private address'],
  ['TLS_UPSTREAM_WANTS_CERTIFICATE', 'wants a certificate'],
  ['SOCKS_VERSION', 'no SOCKS5'],
  ['SOCKS_METHOD', 'needs a password'],
  ['SOCKS_COMMAND', 'no CONNECT'],
]);

/** The few words a badge has room for: the guard's own name, or the code without its prefix. */
export function markLabel(code: ErrorCode): string {
  return (
    LABELS.get(code) ??
    GUARD_LABELS.get(code) ??
    code
      .slice(code.indexOf('_') + 1)
      .toLowerCase()
      .split('_')
      .map((word) => SPELLINGS[word] ?? word)
      .join(' ')
  );
}

/** How much a mark weighs: `warn` is the rate limit's, `faint` a harmless end. */
export function markTone(code: ErrorCode): RowTone {
  if (code === 'LIM_RATE') return 'warn';
  return HARMLESS.has(code) ? 'faint' : 'bad';
}

/** The mark worth showing where there is room for one: the newest of those that weigh most. */
export function chiefMark(row: ConnectionRow): ErrorCode | null {
  const { marks } = row;
  return (
    marks.findLast((code) => markTone(code) === 'bad') ??
    marks.findLast((code) => markTone(code) === 'warn') ??
    marks.at(-1) ??
    null
  );
}

/** A TLS handshake is under way in it: its bytes do not pass yet, and there is a deadline for when they do. */
export const isShaking = ({ phase, armed }: ConnectionRow): boolean =>
  phase === 'tunnel' && armed?.guard === 'headTimeoutMs';

const PHASE_LABELS: Readonly<Record<ConnectionPhase, string>> = {
  idle: 'idle',
  'start-line': 'reading start line',
  headers: 'reading headers',
  'body-length': 'reading body',
  'chunk-size': 'reading chunk size',
  'chunk-data': 'reading chunk',
  trailers: 'reading trailers',
  'body-until-close': 'reading body',
  complete: 'request complete',
  fault: 'fault',
  greeting: 'reading SOCKS handshake',
  delayed: 'waiting for its turn',
  replying: 'replying',
  lingering: 'lingering',
  closed: 'closed',
  connecting: 'connecting',
  securing: 'TLS handshake',
  sending: 'sending request',
  waiting: 'waiting for a reply',
  receiving: 'receiving reply',
  tunnel: 'tunnel',
};

export const phaseLabel = (phase: ConnectionPhase): string => PHASE_LABELS[phase];

const READING: ReadonlySet<ConnectionPhase> = new Set<ConnectionPhase>([
  'start-line',
  'headers',
  'body-length',
  'chunk-size',
  'chunk-data',
  'trailers',
  'body-until-close',
  'greeting',
]);

/** A request is being passed on, and its reply has not begun. */
const AWAITING: ReadonlySet<ConnectionPhase> = new Set<ConnectionPhase>([
  'delayed',
  'connecting',
  'securing',
  'sending',
  'waiting',
]);

/** Is a request under way whose bytes are not all here? */
export const isReading = (row: ConnectionRow): boolean => READING.has(row.phase);

const RATE_STATUSES: ReadonlySet<number> = new Set(Object.keys(SETTINGS.rateStatus.options).map(Number));

/** Was the latest request refused by the rate limit? */
export const isRateLimited = ({ status, marks }: ConnectionRow): boolean =>
  status === 429 || (status !== null && RATE_STATUSES.has(status) && marks.includes('LIM_RATE'));

export function rowTone(row: ConnectionRow): RowTone {
  const mark = chiefMark(row);
  if (mark !== null && markTone(mark) === 'bad') return 'bad';
  if (row.closeCause === 'upstream-failed') return 'bad';
  if (isReading(row) || AWAITING.has(row.phase)) return 'warn';
  if (row.phase === 'tunnel') return 'ok';
  if (row.status === null) return 'faint';
  return !isRefusal(row.status) ? 'ok' : isRateLimited(row) ? 'warn' : 'faint';
}

/** `GET /health`; where the latest request has no start line, what there is in its place. */
export function requestText(row: ConnectionRow): string {
  const { method, target, bytesIn, connectedAtMs, closedAtMs, side, carrier, phase, marks } = row;
  if (method !== '') return `${method} ${target}`;
  // Either end of a tunnel: what passes there is for nobody here to read.
  if (phase === 'tunnel' || (side === 'upstream' && carrier !== null)) {
    return connectedAtMs === null && closedAtMs !== null && side === 'upstream' ? 'no tunnel' : 'tunnel';
  }
  if (phase === 'greeting') return 'no SOCKS5 request yet';
  if (marks.some((mark) => mark.startsWith('SOCKS_'))) return 'no SOCKS5 request';
  return `${bytesIn === 0 ? 'no request' : 'no start line'}${closedAtMs === null ? ' yet' : ''}`;
}

export type StatusTone = 'ok' | 'warn' | 'bad' | 'muted';

export function statusTone(row: ConnectionRow): StatusTone {
  if (row.status === null) return 'muted';
  if (isRateLimited(row)) return 'warn';
  return isRefusal(row.status) ? 'bad' : 'ok';
}

const CLOSE_LABELS = {
  'client-closed': 'closed by the client',
  'client-reset': 'reset by the client',
  'server-closed': 'closed by the server',
  'guard-closed': 'closed by a guard',
  'guard-reset': 'reset by a guard',
  'fault-closed': 'closed after a fault',
  stopped: 'closed when the listener stopped',
  'upstream-closed': 'closed by the server',
  'upstream-reset': 'reset by the server',
  'upstream-failed': 'never connected',
  'pool-closed': 'closed as no longer needed',
  'client-left': 'closed as its client left',
} as const satisfies Record<CloseCause, string>;

/** `open, reading headers`; `closed by a guard, head timeout` */
export function rowStateText(row: ConnectionRow): string {
  const state = row.closeCause === null ? `open, ${phaseLabel(row.phase)}` : CLOSE_LABELS[row.closeCause];
  return [state, ...row.marks.map(markLabel)].join(', ');
}
