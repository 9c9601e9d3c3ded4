/**
 * How long replies took and how many requests there were in the last minute, in fixed memory: four slices of 15 s,
 * each a histogram, so the window is between 45 s and 60 s long. A slice whose time is over is emptied as a whole.
 *
 * The histogram is log-linear (as HdrHistogram's): 16 steps to each doubling from 0.25 ms on, so a quantile is off by
 * at most 1/32 of its value; below that the steps are 1/64 ms. Times above 35 min count as that. Taking in a time costs
 * the same whatever it is; a quantile reads 4 × 384 counters. 6 KiB a server, and nothing before its first reply.
 */

const SLICES = 4;
export const SLICE_MS = 15_000;
const UNITS_PER_MS = 64;
const STEP_BITS = 4;
const STEPS = 2 ** STEP_BITS;
const MAX_UNITS = 2 ** 27 - 1;
const BUCKETS = bucketOf(MAX_UNITS) + 1;

/** Below 16 units one bucket each; above, the highest bit and the four after it. */
function bucketOf(units: number): number {
  if (units < STEPS) return units;
  const shift = 31 - Math.clz32(units) - STEP_BITS;
  return (shift << STEP_BITS) + (units >> shift);
}

/** The middle of a bucket, in milliseconds. */
function middleOf(bucket: number): number {
  const shift = Math.max(0, (bucket >> STEP_BITS) - 1);
  const start = bucket < STEPS ? bucket : (bucket - (shift << STEP_BITS)) * 2 ** shift;
  return (start + 2 ** shift / 2) / UNITS_PER_MS;
}

export class TrafficWindow {
  #times: Uint32Array | null = null;
  readonly #requests = new Uint32Array(SLICES);
  readonly #replies = new Uint32Array(SLICES);
  /** The number of the slice that is being filled, counted from time 0. */
  #slice = 0;

  /** A request was sent there. */
  countRequest(nowMs: number): void {
    const at = this.#turn(nowMs);
    this.#requests[at] = this.#requests[at]! + 1;
  }

  /** A reply began after `waitMs`. */
  countReply(waitMs: number, nowMs: number): void {
    const at = this.#turn(nowMs);
    this.#times ??= new Uint32Array(SLICES * BUCKETS);
    const units = Math.min(MAX_UNITS, Math.max(0, Math.floor(waitMs * UNITS_PER_MS)));
    const counter = at * BUCKETS + bucketOf(units);
    this.#times[counter] = this.#times[counter]! + 1;
    this.#replies[at] = this.#replies[at]! + 1;
  }

  requests(nowMs: number): number {
    this.#turn(nowMs);
    return this.#requests.reduce((sum, count) => sum + count, 0);
  }

  /** The time that a share `quantile` of the replies did not exceed (0.5: the median); null without replies. */
  quantileMs(quantile: number, nowMs: number): number | null {
    this.#turn(nowMs);
    const replies = this.#replies.reduce((sum, count) => sum + count, 0);
    const times = this.#times;
    if (replies === 0 || times === null) return null;
    let left = Math.max(1, Math.ceil(replies * quantile));
    let bucket = 0;
    for (; bucket < BUCKETS; bucket += 1) {
      for (let slice = 0; slice < SLICES; slice += 1) left -= times[slice * BUCKETS + bucket]!;
      if (left <= 0) break;
    }
    return middleOf(bucket);
  }

  /** Empties the slices whose time is over; the index of the one to fill. A clock that goes back stays in its slice. */
  #turn(nowMs: number): number {
    const wanted = Math.floor(nowMs / SLICE_MS);
    if (wanted > this.#slice) {
      const from = Math.max(this.#slice + 1, wanted - SLICES + 1);
      for (let slice = from; slice <= wanted; slice += 1) this.#empty(slice % SLICES);
      this.#slice = wanted;
    }
    return this.#slice % SLICES;
  }

  #empty(at: number): void {
    this.#requests[at] = 0;
    this.#replies[at] = 0;
    this.#times?.fill(0, at * BUCKETS, (at + 1) * BUCKETS);
  }
}
