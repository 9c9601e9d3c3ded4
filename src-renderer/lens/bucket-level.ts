/** The level of a token bucket between two samples: it follows from capacity and refill alone. */
import type { BucketLevel } from '@contract/feed';
import { formatCountdown } from './format';

export interface BucketRule {
  readonly capacity: number;
  readonly refillPerSec: number;
}

/** Tokens at a moment, with a fraction. A clock that runs behind the sample takes none away. */
export function levelAt(bucket: BucketLevel, { capacity, refillPerSec }: BucketRule, nowMs: number): number {
  const elapsedMs = Math.max(0, nowMs - bucket.atMs);
  return Math.min(capacity, Math.max(0, bucket.level + (elapsedMs / 1_000) * refillPerSec));
}

/** How long until one more whole token is there; null where the bucket is full. */
export function nextTokenMs(level: number, { capacity, refillPerSec }: BucketRule): number | null {
  if (level >= capacity) return null;
  const next = Math.min(Math.floor(level) + 1, capacity);
  return ((next - level) / refillPerSec) * 1_000;
}

export type BucketTone = 'ok' | 'warn' | 'bad';

/** `bad`: the next request is answered 429. */
export function bucketTone(level: number, { capacity }: BucketRule): BucketTone {
  if (level < 1) return 'bad';
  return level < capacity / 2 ? 'warn' : 'ok';
}

/** Tokens that come faster than this are not worth a countdown each. */
const READABLE_TOKEN_MS = 200;

/** What a client waits for: its next token, or a full bucket where tokens come too fast to be told one by one. */
export function bucketWait(level: number, rule: BucketRule): string {
  const nextMs = nextTokenMs(level, rule);
  if (nextMs === null) return 'full';
  if (1_000 / rule.refillPerSec >= READABLE_TOKEN_MS) return `+1 in ${formatCountdown(nextMs)}`;
  return `full in ${formatCountdown(((rule.capacity - level) / rule.refillPerSec) * 1_000)}`;
}
