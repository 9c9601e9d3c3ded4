/**
 * What a reply tells of the bucket, in the forms that are in use. All of them say how much a full bucket holds, how much
 * is left, and in how many seconds it is full again; on a refusal, in how many the same request would be let in, so
 * that it is the moment of Retry-After, as draft-ietf-httpapi-ratelimit-headers asks. Seconds are whole, rounded up,
 * and never 0: a client told 0 would be back at once.
 *
 * A request that costs more than a full bucket holds is let in at no time: its refusal has no Retry-After.
 */
import type { Settings } from '../contract/settings';

export type RateFieldStyle = Settings['rateFields'];
type Field = readonly [name: string, value: string];

/** A bucket just after it was asked. */
export interface BucketReading {
  readonly allowed: boolean;
  readonly capacity: number;
  readonly refillPerSec: number;
  /** Tokens left, with a fraction. */
  readonly level: number;
  /** Until the same request would be let in; null: never. */
  readonly retryAfterMs: number | null;
  readonly atMs: number;
}

interface Told {
  readonly capacity: number;
  /** Seconds an empty bucket takes to fill. */
  readonly window: number;
  readonly left: number;
  readonly reset: number;
  /** The same moment by the clock, in seconds since 1970; 0 where the style does not say it. */
  readonly resetAt: number;
}

const wholeSeconds = (seconds: number): number => Math.max(1, Math.ceil(seconds));

const STYLES: Readonly<Record<Exclude<RateFieldStyle, 'envoy' | 'none'>, (told: Told) => readonly Field[]>> = {
  // Structured fields with a quota policy of their own name, draft 08 and on.
  current: ({ capacity, window, left, reset }) => [
    ['RateLimit-Policy', `"default";q=${capacity};w=${window}`],
    ['RateLimit', `"default";r=${left};t=${reset}`],
  ],
  'draft-07': ({ capacity, window, left, reset }) => [
    ['RateLimit-Policy', `${capacity};w=${window}`],
    ['RateLimit', `limit=${capacity}, remaining=${left}, reset=${reset}`],
  ],
  'draft-03': ({ capacity, left, reset }) => [
    ['RateLimit-Limit', String(capacity)],
    ['RateLimit-Remaining', String(left)],
    ['RateLimit-Reset', String(reset)],
  ],
  // Nobody ever wrote these down. The reset is a time by the clock, as GitHub and express-rate-limit send it and their
  // clients read it; Envoy sends seconds from now under the same name, which draft-03 is the honest form of.
  'x-ratelimit': ({ capacity, left, resetAt }) => [
    ['X-RateLimit-Limit', String(capacity)],
    ['X-RateLimit-Remaining', String(left)],
    ['X-RateLimit-Reset', String(resetAt)],
  ],
};

const NO_FIELDS: readonly Field[] = [];
const ENVOY_REFUSED: readonly Field[] = [['x-envoy-ratelimited', 'true']];

interface Kept {
  readonly told: Told;
  readonly style: RateFieldStyle;
  readonly retrySeconds: number | null;
  readonly fields: readonly Field[];
}
let kept: Kept | null = null;

/**
 * Nothing is said by nginx at all, and by Envoy nothing but that it was the rate limit: no Retry-After either. The same
 * fields again are the same array, so that whoever joins them to a reply can know that one again.
 */
export function rateFields(reading: BucketReading, style: RateFieldStyle): readonly Field[] {
  if (style === 'none') return NO_FIELDS;
  if (style === 'envoy') return reading.allowed ? NO_FIELDS : ENVOY_REFUSED;
  const { allowed, capacity, refillPerSec, level, retryAfterMs, atMs } = reading;
  const retrySeconds = allowed || retryAfterMs === null ? null : wholeSeconds(retryAfterMs / 1_000);
  const fillSeconds = (capacity - level) / refillPerSec;
  const window = wholeSeconds(capacity / refillPerSec);
  const left = Math.max(0, Math.floor(level));
  const reset = retrySeconds ?? wholeSeconds(fillSeconds);
  const resetAt = style === 'x-ratelimit' ? Math.ceil(atMs / 1_000 + (retrySeconds ?? fillSeconds)) : 0;
  const told = { capacity, window, left, reset, resetAt };
  if (kept !== null && kept.style === style && kept.retrySeconds === retrySeconds && isSame(kept.told, told))
    return kept.fields;
  const about = STYLES[style](told);
  const fields = retrySeconds === null ? about : [['Retry-After', String(retrySeconds)] as const, ...about];
  kept = { told, style, retrySeconds, fields };
  return fields;
}

const isSame = (one: Told, other: Told): boolean =>
  one.left === other.left &&
  one.reset === other.reset &&
  one.resetAt === other.resetAt &&
  one.capacity === other.capacity &&
  one.window === other.window;
