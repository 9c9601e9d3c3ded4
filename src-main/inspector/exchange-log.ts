/**
 * The exchanges of one connection. The latest one is an object, for it still changes; the earlier ones are packed,
 * their numbers in one typed array. Kept as objects, hundreds on every connection that outlive each garbage
 * collection, they cost more than all the rest of a request.
 *
 * Bounded by what `begin` is told. The array grows by doubling, so a connection of few requests holds little.
 */
import type { Exchange } from '../contract/connections';

type Writable = { -readonly [Key in keyof Exchange]: Exchange[Key] };

/** A class, so that V8 lays all of it out in one piece. */
export class KeptExchange implements Writable {
  number = 0;
  method = '';
  target = '';
  version = '';
  startedAtMs = 0;
  requestStart = 0;
  fieldsStart = 0;
  headEnd: number | null = null;
  requestEnd: number | null = null;
  headAtMs: number | null = null;
  requestAtMs: number | null = null;
  bodyBytes = 0;
  status: number | null = null;
  replyStart: number | null = null;
  replyEnd: number | null = null;
  replyAtMs: number | null = null;
  tokensLeft: number | null = null;
  relay: Exchange['relay'] = null;
  relayOf: Exchange['relayOf'] = null;
  switchedTo: Exchange['switchedTo'] = null;
  failure: Exchange['failure'] = null;
}

const NUMBERS_PER_EXCHANGE = 14;
const TEXTS_PER_EXCHANGE = 3;
const FIRST_CAPACITY = 4;

export class ExchangeLog {
  #latest: KeptExchange | null = null;
  /** Made with the second exchange: many connections see only one. */
  #earlier: EarlierExchanges | null = null;

  get latest(): KeptExchange | null {
    return this.#latest;
  }

  get count(): number {
    return (this.#earlier?.count ?? 0) + (this.#latest === null ? 0 : 1);
  }

  /** How many earlier ones are no longer kept. */
  get dropped(): number {
    return this.#earlier?.dropped ?? 0;
  }

  /** The next exchange, nothing of which is reached yet; with it there are fewer than `most`. */
  begin(most: number): KeptExchange {
    if (this.#latest === null) {
      this.#latest = new KeptExchange();
      return this.#latest;
    }
    this.#earlier ??= new EarlierExchanges();
    this.#earlier.add(this.#latest);
    clear(this.#latest);
    // Half are dropped at once, so that the cost of moving the rest is spread over many requests.
    if (this.count >= most) this.#earlier.drop(this.count - Math.floor(most / 2));
    return this.#latest;
  }

  /** Copies, oldest first. */
  all(): KeptExchange[] {
    const earlier = this.#earlier?.all() ?? [];
    return this.#latest === null ? earlier : [...earlier, { ...this.#latest }];
  }
}

/** Oldest first. */
class EarlierExchanges {
  count = 0;
  dropped = 0;
  /** NaN for null. */
  #numbers = NO_NUMBERS;
  /** Method, target and version of each: one array grows at a time, not three. */
  #texts: string[] = [];
  /** Few have one. By the number of exchanges before it, dropped ones included. */
  readonly #failures = new Map<number, Exchange['failure']>();
  /** What a proxy mode adds, of each; null: none of them has it. */
  #passedOn: (PassedOn | null)[] | null = null;

  add(exchange: KeptExchange): void {
    const at = this.count * NUMBERS_PER_EXCHANGE;
    if (at === this.#numbers.length) this.#resize(Math.max(FIRST_CAPACITY, this.count * 2), 0);
    packNumbers(this.#numbers, at, exchange);
    // Requests of one connection often repeat a target: then the text is held once.
    const last = this.#texts[(this.count - 1) * TEXTS_PER_EXCHANGE + 1];
    const { method, target, version, failure, relay, relayOf, switchedTo } = exchange;
    this.#texts.push(method, target === last ? last : target, version);
    const number = this.dropped + this.count;
    if (failure !== null) this.#failures.set(number, failure);
    const isPassedOn = relay !== null || relayOf !== null || switchedTo !== null;
    if (isPassedOn) this.#passedOn ??= new Array<PassedOn | null>(this.count).fill(null);
    this.#passedOn?.push(isPassedOn ? { relay, relayOf, switchedTo } : null);
    this.count += 1;
  }

  drop(count: number): void {
    const kept = this.count - count;
    // Moved within the array, unless a smaller one will do from now on.
    if (kept * NUMBERS_PER_EXCHANGE * 4 <= this.#numbers.length) this.#resize(kept * 2, count);
    else this.#numbers.copyWithin(0, count * NUMBERS_PER_EXCHANGE, this.count * NUMBERS_PER_EXCHANGE);
    this.#texts.splice(0, count * TEXTS_PER_EXCHANGE);
    this.#passedOn?.splice(0, count);
    this.count -= count;
    this.dropped += count;
    for (const number of this.#failures.keys()) if (number < this.dropped) this.#failures.delete(number);
  }

  all(): KeptExchange[] {
    return Array.from({ length: this.count }, (_, index) => this.#unpack(index));
  }

  #resize(capacity: number, from: number): void {
    const resized = new Float64Array(capacity * NUMBERS_PER_EXCHANGE);
    resized.set(this.#numbers.subarray(from * NUMBERS_PER_EXCHANGE, this.count * NUMBERS_PER_EXCHANGE));
    this.#numbers = resized;
  }

  #unpack(index: number): KeptExchange {
    const at = index * TEXTS_PER_EXCHANGE;
    return {
      ...unpackNumbers(this.#numbers, index * NUMBERS_PER_EXCHANGE),
      method: this.#texts[at] ?? '',
      target: this.#texts[at + 1] ?? '',
      version: this.#texts[at + 2] ?? '',
      failure: this.#failures.get(this.dropped + index) ?? null,
      ...(this.#passedOn?.[index] ?? NOT_PASSED_ON),
    };
  }
}

type PassedOn = Pick<Exchange, 'relay' | 'relayOf' | 'switchedTo'>;
const NOT_PASSED_ON: PassedOn = { relay: null, relayOf: null, switchedTo: null };

const NO_NUMBERS = new Float64Array(0);

type Numbers = Omit<KeptExchange, 'method' | 'target' | 'version' | 'failure' | keyof PassedOn>;

/** Only what the head of the next one does not set anew. */
function clear(exchange: KeptExchange): void {
  exchange.headEnd = null;
  exchange.requestEnd = null;
  exchange.headAtMs = null;
  exchange.requestAtMs = null;
  exchange.bodyBytes = 0;
  exchange.status = null;
  exchange.replyStart = null;
  exchange.replyEnd = null;
  exchange.replyAtMs = null;
  exchange.tokensLeft = null;
  exchange.relay = null;
  exchange.relayOf = null;
  exchange.switchedTo = null;
  exchange.failure = null;
}

function packNumbers(numbers: Float64Array, at: number, exchange: KeptExchange): void {
  numbers[at] = exchange.number;
  numbers[at + 1] = exchange.startedAtMs;
  numbers[at + 2] = exchange.requestStart;
  numbers[at + 3] = exchange.fieldsStart;
  numbers[at + 4] = exchange.headEnd ?? NaN;
  numbers[at + 5] = exchange.requestEnd ?? NaN;
  numbers[at + 6] = exchange.headAtMs ?? NaN;
  numbers[at + 7] = exchange.requestAtMs ?? NaN;
  numbers[at + 8] = exchange.bodyBytes;
  numbers[at + 9] = exchange.status ?? NaN;
  numbers[at + 10] = exchange.replyStart ?? NaN;
  numbers[at + 11] = exchange.replyEnd ?? NaN;
  numbers[at + 12] = exchange.replyAtMs ?? NaN;
  numbers[at + 13] = exchange.tokensLeft ?? NaN;
}

function unpackNumbers(numbers: Float64Array, at: number): Numbers {
  const number = (index: number): number => numbers[at + index] ?? 0;
  const reached = (index: number): number | null => {
    const value = numbers[at + index];
    return value === undefined || Number.isNaN(value) ? null : value;
  };
  return {
    number: number(0),
    startedAtMs: number(1),
    requestStart: number(2),
    fieldsStart: number(3),
    headEnd: reached(4),
    requestEnd: reached(5),
    headAtMs: reached(6),
    requestAtMs: reached(7),
    bodyBytes: number(8),
    status: reached(9),
    replyStart: reached(10),
    replyEnd: reached(11),
    replyAtMs: reached(12),
    tokensLeft: reached(13),
  };
}
