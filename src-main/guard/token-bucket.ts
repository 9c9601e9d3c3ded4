/**
 * One token bucket per client address. Refill is lazy: a bucket holds the level it had when it was last touched,
 * and the level now follows from the time since. There is no sweep and no timer.
 *
 * Bounded: at most `MAX_BUCKETS`. A new client beyond that takes the place of the bucket that was not touched for
 * longest, among the `EVICTION_LOOKS` oldest rather a full one: a full bucket carries no information.
 */
import type { Settings } from '../contract/settings';

export const MAX_BUCKETS = 10_000;
const EVICTION_LOOKS = 16;

interface Bucket {
  level: number;
  atMs: number;
}

export interface TokenVerdict {
  readonly allowed: boolean;
  /** Tokens left after the request, with a fraction. */
  readonly level: number;
  readonly capacity: number;
  readonly refillPerSec: number;
  /** Until one whole token is there; 0 when allowed. */
  readonly retryAfterMs: number;
}

export interface TokenLevel {
  readonly client: string;
  readonly level: number;
}

export class TokenBuckets {
  /** In the order they were last touched, oldest first. */
  readonly #buckets = new Map<string, Bucket>();

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one token. Null when the rate limit is off. */
  take(client: string, settings: Settings, nowMs: number): TokenVerdict | null {
    const { bucketCapacity: capacity, bucketRefillPerSec: refillPerSec } = settings;
    if (capacity === null) return null;
    const level = this.#levelOf(this.#buckets.get(client), settings, nowMs);
    const allowed = level >= 1;
    const left = allowed ? level - 1 : level;
    this.#touch(client, { level: left, atMs: nowMs }, settings, nowMs);
    const retryAfterMs = allowed ? 0 : ((1 - level) / refillPerSec) * 1_000;
    return { allowed, level: left, capacity, refillPerSec, retryAfterMs };
  }

  /** The level now, without taking a token. A client never seen has a full bucket. */
  level(client: string, settings: Settings, nowMs: number): number {
    return this.#levelOf(this.#buckets.get(client), settings, nowMs);
  }

  /** The `count` emptiest buckets, emptiest first. */
  emptiest(count: number, settings: Settings, nowMs: number): readonly TokenLevel[] {
    const levels: TokenLevel[] = [];
    for (const [client, bucket] of this.#buckets) {
      levels.push({ client, level: this.#levelOf(bucket, settings, nowMs) });
    }
    return levels.sort((one, other) => one.level - other.level).slice(0, count);
  }

  #levelOf(bucket: Bucket | undefined, settings: Settings, nowMs: number): number {
    const capacity = settings.bucketCapacity ?? Infinity;
    if (bucket === undefined) return capacity;
    const elapsedSec = Math.max(0, nowMs - bucket.atMs) / 1_000;
    return Math.min(capacity, bucket.level + elapsedSec * settings.bucketRefillPerSec);
  }

  #touch(client: string, bucket: Bucket, settings: Settings, nowMs: number): void {
    this.#buckets.delete(client);
    if (this.#buckets.size >= MAX_BUCKETS) this.#evict(settings, nowMs);
    this.#buckets.set(client, bucket);
  }

  #evict(settings: Settings, nowMs: number): void {
    let oldest: string | undefined;
    let looks = 0;
    for (const [client, bucket] of this.#buckets) {
      oldest ??= client;
      const isFull = this.#levelOf(bucket, settings, nowMs) >= (settings.bucketCapacity ?? Infinity);
      if (isFull) {
        oldest = client;
        break;
      }
      looks += 1;
      if (looks === EVICTION_LOOKS) break;
    }
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
