/**
 * The rate limit: a bucket for each client, field value or target, and what a request does to it.
 *
 * A bucket is kept as what it has spent. A request that is let in adds its cost; what was spent flows back with time,
 * never below nothing; a request that would spend more than the capacity is refused and changes nothing. So a changed
 * capacity holds at once for every bucket: raised, a full bucket stays full; lowered, none is emptier than empty. The
 * leaky bucket of nginx (`limit_req`) is the same sum: its excess is what was spent beyond the request under way, its
 * burst the capacity less that request, and its delay the time the excess takes to leak out.
 *
 * Time is an argument. Nothing is allocated for a client that is known by its address.
 */
import { costOf, readCosts, type RequestCosts } from '../contract/request-costs';
import type { Settings } from '../contract/settings';
import { BucketTable, NO_SLOT } from './bucket-table';
import { KeyedHash } from './keyed-hash';
import { labelOf, RateKeys, type RatedHead } from './rate-key';

/** A verdict holds until the next one is asked for: there is one object for all of them. */
export interface RateVerdict {
  readonly allowed: boolean;
  /** Tokens left after the request, with a fraction. */
  readonly level: number;
  readonly capacity: number;
  readonly refillPerSec: number;
  /** Until the same request would be let in; 0 when it was; null where it never will be: it costs more than a full bucket holds. */
  readonly retryAfterMs: number | null;
  /** How long the request waits before it goes on. */
  readonly delayMs: number;
  /** Whose bucket it was, as it may be shown. */
  readonly bucket: string;
  readonly cost: number;
  readonly atMs: number;
}

export interface RatedBucket {
  /** Its place in the table: two with the same label are told apart by it. */
  readonly slot: number;
  readonly label: string;
  readonly level: number;
}

/** Buckets looked at for `emptiest`: those touched last, as the others have had time to fill. */
export const MAX_LOOKS = 1_000;

/** Sums of fractions of a second are not exact; this much of a token is forgiven. */
const TOLERANCE = 1e-6;

const ONE_EACH: RequestCosts = { rules: [], otherwise: 1 };

/** Tokens not yet back, as a token bucket counts. */
const refilled = (spent: number, elapsedMs: number, refillPerSec: number): number =>
  Math.max(0, spent - (Math.max(0, elapsedMs) / 1_000) * refillPerSec);

/** nginx counts in thousandths of a request and whole milliseconds, and cuts what is smaller off. */
const milli = (tokens: number): number => Math.round(tokens * 1_000);

const leaked = (spent: number, elapsedMs: number, refillPerSec: number): number =>
  Math.max(0, milli(spent) - Math.floor((milli(refillPerSec) * Math.max(0, elapsedMs)) / 1_000)) / 1_000;

export class RateLimiter {
  readonly #table: BucketTable;
  readonly #hash: KeyedHash;
  readonly #verdict = {
    allowed: true,
    level: 0,
    capacity: 0,
    refillPerSec: 0,
    retryAfterMs: 0 as number | null,
    delayMs: 0,
    bucket: '',
    cost: 1,
    atMs: 0,
  };
  #settings: Settings | null = null;
  #costs = ONE_EACH;
  #keys: RateKeys | null = null;

  /** `secret`: two random words, so that nobody can make two long values that share a bucket. */
  constructor(secret: Uint32Array, table = new BucketTable()) {
    this.#hash = new KeyedHash(secret);
    this.#table = table;
  }

  get size(): number {
    return this.#table.size;
  }

  /** Asks for what the request costs. Null when the rate limit is off. */
  take(clientAddress: string, head: RatedHead, settings: Settings, nowMs: number): RateVerdict | null {
    if (settings.bucketCapacity === null) return null;
    const key = this.#keysOf(settings).of(clientAddress, head);
    const cost = costOf(this.#costs, head.method, head.target);
    const slot = this.#table.find(key);
    const spent = slot === NO_SLOT ? 0 : this.#spentNow(slot, settings, nowMs);
    const verdict = this.#judge(spent, cost, settings);
    verdict.bucket = labelOf(key);
    verdict.atMs = nowMs;
    if (slot !== NO_SLOT) this.#table.touch(slot);
    if (verdict.allowed) this.#spend(slot === NO_SLOT ? key : slot, spent + cost, settings, nowMs);
    return verdict;
  }

  /**
   * The `count` emptiest of the `MAX_LOOKS` buckets touched last, emptiest first. A slow refill can leave an emptier
   * one that nobody touched since.
   */
  emptiest(count: number, settings: Settings, nowMs: number): readonly RatedBucket[] {
    const { bucketCapacity: capacity } = settings;
    if (capacity === null) return [];
    this.#keysOf(settings);
    const slots: number[] = [];
    const spent: number[] = [];
    let slot = this.#table.newest;
    for (let looks = 0; slot !== NO_SLOT && looks < MAX_LOOKS; looks += 1) {
      const slotSpent = this.#spentNow(slot, settings, nowMs);
      if (slots.length < count || slotSpent > (spent.at(-1) ?? Infinity)) {
        const at = spent.findIndex((other) => other < slotSpent);
        slots.splice(at === -1 ? slots.length : at, 0, slot);
        spent.splice(at === -1 ? spent.length : at, 0, slotSpent);
        slots.length = Math.min(slots.length, count);
        spent.length = slots.length;
      }
      slot = this.#table.olderThan(slot);
    }
    return slots.map((at, index) => ({
      slot: at,
      label: labelOf(this.#table.keyOf(at)),
      level: capacity - (spent[index] ?? 0),
    }));
  }

  #judge(spent: number, cost: number, { bucketCapacity, bucketRefillPerSec, rateModel }: Settings) {
    const verdict = this.#verdict;
    const capacity = bucketCapacity ?? Infinity;
    const missing = spent + cost - capacity;
    const allowed = missing <= TOLERANCE;
    verdict.allowed = allowed;
    verdict.cost = cost;
    verdict.capacity = capacity;
    verdict.refillPerSec = bucketRefillPerSec;
    verdict.level = Math.max(0, capacity - spent - (allowed ? cost : 0));
    verdict.delayMs = allowed && rateModel === 'leaky' ? delayOf(spent + cost, bucketRefillPerSec) : 0;
    if (allowed) verdict.retryAfterMs = 0;
    else if (cost > capacity) verdict.retryAfterMs = null;
    else verdict.retryAfterMs = waitFor(missing, bucketRefillPerSec, rateModel);
    return verdict;
  }

  /** Buckets that have spent nothing need no place. */
  #spend(at: number | string, spent: number, { bucketRefillPerSec }: Settings, nowMs: number): void {
    if (typeof at === 'number') this.#table.set(at, spent, nowMs);
    else if (spent > 0) this.#table.set(this.#table.place(at, bucketRefillPerSec, nowMs), spent, nowMs);
  }

  /** A bucket that spent more than a capacity lowered since holds is empty, not less. */
  #spentNow(slot: number, { bucketCapacity, bucketRefillPerSec, rateModel }: Settings, nowMs: number): number {
    const held = Math.min(this.#table.spentOf(slot), bucketCapacity ?? Infinity);
    const atMs = this.#table.atMsOf(slot);
    return rateModel === 'token'
      ? refilled(held, nowMs - atMs, bucketRefillPerSec)
      : leaked(held, Math.floor(nowMs) - Math.floor(atMs), bucketRefillPerSec);
  }

  #keysOf(settings: Settings): RateKeys {
    if (this.#keys !== null && settings === this.#settings) return this.#keys;
    const keys = new RateKeys(settings, this.#hash);
    // Other keys stand for others: what the old ones have spent is nobody's.
    if (keys.rule !== this.#keys?.rule) this.#table.clear();
    this.#costs = readCosts(settings.requestCosts) ?? ONE_EACH;
    this.#settings = settings;
    this.#keys = keys;
    return keys;
  }
}

/** Until so many tokens are back. */
const waitFor = (tokens: number, refillPerSec: number, model: Settings['rateModel']): number =>
  model === 'token' ? (tokens / refillPerSec) * 1_000 : Math.ceil((milli(tokens) * 1_000) / milli(refillPerSec));

/** nginx: the request under way is served at once, what was spent before it leaks out first; whole milliseconds. */
const delayOf = (spent: number, refillPerSec: number): number =>
  Math.floor((Math.max(0, milli(spent - 1)) * 1_000) / milli(refillPerSec));
