/**
 * When a request that failed at one upstream server may be sent to another: where nothing of it was sent; or where its
 * method is idempotent, its body can be sent again, and the client has seen no byte of a reply. At most once.
 *
 * A server may have acted on a request whose reply never came, so a request whose method is not idempotent is not sent
 * twice (RFC 9110 §9.2.2), also not where a kept connection closed just as it was used again: the server may have read
 * it (RFC 9112 §9.3.1).
 *
 * The budget keeps retries from multiplying load when upstreams are sick: each request adds a share of a retry, each
 * retry takes one, and what is saved up is bounded. So over any span there are at most `MAX_SAVED_RETRIES` retries,
 * and `budgetShare` for each request, and `minPerSec` for each second.
 */
import type { RetryConfig } from '../contract/proxy-config';

/** RFC 9110 §9.2.2: the safe ones (§9.2.1), PUT and DELETE. Methods are case-sensitive (§9.1). */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export const isIdempotent = (method: string): boolean => IDEMPOTENT.has(method);

export interface FailedAttempt {
  readonly method: string;
  /** Retries made for this request before. */
  readonly retries: number;
  /** Bytes of the request were handed to the upstream's socket. */
  readonly isSent: boolean;
  /** All of the body that was sent is still held; true of a request without one. */
  readonly isBodyReplayable: boolean;
  /** Bytes of a reply to this request went to the client, an interim one forwarded included. */
  readonly isReplyBegun: boolean;
}

/** Why a request was not sent again, to show beside its failure. */
export const RETRY_WORDS = {
  retry: 'sent again to another server',
  'retried-before': 'not sent again: it was sent twice already',
  'reply-begun': 'not sent again: the client has part of a reply',
  'not-idempotent': 'not sent again: the server may have acted on it, and its method is not idempotent',
  'body-gone': 'not sent again: part of its body is not held any more',
  'budget-spent': 'not sent again: the budget of retries is spent',
  'switched-off': 'not sent again: retries are switched off',
} as const;

export type RetryVerdict = keyof typeof RETRY_WORDS;

export const MAX_RETRIES = 1;

/** What the attempt itself allows; the budget is asked after that. */
export function retryVerdict(attempt: FailedAttempt): RetryVerdict {
  if (attempt.retries >= MAX_RETRIES) return 'retried-before';
  if (attempt.isReplyBegun) return 'reply-begun';
  if (!attempt.isSent) return 'retry';
  if (!isIdempotent(attempt.method)) return 'not-idempotent';
  return attempt.isBodyReplayable ? 'retry' : 'body-gone';
}

/** A burst that a healthy upstream takes without notice; also what there is at the start. */
export const MAX_SAVED_RETRIES = 10;

export class RetryBudget {
  #saved = MAX_SAVED_RETRIES;
  #atMs: number;

  constructor(nowMs: number) {
    this.#atMs = nowMs;
  }

  countRequest({ budgetShare }: RetryConfig): void {
    this.#saved = Math.min(MAX_SAVED_RETRIES, this.#saved + budgetShare);
  }

  /** False, and nothing taken, where less than one retry is left. */
  take({ minPerSec }: RetryConfig, nowMs: number): boolean {
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    this.#atMs += elapsedMs;
    this.#saved = Math.min(MAX_SAVED_RETRIES, this.#saved + (elapsedMs / 1_000) * minPerSec);
    // Shares such as 0.1 add up to a little less than 1.
    if (this.#saved < 1 - 1e-9) return false;
    this.#saved = Math.max(0, this.#saved - 1);
    return true;
  }
}
