/** Since when a connection to a server does what it does, and the deadline it runs under for that. */
import type { Settings } from '../contract/settings';
import { deadlineAfter, type GuardDeadline } from '../guard/deadlines';

/** What is to be known of the request under way. */
interface Awaited {
  readonly isReplyBegun: boolean;
  readonly isFinal: boolean;
  readonly completeAtMs: number | null;
}

export class UpstreamClock {
  openedAtMs = 0;
  connectedAtMs: number | null = null;
  securedAtMs: number | null = null;
  lastReadMs = 0;
  /** Since when the server does not take what was written; null: it does. */
  stalledSinceMs: number | null = null;
  /** The client does not take the reply: it is not read. */
  isHeld = false;

  /** While it is being made. */
  connecting(settings: Settings): GuardDeadline | null {
    return deadlineAfter('connectTimeoutMs', this.openedAtMs, settings.connectTimeoutMs);
  }

  /** While a request is under way. */
  replying(request: Awaited, { replyTimeoutMs, replyStallTimeoutMs }: Settings): GuardDeadline | null {
    const { isReplyBegun, isFinal, completeAtMs } = request;
    if (this.stalledSinceMs !== null) {
      return deadlineAfter('replyStallTimeoutMs', this.stalledSinceMs, replyStallTimeoutMs);
    }
    // While the client sends, it is the one who is waited for, under deadlines of its own.
    if (completeAtMs === null || this.isHeld) return null;
    const sinceMs = isReplyBegun ? Math.max(completeAtMs, this.lastReadMs) : completeAtMs;
    return isFinal
      ? deadlineAfter('replyStallTimeoutMs', sinceMs, replyStallTimeoutMs)
      : deadlineAfter('replyTimeoutMs', sinceMs, replyTimeoutMs);
  }

  /** It is read again, after so long. */
  skip(ms: number, nowMs = Infinity): void {
    this.lastReadMs = Math.min(nowMs, this.lastReadMs + ms);
  }
}
