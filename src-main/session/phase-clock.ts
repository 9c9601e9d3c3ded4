/**
 * Since when a connection is doing what it does: the marks its deadlines run from. A clock is set anew for each
 * connection it is lent to (`desk.ts`), and only while a request is under way do its marks tell anything else but since
 * when one is waited for. Times in which nothing was read are taken out of the marks, for what a client could not send
 * is not its delay; when its request began is not moved.
 */
import type { ConnectionPhase } from '../contract/connections';
import type { Settings } from '../contract/settings';
import {
  deadlineAtMs,
  deadlineFor,
  headStart,
  measuredAt,
  newStageMarks,
  type GuardDeadline,
  type Stage,
} from '../guard/deadlines';
import type { Parser } from '../http1/parser';

/** What the deadlines watch in each phase; an idle connection that carried no request yet is `unused`. */
const STAGES: Readonly<Record<ConnectionPhase, Stage>> = {
  idle: 'idle',
  'start-line': 'start-line',
  headers: 'fields',
  'body-length': 'body',
  'chunk-size': 'body',
  'chunk-data': 'body',
  trailers: 'body',
  'body-until-close': 'body',
  complete: 'idle',
  fault: 'none',
  greeting: 'none',
  delayed: 'none',
  replying: 'replying',
  lingering: 'none',
  closed: 'none',
  // The server is waited for, under deadlines of its own connection.
  waiting: 'none',
  tunnel: 'none',
  connecting: 'none',
  securing: 'none',
  sending: 'none',
  receiving: 'none',
};

export class PhaseClock {
  readonly #marks = newStageMarks();
  #requestStartedAtMs = 0;
  /** Offset of the request whose first byte was noticed last. */
  #noticedStart = -1;
  #isUnused = true;

  /** Offset of the first byte after the head of the request under way. */
  #bodyStart = 0;

  /** The moment from which `guardCheckEveryMs` counts. */
  #gridOriginMs = 0;

  constructor(private readonly parser: Parser) {}

  /** For a connection that waits since then for a request, for its first one where it is unused. */
  restSince(waitingSinceMs: number, isUnused: boolean, gridOriginMs: number): void {
    const marks = this.#marks;
    marks.openedAtMs = waitingSinceMs;
    marks.waitingSinceMs = waitingSinceMs;
    marks.lastReadMs = waitingSinceMs;
    marks.isFirstRequest = isUnused;
    this.#requestStartedAtMs = waitingSinceMs;
    this.#noticedStart = -1;
    this.#isUnused = isUnused;
    this.#gridOriginMs = gridOriginMs;
  }

  get waitingSinceMs(): number {
    return this.#marks.waitingSinceMs;
  }

  /** First byte of the request under way; before it, since when it is waited for. */
  get requestStartedAtMs(): number {
    return this.#requestStartedAtMs;
  }

  /** No byte of a request has come. */
  get isUnused(): boolean {
    return this.#isUnused;
  }

  stageOf(phase: ConnectionPhase): Stage {
    const stage = STAGES[phase];
    return stage === 'idle' && this.isUnused ? 'unused' : stage;
  }

  /** From now on a request, or progress of a reply, is waited for. */
  waits(nowMs: number): void {
    this.#marks.waitingSinceMs = nowMs;
  }

  /** Bytes arrived. How long after the ones before. */
  reads(nowMs: number): number {
    const gapMs = nowMs - this.#marks.lastReadMs;
    this.#marks.lastReadMs = nowMs;
    return gapMs;
  }

  /** The first byte of a request starts the clock of its head. How long it was waited for; null: no new request. */
  noticeStart(nowMs: number): number | null {
    const { messageStart, offset } = this.parser;
    if (messageStart === this.#noticedStart || messageStart >= offset) return null;
    const marks = this.#marks;
    marks.isFirstRequest = this.#isUnused;
    this.#isUnused = false;
    this.#noticedStart = messageStart;
    this.#requestStartedAtMs = nowMs;
    marks.requestSinceMs = nowMs;
    return nowMs - marks.waitingSinceMs;
  }

  /** The head is complete: the body begins at this offset. */
  bodyBegins(offset: number, nowMs: number): void {
    this.#bodyStart = offset;
    this.#marks.bodySinceMs = nowMs;
  }

  /** Since the head timeout and the request timeout began to run. */
  requestMs(settings: Settings, nowMs: number): number {
    return nowMs - headStart(settings, this.#marks);
  }

  bodyMs(nowMs: number): number {
    return nowMs - this.#marks.bodySinceMs;
  }

  /** Nothing was read for so long, until then. What was begun meanwhile, of what had been read, begins then. */
  skip(ms: number, untilMs: number): void {
    const marks = this.#marks;
    marks.openedAtMs = Math.min(untilMs, marks.openedAtMs + ms);
    marks.waitingSinceMs = Math.min(untilMs, marks.waitingSinceMs + ms);
    marks.requestSinceMs = Math.min(untilMs, marks.requestSinceMs + ms);
    marks.bodySinceMs = Math.min(untilMs, marks.bodySinceMs + ms);
    marks.lastReadMs = Math.min(untilMs, marks.lastReadMs + ms);
  }

  /** When the deadline of the phase trips; infinite where it has none. */
  deadlineAtMs(phase: ConnectionPhase, settings: Settings): number {
    this.#count();
    return deadlineAtMs(this.stageOf(phase), settings, this.#marks, this.#gridOriginMs);
  }

  deadline(phase: ConnectionPhase, settings: Settings): GuardDeadline | null {
    this.#count();
    return deadlineFor(this.stageOf(phase), settings, this.#marks, this.#gridOriginMs);
  }

  /** What a deadline asked for just now has measured, in the unit of its guard. */
  measured(deadline: GuardDeadline, nowMs: number): number {
    return measuredAt(deadline, this.#marks, nowMs);
  }

  #count(): void {
    const { offset, messageStart } = this.parser;
    this.#marks.headBytes = offset - messageStart;
    this.#marks.bodyBytes = offset - this.#bodyStart;
  }
}
