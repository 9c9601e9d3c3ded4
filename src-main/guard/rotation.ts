/**
 * Which of several servers takes the next request. Who may be chosen at all, and how much of each one's weight counts,
 * is decided before (guard/upstream-group.ts) and handed in as one number for each server: 0 is not to be chosen.
 *
 * - round robin: nginx's smooth weighted one. Every choice adds each server's weight to its turn, takes the one with the
 *   highest turn, and takes the sum of the weights off that; so 5:1:1 is a a b a c a a and never a a a a a b c.
 * - least connections: the fewest requests under way for its weight; of equals, round robin, as in nginx.
 * - random two: two drawn by weight, of which the one with fewer under way for its weight. With several proxies in
 *   front of the same servers it does not send all of them to the same one, as least connections does
 *   (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing").
 * - hash: weighted rendezvous hashing (Thaler and Ravishankar; weights after Schindelhauer and Schomaker). The key and
 *   each server give a number; the highest gets the key. So when a server leaves, only its keys move, and when it comes
 *   back or its weight grows, only keys to it do. A server at its connection limit is one that left: its keys go
 *   each to their own second choice.
 *
 * Each choice looks at every server, O(n) for n ≤ 1,000, and allocates nothing.
 */
import type { Balance } from '../contract/proxy-config';

/** What a choice reads of a server. */
export interface Candidate {
  /** Requests under way. */
  readonly inFlight: number;
  /** What stands for the server in a hash; of its address alone, so that it is the same in every run and order. */
  readonly hash: number;
}

export const NONE = -1;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a over 16-bit units, 32 bits. Linear; not keyed: who picks a field's value picks a server, whatever the hash. */
export function hashOf(text: string): number {
  let hash = FNV_OFFSET;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  return hash | 0;
}

/** MurmurHash3's last step: every bit of the sum depends on every bit given. */
function mixed(bits: number): number {
  let hash = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const UINT32 = 2 ** 32;

export class Rotation {
  readonly #turns: Float64Array;

  /**
   * @param random From 0 to below 1.
   */
  constructor(
    private readonly servers: readonly Candidate[],
    private readonly random: () => number,
  ) {
    this.#turns = new Float64Array(servers.length);
  }

  /** The index of the server chosen, or `NONE` where every weight is 0. `key` is read by `hash` alone. */
  choose(balance: Balance, weights: Float64Array, key: string): number {
    switch (balance) {
      case 'round-robin':
        return this.#nextTurn(weights, Number.POSITIVE_INFINITY);
      case 'least-connections':
        return this.#nextTurn(weights, this.#leastLoad(weights));
      case 'random-two':
        return this.#betterOfTwo(weights);
      case 'hash':
        return this.#highest(weights, hashOf(key));
    }
  }

  #load(index: number, weights: Float64Array): number {
    return this.servers[index]!.inFlight / weights[index]!;
  }

  #leastLoad(weights: Float64Array): number {
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < weights.length; index += 1) {
      if (weights[index]! > 0) least = Math.min(least, this.#load(index, weights));
    }
    return least;
  }

  /** Smooth weighted round robin among those with at most this load. */
  #nextTurn(weights: Float64Array, maxLoad: number): number {
    const turns = this.#turns;
    const isAny = maxLoad === Number.POSITIVE_INFINITY;
    let sum = 0;
    let best = NONE;
    for (let index = 0; index < weights.length; index += 1) {
      const weight = weights[index]!;
      if (weight === 0 || !(isAny || this.#load(index, weights) <= maxLoad)) continue;
      turns[index] = turns[index]! + weight;
      sum += weight;
      if (best === NONE || turns[index]! > turns[best]!) best = index;
    }
    if (best !== NONE) turns[best] = turns[best]! - sum;
    return best;
  }

  #betterOfTwo(weights: Float64Array): number {
    let sum = 0;
    for (let index = 0; index < weights.length; index += 1) sum += weights[index]!;
    const first = this.#draw(weights, sum, NONE);
    if (first === NONE) return NONE;
    const second = this.#draw(weights, sum - weights[first]!, first);
    if (second === NONE) return first;
    return this.#load(second, weights) < this.#load(first, weights) ? second : first;
  }

  /** One by weight. Where sums of fractions come out a little short, the last one it could be. */
  #draw(weights: Float64Array, sum: number, except: number): number {
    let left = this.random() * sum;
    let drawn = NONE;
    for (let index = 0; index < weights.length; index += 1) {
      if (weights[index] === 0 || index === except) continue;
      drawn = index;
      left -= weights[index]!;
      if (left < 0) break;
    }
    return drawn;
  }

  #highest(weights: Float64Array, key: number): number {
    let best = NONE;
    let highest = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < weights.length; index += 1) {
      const weight = weights[index]!;
      if (weight === 0) continue;
      // Above 0 and below 1, so the logarithm is a number below 0: the larger the weight, the nearer to 0 the score.
      const score = Math.log((mixed(key ^ this.servers[index]!.hash) + 0.5) / UINT32) / weight;
      if (score > highest) {
        highest = score;
        best = index;
      }
    }
    return best;
  }
}
