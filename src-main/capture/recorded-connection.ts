/** One connection as the journal knows it: its packets, how far each direction is, and where its bytes stand. */
import type { Endpoint } from '../contract/address';
import type { ConnectionId, Direction } from '../contract/connections';
import { ConnectionPackets } from './packet';
import { StreamIndex } from './stream-index';

/** Facts that wait for the connection's next packet; what is longer is cut. */
const MAX_NOTE_CHARACTERS = 4_096;

const IN_ENDED = 1;
const OUT_ENDED = 2;
const RESET = 4;

/** Spreads successive connections over the 32 bits: an odd number near 2^32 divided by the golden ratio. */
const SEQUENCE_STRIDE = 0x9e37_79b1;

/** One line for tools that print to terminals: a control byte may be one of a client's. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');

export class RecordedConnection {
  readonly packets: ConnectionPackets;
  readonly in = new StreamIndex();
  readonly out = new StreamIndex();
  /** What stands at the end of each direction; after RST there is nothing more in either. */
  #ends = 0;
  #note: string | null = null;

  constructor(id: ConnectionId, client: Endpoint, server: Endpoint) {
    // Two connections on the same ports with the same first number would be one connection repeating itself.
    this.packets = new ConnectionPackets(client, server, Math.imul(id, SEQUENCE_STRIDE));
  }

  index(direction: Direction): StreamIndex {
    return direction === 'in' ? this.in : this.out;
  }

  get hasNote(): boolean {
    return this.#note !== null;
  }

  note(text: string): void {
    const line = oneLine(text);
    const whole = this.#note === null ? line : `${this.#note}\n${line}`;
    this.#note = whole.slice(0, MAX_NOTE_CHARACTERS);
  }

  takeNote(): string | null {
    const note = this.#note;
    if (note !== null) this.#note = null;
    return note;
  }

  /** False: that side is at its end already. After RST there is nothing more. */
  end(direction: Direction, how: 'fin' | 'reset'): boolean {
    const end = direction === 'in' ? IN_ENDED : OUT_ENDED;
    const isEnded = (this.#ends & end) !== 0;
    if ((this.#ends & RESET) !== 0 || (how === 'fin' && isEnded)) return false;
    this.#ends |= how === 'reset' ? end | RESET : end;
    return true;
  }
}
