/** How the earlier exchanges of a connection were passed on, as numbers and texts; nothing for those that were not. */
import type { Relay } from '../contract/connections';
import { NumberRows, reachedAt } from './number-rows';

const NUMBERS_PER_RELAY = 11;
const TEXTS_PER_RELAY = 2;

/** Oldest first. */
export class PackedRelays {
  /** NaN for null. */
  readonly #rows: NumberRows;
  /** Upstream and server of each. */
  readonly #texts: string[];
  /** Of the last one: requests of one connection mostly go to the same server, then its texts are held once. */
  #upstream = '';
  #server = '';

  /** `empty`: how many exchanges there are before the first that was passed on. */
  constructor(empty: number) {
    this.#rows = new NumberRows(NUMBERS_PER_RELAY, empty);
    this.#texts = Array<string>(empty * TEXTS_PER_RELAY).fill('');
  }

  add(relay: Relay | null): void {
    if (relay === null) {
      this.#rows.addEmpty();
    } else {
      const at = this.#rows.add();
      packMarks(this.#rows.numbers, at, relay);
      if (relay.upstream !== this.#upstream) this.#upstream = relay.upstream;
      if (relay.server !== this.#server) this.#server = relay.server;
    }
    this.#texts.push(this.#upstream, this.#server);
  }

  drop(count: number): void {
    this.#rows.drop(count);
    this.#texts.splice(0, count * TEXTS_PER_RELAY);
  }

  unpack(index: number): Relay | null {
    const marks = unpackMarks(this.#rows.numbers, index * NUMBERS_PER_RELAY);
    if (marks === null) return null;
    const at = index * TEXTS_PER_RELAY;
    return { upstream: this.#texts[at] ?? '', server: this.#texts[at + 1] ?? '', ...marks };
  }
}

function packMarks(numbers: Float64Array, at: number, relay: Relay): void {
  numbers[at] = relay.retries;
  numbers[at + 1] = relay.connection;
  numbers[at + 2] = relay.number;
  numbers[at + 3] = relay.routedAtMs;
  numbers[at + 4] = relay.connectAtMs ?? NaN;
  numbers[at + 5] = relay.connectedAtMs ?? NaN;
  numbers[at + 6] = relay.securedAtMs ?? NaN;
  numbers[at + 7] = relay.sendAtMs ?? NaN;
  numbers[at + 8] = relay.sentAtMs ?? NaN;
  numbers[at + 9] = relay.replyAtMs ?? NaN;
  numbers[at + 10] = relay.repliedAtMs ?? NaN;
}

/** Null: there are none. */
function unpackMarks(numbers: Float64Array, at: number): Omit<Relay, 'upstream' | 'server'> | null {
  if (reachedAt(numbers, at) === null) return null;
  const number = (index: number): number => numbers[at + index] ?? 0;
  const reached = (index: number): number | null => reachedAt(numbers, at + index);
  return {
    retries: number(0),
    connection: number(1),
    number: number(2),
    routedAtMs: number(3),
    connectAtMs: reached(4),
    connectedAtMs: reached(5),
    securedAtMs: reached(6),
    sendAtMs: reached(7),
    sentAtMs: reached(8),
    replyAtMs: reached(9),
    repliedAtMs: reached(10),
  };
}
