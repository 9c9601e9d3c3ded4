/**
 * The exchanges of one connection. The latest one is an object, for it still changes; the earlier ones are packed,
 * their numbers in one typed array. Kept as objects, hundreds on every connection that outlive each garbage
 * collection, they cost more than all the rest of a request.
 *
 * Bounded by what `begin` is told. The array grows by doubling, so a connection of few requests holds little.
 */
import type { Exchange } from '../contract/connections';

export type KeptExchange = { -readonly [Key in keyof Exchange]: Exchange[Key] } & { fieldsStart: number };

const NUMBERS_PER_EXCHANGE = 14;
const FIRST_CAPACITY = 4;

export class ExchangeLog {
  #latest: KeptExchange | null = null;
  /** Of the earlier ones, oldest first; NaN for null. */
  #numbers = NO_NUMBERS;
  #methods: string[] = [];
  #targets: string[] = [];
  #versions: string[] = [];
  #failures: Exchange['failure'][] = [];
  #dropped = 0;

  get latest(): KeptExchange | null {
    return this.#latest;
  }

  get count(): number {
    return this.#methods.length + (this.#latest === null ? 0 : 1);
  }

  /** How many earlier ones are no longer kept. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The next exchange, nothing of which is reached yet; with it there are fewer than `most`. */
  begin(most: number): KeptExchange {
    if (this.#latest === null) this.#latest = newExchange();
    else {
      this.#pack(this.#latest);
      clear(this.#latest);
    }
    // Half are dropped at once, so that the cost of moving the rest is spread over many requests.
    if (this.count >= most) this.#drop(this.count - Math.floor(most / 2));
    return this.#latest;
  }

  /** Copies, oldest first. */
  all(): KeptExchange[] {
    const earlier = this.#methods.map((_, index) => this.#unpack(index));
    return this.#latest === null ? earlier : [...earlier, { ...this.#latest }];
  }

  #pack(exchange: KeptExchange): void {
    const index = this.#methods.length;
    const at = index * NUMBERS_PER_EXCHANGE;
    if (at === this.#numbers.length) this.#resize(Math.max(FIRST_CAPACITY, index * 2), 0);
    packNumbers(this.#numbers, at, exchange);
    this.#methods.push(exchange.method);
    // Requests of one connection often repeat a target: then the text is held once.
    const last = this.#targets[index - 1];
    this.#targets.push(exchange.target === last ? last : exchange.target);
    this.#versions.push(exchange.version);
    this.#failures.push(exchange.failure);
  }

  #drop(count: number): void {
    this.#resize(this.#methods.length, count);
    for (const column of [this.#methods, this.#targets, this.#versions, this.#failures]) column.splice(0, count);
    this.#dropped += count;
  }

  #resize(capacity: number, from: number): void {
    const resized = new Float64Array(capacity * NUMBERS_PER_EXCHANGE);
    resized.set(this.#numbers.subarray(from * NUMBERS_PER_EXCHANGE, this.#methods.length * NUMBERS_PER_EXCHANGE));
    this.#numbers = resized;
  }

  #unpack(index: number): KeptExchange {
    return {
      ...unpackNumbers(this.#numbers, index * NUMBERS_PER_EXCHANGE),
      method: this.#methods[index] ?? '',
      target: this.#targets[index] ?? '',
      version: this.#versions[index] ?? '',
      failure: this.#failures[index] ?? null,
    };
  }
}

const NO_NUMBERS = new Float64Array(0);

type Numbers = Omit<KeptExchange, 'method' | 'target' | 'version' | 'failure'>;

function newExchange(): KeptExchange {
  const texts = { method: '', target: '', version: '', failure: null };
  return { ...texts, ...unpackNumbers(NO_NUMBERS, 0) };
}

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
