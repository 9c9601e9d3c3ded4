/**
 * Since when a connection is doing what it does: the marks its deadlines run from. Times in which nothing was read
 * are taken out of the marks, for what a client could not send is not its delay; when its request began is not moved.
 */
import type { ConnectionPhase } from '../contract/connections';
import type { Settings } from '../contract/settings';
import { deadlineFor, measuredAt, type GuardDeadline } from '../guard/deadlines';
import type { Parser } from '../http1/parser';

export class PhaseClock {
  readonly #marks = { waitingSinceMs: 0, requestSinceMs: 0, bodySinceMs: 0, bodyBytes: 0 };
  #requestStartedAtMs = 0;
  /** Offset of the request whose first byte was noticed last. */
  #noticedStart = -1;

  /** First byte of the request under way; the opening of the connection before the first one. */
  get requestStartedAtMs(): number {
    return this.#requestStartedAtMs;
  }

  opened(nowMs: number): void {
    this.#marks.waitingSinceMs = nowMs;
    this.#requestStartedAtMs = nowMs;
  }

  /** From now on a request, or progress of a reply, is waited for. */
  waits(nowMs: number): void {
    this.#marks.waitingSinceMs = nowMs;
  }

  /** The first byte of a request starts the clock of its head. How long it was waited for; null: no new request. */
  noticeStart({ messageStart, offset }: Parser, nowMs: number): number | null {
    if (messageStart === this.#noticedStart || messageStart >= offset) return null;
    this.#noticedStart = messageStart;
    this.#requestStartedAtMs = nowMs;
    this.#marks.requestSinceMs = nowMs;
    return nowMs - this.#marks.waitingSinceMs;
  }

  /** The head is complete. How long it took. */
  bodyBegins(nowMs: number): number {
    this.#marks.bodySinceMs = nowMs;
    return nowMs - this.#marks.requestSinceMs;
  }

  bodyMs(nowMs: number): number {
    return nowMs - this.#marks.bodySinceMs;
  }

  /** Nothing was read for so long. */
  skip(ms: number): void {
    this.#marks.waitingSinceMs += ms;
    this.#marks.requestSinceMs += ms;
    this.#marks.bodySinceMs += ms;
  }

  /** `bodyBytes`: of the body section so far, chunk framing included. */
  deadline(phase: ConnectionPhase, settings: Settings, bodyBytes: number): GuardDeadline | null {
    this.#marks.bodyBytes = bodyBytes;
    return deadlineFor(phase, settings, this.#marks);
  }

  /** What a deadline asked for just now has measured, in the unit of its guard. */
  measured(deadline: GuardDeadline, nowMs: number): number {
    return measuredAt(deadline, this.#marks, nowMs);
  }
}
