/** Since when a connection to a server does what it does, and the deadline it runs under for that. */
import type { GuardName, Settings } from '../contract/settings';
import type { GuardDeadline } from '../guard/deadlines';

type UpstreamGuard = GuardName & ('connectTimeoutMs' | 'replyTimeoutMs' | 'replyStallTimeoutMs');

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
    return after('connectTimeoutMs', this.openedAtMs, settings);
  }

  /** While a request is under way. */
  replying({ isReplyBegun, isFinal, completeAtMs }: Awaited, settings: Settings): GuardDeadline | null {
    if (this.stalledSinceMs !== null) return after('replyStallTimeoutMs', this.stalledSinceMs, settings);
    // While the client sends, it is the one who is waited for, under deadlines of its own.
    if (completeAtMs === null || this.isHeld) return null;
    const sinceMs = isReplyBegun ? Math.max(completeAtMs, this.lastReadMs) : completeAtMs;
    return after(isFinal ? 'replyStallTimeoutMs' : 'replyTimeoutMs', sinceMs, settings);
  }

  /** It is read again, after so long. */
  skip(ms: number, nowMs = Infinity): void {
    this.lastReadMs = Math.min(nowMs, this.lastReadMs + ms);
  }
}

function after(guard: UpstreamGuard, startedAtMs: number, settings: Settings): GuardDeadline | null {
  const limit = settings[guard];
  return limit === null ? null : { guard, startedAtMs, atMs: startedAtMs + limit, limit };
}
