/** Where the bytes of a connection stop being HTTP, or whether they ever were. */
import type { ConnectionDetail, ConnectionPhase, Direction, Exchange } from '@contract/connections';

/** The exchange after which the connection went on with another protocol. It is the last one there can be. */
export const switchedExchange = ({ exchanges }: Pick<ConnectionDetail, 'exchanges'>): Exchange | null => {
  const last = exchanges.at(-1);
  return last === undefined || last.switchedTo === null ? null : last;
};

/** The version of such an exchange. */
export const SOCKS = 'SOCKS5';

/** A request of SOCKS is an exchange too, but its bytes are not HTTP. */
export const isSocks = ({ version }: Exchange): boolean => version === SOCKS;

/** Did the client say anything to the SOCKS mode? What it asked for tells, or what was wrong, or what its reads were. */
export const isOfSocks = ({ row, exchanges, faults, timeline }: ConnectionDetail): boolean =>
  exchanges.some(isSocks) ||
  row.phase === 'greeting' ||
  timeline.some(({ phase }) => phase === 'greeting') ||
  faults.some(({ code }) => code.startsWith('SOCKS_'));

/** What began as anything else is shown as what it may be: TLS, or HTTP. */
const speaksSocks = (detail: ConnectionDetail): boolean =>
  isOfSocks(detail) && !detail.faults.some(({ code, offset }) => code === 'SOCKS_VERSION' && offset === 0);

/**
 * Where the handshake of SOCKS ends in a direction: there the tunnel begins, if one was granted. Null: there is no
 * handshake.
 */
export function socksEnd(detail: ConnectionDetail, direction: Direction): number | null {
  if (!speaksSocks(detail)) return null;
  const exchange = switchedExchange(detail);
  return (direction === 'in' ? exchange?.requestEnd : exchange?.replyEnd) ?? Infinity;
}

/** Phases in which bytes pass that nobody reads as HTTP. */
const RAW_PHASES: ReadonlySet<ConnectionPhase> = new Set<ConnectionPhase>(['tunnel', 'securing']);

/** A row that is closed has no phase but that; its runs of reads keep theirs. */
const neverSpokeHttp = ({ row, exchanges, timeline }: ConnectionDetail): boolean =>
  exchanges.length === 0 && (RAW_PHASES.has(row.phase) || timeline.some(({ phase }) => RAW_PHASES.has(phase)));

/** The first offset of a direction that is not HTTP; null: all of it is read as HTTP. */
export function rawFrom(detail: ConnectionDetail, direction: Direction): number | null {
  if (isOfSocks(detail)) return speaksSocks(detail) ? 0 : null;
  const exchange = switchedExchange(detail);
  if (exchange !== null) return direction === 'in' ? exchange.requestEnd : exchange.replyEnd;
  return neverSpokeHttp(detail) ? 0 : null;
}

/** Where TLS may begin in what was sent in; null: nowhere, as far as it is known. */
export function openingStart(detail: ConnectionDetail): number | null {
  const exchange = switchedExchange(detail);
  if (exchange !== null) return exchange.switchedTo === 'tunnel' ? exchange.requestEnd : null;
  return detail.row.method === '' || neverSpokeHttp(detail) ? 0 : null;
}
