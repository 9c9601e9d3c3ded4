/**
 * The exchanges of one connection. The latest one is an object, for it still changes, and so do the marks of its relay;
 * the earlier ones are packed, their numbers in typed arrays. Kept as objects, hundreds on every connection that outlive
 * each garbage collection, they cost more than all the rest of a request.
 *
 * Bounded by what `begin` is told. The arrays grow by doubling, so a connection of few requests holds little.
 */
import type { Exchange } from '../contract/connections';
import { NumberRows, reachedAt } from './number-rows';
import { PackedRelays } from './packed-relays';

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
const NUMBERS_PER_RELAY_OF = 2;
const TEXTS_PER_EXCHANGE = 3;

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
  dropped = 0;
  /** NaN for null. */
  readonly #rows = new NumberRows(NUMBERS_PER_EXCHANGE);
  /** Method, target and version of each: one array grows at a time, not three. */
  #texts: string[] = [];
  /** What few have, by the number of exchanges before it, dropped ones included. */
  readonly #rare = new Map<number, Rare>();
  /** What a proxy mode adds, of each; null: none of them has it. */
  #relays: PackedRelays | null = null;
  #relayOf: NumberRows | null = null;

  get count(): number {
    return this.#rows.count;
  }

  add(exchange: KeptExchange): void {
    const { method, target, version, failure, relay, relayOf, switchedTo } = exchange;
    const { count } = this;
    packNumbers(this.#rows, exchange);
    // Requests of one connection often repeat a target: then the text is held once.
    const last = this.#texts[(count - 1) * TEXTS_PER_EXCHANGE + 1];
    this.#texts.push(method, target === last ? last : target, version);
    if (failure !== null || switchedTo !== null) this.#rare.set(this.dropped + count, { failure, switchedTo });
    if (relay !== null) this.#relays ??= new PackedRelays(count);
    this.#relays?.add(relay);
    if (relayOf !== null) this.#relayOf ??= new NumberRows(NUMBERS_PER_RELAY_OF, count);
    if (this.#relayOf !== null) packRelayOf(this.#relayOf, relayOf);
  }

  drop(count: number): void {
    this.#rows.drop(count);
    this.#texts.splice(0, count * TEXTS_PER_EXCHANGE);
    this.#relays?.drop(count);
    this.#relayOf?.drop(count);
    this.dropped += count;
    for (const number of this.#rare.keys()) if (number < this.dropped) this.#rare.delete(number);
  }

  all(): KeptExchange[] {
    return Array.from({ length: this.count }, (_, index) => this.#unpack(index));
  }

  #unpack(index: number): KeptExchange {
    const at = index * TEXTS_PER_EXCHANGE;
    return {
      ...unpackNumbers(this.#rows.numbers, index * NUMBERS_PER_EXCHANGE),
      method: this.#texts[at] ?? '',
      target: this.#texts[at + 1] ?? '',
      version: this.#texts[at + 2] ?? '',
      relay: this.#relays?.unpack(index) ?? null,
      relayOf: this.#relayOf && unpackRelayOf(this.#relayOf.numbers, index * NUMBERS_PER_RELAY_OF),
      ...(this.#rare.get(this.dropped + index) ?? NOTHING_RARE),
    };
  }
}

type Rare = Pick<Exchange, 'failure' | 'switchedTo'>;
const NOTHING_RARE: Rare = { failure: null, switchedTo: null };

type Numbers = Omit<KeptExchange, 'method' | 'target' | 'version' | 'relay' | 'relayOf' | keyof Rare>;

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

function packNumbers(rows: NumberRows, exchange: KeptExchange): void {
  const at = rows.add();
  const { numbers } = rows;
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
  const reached = (index: number): number | null => reachedAt(numbers, at + index);
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

function packRelayOf(rows: NumberRows, relayOf: Exchange['relayOf']): void {
  const at = rows.add();
  rows.numbers[at] = relayOf?.connection ?? NaN;
  rows.numbers[at + 1] = relayOf?.number ?? NaN;
}

function unpackRelayOf(numbers: Float64Array, at: number): Exchange['relayOf'] {
  const [connection, number] = [numbers[at] ?? NaN, numbers[at + 1] ?? NaN];
  return Number.isNaN(connection) ? null : { connection, number };
}
