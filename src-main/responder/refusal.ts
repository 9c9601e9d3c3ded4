/** The one place where an error code becomes a reply. */
import { BugError, describe, errorEntry, type Failure } from '../contract/errors';
import type { ReplyParts } from '../http1/writer';
import { textReply } from './replies';

type Field = readonly [name: string, value: string];

/** A client's bucket just after a token was asked for. */
export interface BucketReading {
  readonly capacity: number;
  readonly refillPerSec: number;
  /** Tokens left, with a fraction. */
  readonly level: number;
  /** Time to the next token; 0 where one is there. */
  readonly retryAfterMs: number;
}

const wholeSeconds = (seconds: number): number => Math.max(1, Math.ceil(seconds));

/**
 * The fields of draft-ietf-httpapi-ratelimit-headers in its structured form: `q` the capacity, `w` the seconds an
 * empty bucket takes to fill, `r` the tokens left, `t` the seconds until the bucket is full again. On a refusal `t`
 * names the same moment as Retry-After, as the draft asks.
 */
export function rateFields({ capacity, refillPerSec, level, retryAfterMs }: BucketReading): readonly Field[] {
  const left = Math.max(0, Math.floor(level));
  const untilFull = left === 0 && retryAfterMs > 0 ? retryAfterMs / 1000 : (capacity - level) / refillPerSec;
  return [
    ['RateLimit-Policy', `"default";q=${capacity};w=${wholeSeconds(capacity / refillPerSec)}`],
    ['RateLimit', `"default";r=${left};t=${wholeSeconds(untilFull)}`],
  ];
}

/**
 * The reply to a request that cannot be served: the code, what happened, what to do. A detail that says when the next
 * token is there (`retryAfterMs`) becomes Retry-After.
 *
 * @throws BugError for a code that closes without a reply.
 */
export function refusal(failure: Failure): ReplyParts {
  const { status, rfc } = errorEntry(failure.code);
  if (status === null) throw new BugError(`${failure.code} is not answered with a reply`);
  const { title, hint } = describe(failure);
  const rule = rfc === undefined ? '' : ` (${rfc})`;
  const retryAfterMs = failure.detail?.['retryAfterMs'];
  const retry: readonly Field[] =
    typeof retryAfterMs === 'number' ? [['Retry-After', String(wholeSeconds(retryAfterMs / 1000))]] : [];
  return textReply(status, `${failure.code}: ${title} ${hint}${rule}\n`, retry);
}
