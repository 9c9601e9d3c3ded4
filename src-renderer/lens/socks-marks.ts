/** The phase strip of a client of SOCKS5: greeting › request › connect › reply (RFC 1928 §3 to §6). */
import type { ConnectionRow, Exchange } from '@contract/connections';
import { SOCKS_REPLIES } from '@contract/socks-replies';
import type { PhaseMark, StepMark } from './phase-marks';
import { statusSign } from './status-words';

export const SOCKS_STEPS = ['greeting', 'request', 'connect', 'reply'] as const;
export type SocksStep = (typeof SOCKS_STEPS)[number];

/** What we write first is the choice of a method: with that the greeting is over. */
const isGreeted = ({ bytesOut }: ConnectionRow, exchange: Exchange): boolean =>
  bytesOut > 0 && exchange.failure?.code !== 'SOCKS_METHOD';

function doneSteps(row: ConnectionRow, exchange: Exchange): ReadonlySet<SocksStep> {
  const { method, status } = exchange;
  const done: Readonly<Record<SocksStep, boolean>> = {
    greeting: isGreeted(row, exchange),
    request: method !== '',
    connect: status === SOCKS_REPLIES.succeeded,
    reply: status !== null,
  };
  return new Set(SOCKS_STEPS.filter((step) => done[step]));
}

/** There is one exchange at most. */
export function socksMarks(exchange: Exchange | null, row: ConnectionRow): PhaseMark<SocksStep>[] {
  if (exchange === null) return SOCKS_STEPS.map((step) => ({ step, mark: 'ahead', part: null }));
  const done = doneSteps(row, exchange);
  const reached = SOCKS_STEPS.find((step) => !done.has(step));
  const atReached: StepMark = exchange.failure !== null ? 'failed' : row.closedAtMs === null ? 'now' : 'ahead';
  return SOCKS_STEPS.map((step) => {
    const mark = done.has(step) ? 'done' : step === reached ? atReached : 'ahead';
    const part = step === 'reply' && exchange.status !== null ? statusSign(exchange.status) : null;
    return { step, mark, part };
  });
}
