/** The phase strip: how far one exchange came on the way start line › headers › body › rate limit › route › reply. */
import type { ConnectionPhase, ConnectionRow, Exchange } from '@contract/connections';
import type { ErrorCode } from '@contract/errors';

export const PHASE_STEPS = ['start line', 'headers', 'body', 'rate limit', 'route', 'reply'] as const;
export type PhaseStep = (typeof PHASE_STEPS)[number];

/** `passed`: not needed for this exchange (no body, rate limit off). */
export type StepMark = 'done' | 'now' | 'failed' | 'passed' | 'ahead';

export interface PhaseMark<Step extends string = PhaseStep> {
  readonly step: Step;
  readonly mark: StepMark;
  /** Named inside the step: the part of a body that is being read, or `none`. */
  readonly part: string | null;
}

const STEP_OF_PHASE: Readonly<Partial<Record<ConnectionPhase, PhaseStep>>> = {
  'start-line': 'start line',
  headers: 'headers',
  'body-length': 'body',
  'chunk-size': 'body',
  'chunk-data': 'body',
  trailers: 'body',
  'body-until-close': 'body',
  complete: 'route',
  delayed: 'rate limit',
  replying: 'reply',
  waiting: 'reply',
};

/** What of a step is under way, where it has parts. */
const PARTS: Readonly<Partial<Record<ConnectionPhase, string>>> = {
  delayed: 'waiting',
  waiting: 'waiting',
  'chunk-size': 'chunk size',
  'chunk-data': 'chunk data',
  trailers: 'trailers',
  'body-until-close': 'until close',
};

const START_LINE_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'H1_REQUEST_LINE',
  'H1_METHOD',
  'H1_TARGET',
  'H1_VERSION',
  'H1_VERSION_UNSUPPORTED',
  'H1_HTTP2_PREFACE',
  'H1_TLS_ON_PLAIN_PORT',
  'LIM_FIRST_BYTE_TIMEOUT',
  'LIM_REQUEST_LINE_BYTES',
  'LIM_TARGET_BYTES',
  'LIM_CONNECTIONS',
  'LIM_CLIENT_CONNECTIONS',
  'LIM_IDLE_TIMEOUT',
]);
const BODY_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'H1_CHUNK_SIZE',
  'H1_CHUNK_EXTENSION',
  'H1_CHUNK_END',
  'H1_TRAILER_FIELD',
  'LIM_BODY_TIMEOUT',
  'LIM_BODY_RATE',
  'LIM_BODY_BYTES',
  'LIM_HELD_BODY',
]);

/** May happen anywhere in a head, or in a body as well: how far the message had come tells. */
const ANYWHERE_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'LIM_HEAD_TIMEOUT',
  'LIM_HEAD_RATE',
  'LIM_REQUEST_TIMEOUT',
  'LIM_HEAD_BYTES',
  'H1_INCOMPLETE',
  'H1_BARE_LF',
  'H1_BARE_CR',
]);

/** What went wrong on the way to a server, or with its reply: whether anything had been sent tells which. */
const RELAY_CODE = /^(?:UP_|FWD_|TLS_UPSTREAM_)|^LIM_(?:CONNECT_TIMEOUT|REPLY_TIMEOUT|REPLY_STALL)$/;

/** The step an exchange was stopped at. */
export function failedStep(exchange: Exchange): PhaseStep | null {
  const { failure } = exchange;
  if (failure === null || failure.code === 'LIM_REQUESTS') return null;
  if (failure.code === 'LIM_RATE') return 'rate limit';
  if (failure.code === 'LIM_HELD_TOTAL') return 'route';
  if (RELAY_CODE.test(failure.code)) return (exchange.relay?.sendAtMs ?? null) === null ? 'route' : 'reply';
  if (BODY_CODES.has(failure.code)) return 'body';
  if (START_LINE_CODES.has(failure.code)) return 'start line';
  if (ANYWHERE_CODES.has(failure.code) && exchange.method === '') return 'start line';
  return exchange.headEnd === null || failure.offset < exchange.headEnd ? 'headers' : 'body';
}

const isDone = (step: PhaseStep, exchange: Exchange): boolean => {
  switch (step) {
    case 'start line':
      return exchange.method !== '' || failedStep(exchange) === 'headers';
    case 'headers':
      // A body that is declared too long is refused before the head is told of, but the head was complete.
      return exchange.headEnd !== null || failedStep(exchange) === 'body';
    case 'body':
      return exchange.requestEnd !== null;
    case 'rate limit':
      return exchange.tokensLeft !== null;
    case 'route':
      return exchange.status !== null || (exchange.relay?.sendAtMs ?? null) !== null;
    case 'reply':
      return exchange.replyEnd !== null || (exchange.status !== null && exchange.replyAtMs !== null);
  }
};

const isPassedBy = (step: PhaseStep, exchange: Exchange): boolean =>
  (step === 'body' && exchange.requestEnd !== null && exchange.requestEnd === exchange.headEnd) ||
  (step === 'rate limit' && exchange.tokensLeft === null && (exchange.status !== null || exchange.relay !== null));

function markOf(step: PhaseStep, exchange: Exchange, now: PhaseStep | null): StepMark {
  const failed = failedStep(exchange);
  if (step === failed) return 'failed';
  const isBeyondFailure = failed !== null && PHASE_STEPS.indexOf(step) > PHASE_STEPS.indexOf(failed);
  if (isBeyondFailure && step !== 'reply') return 'ahead';
  if (isPassedBy(step, exchange)) return 'passed';
  // Its tokens are taken, but the request still waits for them to leak out.
  if (step === now && step === 'rate limit') return 'now';
  if (isDone(step, exchange)) return 'done';
  return step === now ? 'now' : 'ahead';
}

/** `exchange` is null before the first byte of a request is told of; `isLatest` says the row's phase is about it. */
export function phaseMarks(exchange: Exchange | null, row: ConnectionRow, isLatest: boolean): PhaseMark[] {
  const now = isLatest ? (STEP_OF_PHASE[row.phase] ?? null) : null;
  const before = (step: PhaseStep) => now !== null && PHASE_STEPS.indexOf(step) < PHASE_STEPS.indexOf(now);
  return PHASE_STEPS.map((step) => {
    const fresh: StepMark = step === now ? 'now' : before(step) ? 'done' : 'ahead';
    const mark = exchange === null ? fresh : markOf(step, exchange, now);
    const part = mark === 'now' ? (PARTS[row.phase] ?? null) : null;
    return { step, mark, part: step === 'body' && mark === 'passed' ? 'none' : part };
  });
}

/** The whole strip as one sentence, for those who cannot see it. */
export const phaseSentence = (marks: readonly PhaseMark<string>[]): string =>
  marks
    .map(({ step, mark, part }) => `${step} ${WORDS[mark]}${mark === 'now' && part !== null ? ` (${part})` : ''}`)
    .join(', ');

const WORDS: Readonly<Record<StepMark, string>> = {
  done: 'done',
  now: 'under way',
  failed: 'failed',
  passed: 'not needed',
  ahead: 'not reached',
};
