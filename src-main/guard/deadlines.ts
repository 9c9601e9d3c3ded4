/**
 * Which deadline a connection runs under, as a function of what is awaited of its client: there is no arm/cancel pair
 * to forget. The driver asks again after every event and after every changed setting, so a changed limit also moves a
 * deadline that is armed already.
 *
 * Owns the meaning of the timeouts and of the minimum rates: when each begins, what extends it, and the grid it is
 * looked at on. Knows no timer and no clock: times are arguments, in milliseconds on one clock. What a trip does is
 * not decided here.
 *
 * It is asked twice for every read, so the common question, when, is answered by a number; the object with the name
 * of the guard is made where somebody looks at it.
 */
import type { GuardName, Settings } from '../contract/settings';

/**
 * What the client is to do next. `unused`: begin the first request of the connection; `idle`: begin another one;
 * `replying`: take what was written; `none`: nothing that a deadline watches.
 */
export type Stage = 'unused' | 'idle' | 'start-line' | 'fields' | 'body' | 'replying' | 'none';

/** What happened when, and how the head or the body under way is getting on. */
export interface StageMarks {
  readonly openedAtMs: number;
  /** Since when the connection waits for the first byte of a request, or for the client to take a reply. */
  readonly waitingSinceMs: number;
  /** First byte of the request under way. */
  readonly requestSinceMs: number;
  /** Is the request under way, or awaited, the first of its connection? */
  readonly isFirstRequest: boolean;
  /** End of the head of the request under way. */
  readonly bodySinceMs: number;
  /** The latest read; the opening of the connection before the first. */
  readonly lastReadMs: number;
  /** Bytes of the head under way. */
  readonly headBytes: number;
  /** Bytes of the body section received, chunk framing included: they show that the client is alive. */
  readonly bodyBytes: number;
}

/** Of a connection that is not open yet, to be kept up by whoever reads from it. */
export const newStageMarks = (): { -readonly [Name in keyof StageMarks]: StageMarks[Name] } => ({
  openedAtMs: 0,
  waitingSinceMs: 0,
  requestSinceMs: 0,
  isFirstRequest: true,
  bodySinceMs: 0,
  lastReadMs: 0,
  headBytes: 0,
  bodyBytes: 0,
});

export interface GuardDeadline {
  readonly guard: GuardName;
  readonly startedAtMs: number;
  readonly atMs: number;
  /** The setting in force, in its unit. */
  readonly limit: number;
}

/** So long after it began; null where it has no limit. */
export const deadlineAfter = (guard: GuardName, startedAtMs: number, limit: number | null): GuardDeadline | null =>
  limit === null ? null : { guard, startedAtMs, atMs: startedAtMs + limit, limit };

/** The earliest deadline offered since `look` began; of two at the same moment, the one offered first. */
const earliest = { guard: 'idleTimeoutMs' as GuardName, startedAtMs: 0, atMs: Infinity, limit: 0 };

function offer(guard: GuardName, limit: number, startedAtMs: number, atMs: number): void {
  if (atMs >= earliest.atMs) return;
  earliest.guard = guard;
  earliest.limit = limit;
  earliest.startedAtMs = startedAtMs;
  earliest.atMs = atMs;
}

function offerAfter(guard: GuardName, limit: number | null, startedAtMs: number): void {
  if (limit !== null) offer(guard, limit, startedAtMs, startedAtMs + limit);
}

/** Absolute: from its start, whatever arrives. Inactivity: every read starts it anew. */
const startOf = (mode: 'absolute' | 'inactivity', startedAtMs: number, lastReadMs: number): number =>
  mode === 'absolute' ? startedAtMs : Math.max(startedAtMs, lastReadMs);

/** When the head timeout and the request timeout of the request under way began to run. */
export const headStart = ({ headTimeoutStart }: Settings, marks: StageMarks): number =>
  headTimeoutStart === 'accept' && marks.isFirstRequest ? marks.openedAtMs : marks.requestSinceMs;

/**
 * The moment the rate falls below the minimum if nothing more arrives: every byte received moves it, and a trickle
 * below the minimum cannot outrun it. `average`, as Kestrel: over all the time since the start, once the grace is
 * over. `earned`, as Apache's mod_reqtimeout: the bytes buy time on top of the grace.
 */
function offerRate(guard: GuardName, settings: Settings, startedAtMs: number, bytes: number): void {
  const limit = settings[guard];
  if (limit === null) return;
  const { minRateGraceMs, minRateMode } = settings;
  const boughtMs = (bytes / limit) * 1_000;
  const givenMs = minRateMode === 'earned' ? minRateGraceMs + boughtMs : Math.max(minRateGraceMs, boughtMs);
  offer(guard, limit, startedAtMs, startedAtMs + givenMs);
}

function offerHead(settings: Settings, marks: StageMarks): void {
  const startedAtMs = headStart(settings, marks);
  const { headTimeoutMs, headTimeoutMode, requestTimeoutMs } = settings;
  offerAfter('headTimeoutMs', headTimeoutMs, startOf(headTimeoutMode, startedAtMs, marks.lastReadMs));
  offerRate('minHeadBytesPerSec', settings, startedAtMs, marks.headBytes);
  offerAfter('requestTimeoutMs', requestTimeoutMs, startedAtMs);
}

function offerBody(settings: Settings, marks: StageMarks): void {
  const { bodyTimeoutMs, bodyTimeoutMode, requestTimeoutMs } = settings;
  offerAfter('bodyTimeoutMs', bodyTimeoutMs, startOf(bodyTimeoutMode, marks.bodySinceMs, marks.lastReadMs));
  offerRate('minBodyBytesPerSec', settings, marks.bodySinceMs, marks.bodyBytes);
  offerAfter('requestTimeoutMs', requestTimeoutMs, headStart(settings, marks));
}

/** Node looks at its deadlines every 30 s: one that passed is noticed at the next look. */
function putOnGrid({ guardCheckEveryMs: everyMs }: Settings, originMs: number): void {
  if (everyMs === null || earliest.atMs === Infinity) return;
  earliest.atMs = originMs + Math.ceil((earliest.atMs - originMs) / everyMs) * everyMs;
}

/** Finds the deadline of a stage; `earliest.atMs` is infinite where its guards are off, or it has none. */
function look(stage: Stage, settings: Settings, marks: StageMarks, gridOriginMs: number): void {
  earliest.atMs = Infinity;
  switch (stage) {
    case 'none':
      return;
    case 'idle':
    // A client that does not take its reply makes no progress either: the same limit bounds that wait.
    case 'replying':
      return offerAfter('idleTimeoutMs', settings.idleTimeoutMs, marks.waitingSinceMs);
    case 'unused':
      offerAfter('firstByteTimeoutMs', settings.firstByteTimeoutMs, marks.openedAtMs);
      if (settings.headTimeoutStart === 'accept') offerHead(settings, marks);
      putOnGrid(settings, gridOriginMs);
      if (settings.firstByteTimeoutMs === null) offerAfter('idleTimeoutMs', settings.idleTimeoutMs, marks.openedAtMs);
      return;
    case 'start-line':
    case 'fields':
      offerHead(settings, marks);
      return putOnGrid(settings, gridOriginMs);
    case 'body':
      offerBody(settings, marks);
      return putOnGrid(settings, gridOriginMs);
  }
}

/** When the deadline of the stage trips if nothing changes; infinite where there is none. */
export function deadlineAtMs(stage: Stage, settings: Settings, marks: StageMarks, gridOriginMs: number): number {
  look(stage, settings, marks, gridOriginMs);
  return earliest.atMs;
}

/** The same with the guard's name; null where there is none. */
export function deadlineFor(
  stage: Stage,
  settings: Settings,
  marks: StageMarks,
  gridOriginMs: number,
): GuardDeadline | null {
  look(stage, settings, marks, gridOriginMs);
  return earliest.atMs === Infinity ? null : { ...earliest };
}

/** What a tripped deadline measured, in the unit of its guard. */
export function measuredAt({ guard, startedAtMs }: GuardDeadline, marks: StageMarks, nowMs: number): number {
  const elapsedMs = nowMs - startedAtMs;
  if (guard === 'minHeadBytesPerSec') return bytesPerSec(marks.headBytes, elapsedMs);
  if (guard === 'minBodyBytesPerSec') return bytesPerSec(marks.bodyBytes, elapsedMs);
  return Math.round(elapsedMs);
}

/** Of less than a millisecond nothing can be said: it counts as one. */
export const bytesPerSec = (bytes: number, elapsedMs: number): number =>
  Math.round((bytes / Math.max(1, elapsedMs)) * 1_000);
