/** The level of a bucket between two samples: it follows from capacity and refill alone. */
import type { BucketLevel } from '@contract/feed';
import type { Settings } from '@contract/settings';
import { formatCount, formatCountdown } from './format';

export interface BucketRule {
  readonly capacity: number;
  readonly refillPerSec: number;
  readonly model: Settings['rateModel'];
}

/** Tokens left at a moment, with a fraction. A clock that runs behind the sample takes none away. */
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

/** `bad`: the next request that costs one is refused. */
export function bucketTone(level: number, { capacity }: BucketRule): BucketTone {
  if (level < 1) return 'bad';
  return level < capacity / 2 ? 'warn' : 'ok';
}

/** Does the bucket fill with requests and leak, in place of being emptied by them? */
const isLeaky = ({ model }: BucketRule): boolean => model !== 'token';

/** What is in the bucket: tokens that are left or, where it leaks, requests that have not leaked out yet. */
export const contentOf = (level: number, rule: BucketRule): number => (isLeaky(rule) ? rule.capacity - level : level);

/** `6.4`, `120` */
export const contentText = (content: number): string =>
  content < 100 ? (Math.floor(content * 10) / 10).toFixed(1) : formatCount(Math.floor(content));

/** Tokens that come faster than this are not worth a countdown each. */
const READABLE_TOKEN_MS = 200;

/** What a client waits for: its next token, or the end of the wait where tokens come too fast to be told one by one. */
export function bucketWait(level: number, rule: BucketRule): string {
  const [rest, one] = isLeaky(rule) ? ['empty', '−1'] : ['full', '+1'];
  const nextMs = nextTokenMs(level, rule);
  if (nextMs === null) return rest;
  if (1_000 / rule.refillPerSec >= READABLE_TOKEN_MS) return `${one} in ${formatCountdown(nextMs)}`;
  return `${rest} in ${formatCountdown(((rule.capacity - level) / rule.refillPerSec) * 1_000)}`;
}

/** What the bucket holds, for its name: `Tokens of 10.0.0.7`, `Fill of /api` */
export const contentName = (rule: BucketRule): string => (isLeaky(rule) ? 'Fill' : 'Tokens');
