/** The phase strip of a connection to a server: connect › TLS › send › wait › receive, of the request that is looked at. */
import type { ConnectionPhase, ConnectionRow, Exchange } from '@contract/connections';
import type { PhaseMark, StepMark } from './phase-marks';

export const UPSTREAM_STEPS = ['connect', 'TLS', 'send', 'wait', 'receive'] as const;
export type UpstreamStep = (typeof UPSTREAM_STEPS)[number];

const STEP_OF_PHASE: Readonly<Partial<Record<ConnectionPhase, UpstreamStep>>> = {
  connecting: 'connect',
  securing: 'TLS',
  sending: 'send',
  waiting: 'wait',
  receiving: 'receive',
};

type Marked = readonly [mark: StepMark, part: string | null];

/** The connection was made for its first request; later ones found it there. */
function connectMark(row: ConnectionRow, exchange: Exchange | null): Marked {
  if (row.connectedAtMs === null) return [row.closeCause === 'upstream-failed' ? 'failed' : 'ahead', null];
  return exchange !== null && exchange.number > 1 ? ['passed', 'kept'] : ['done', null];
}

function tlsMark(row: ConnectionRow, exchange: Exchange | null): Marked {
  if (row.securedAtMs !== null) return exchange !== null && exchange.number > 1 ? ['passed', 'kept'] : ['done', null];
  const hasFailed = row.closeCause === 'upstream-failed' && row.connectedAtMs !== null;
  if (hasFailed) return ['failed', null];
  return exchange === null ? ['ahead', null] : ['passed', 'none'];
}

function exchangeMark(step: UpstreamStep, exchange: Exchange | null, isClosed: boolean): Marked {
  if (exchange === null) return ['ahead', null];
  const isDone = {
    send: exchange.requestEnd !== null,
    wait: exchange.status !== null || exchange.replyStart !== null,
    receive: exchange.replyEnd !== null,
  }[step as 'send' | 'wait' | 'receive'];
  if (isDone) return ['done', null];
  const isFirstLeft = step === 'send' || (step === 'wait' ? exchange.requestEnd !== null : exchange.status !== null);
  return [isClosed && isFirstLeft ? 'failed' : 'ahead', null];
}

/** `isLatest` says the row's phase is about this exchange. */
export function upstreamMarks(
  exchange: Exchange | null,
  row: ConnectionRow,
  isLatest: boolean,
): PhaseMark<UpstreamStep>[] {
  const now = isLatest ? (STEP_OF_PHASE[row.phase] ?? null) : null;
  return UPSTREAM_STEPS.map((step) => {
    if (step === now) return { step, mark: 'now', part: null };
    const isClosed = !isLatest || row.closedAtMs !== null;
    const [mark, part] =
      step === 'connect'
        ? connectMark(row, exchange)
        : step === 'TLS'
          ? tlsMark(row, exchange)
          : exchangeMark(step, exchange, isClosed);
    return { step, mark, part };
  });
}
