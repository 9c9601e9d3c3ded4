/** One connection as the journal knows it: its headers, how far each direction is, and where its bytes stand. */
import type { Endpoint } from '../contract/address';
import type { ConnectionId, Direction } from '../contract/connections';
import { ACK, FIN, PacketHeader, SYN, type Segment } from './packet';
import { StreamIndex } from './stream-index';

/** Facts that wait for the connection's next packet; what is longer is cut. */
const MAX_NOTE_CHARACTERS = 4_096;

/** Spreads successive connections over the 32 bits: an odd number near 2^32 divided by the golden ratio. */
const SEQUENCE_STRIDE = 0x9e37_79b1;

/** One line for tools that print to terminals: a control byte may be one of a client's. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');

const other = (direction: Direction): Direction => (direction === 'in' ? 'out' : 'in');

export class RecordedConnection {
  readonly headers: Readonly<Record<Direction, PacketHeader>>;
  readonly index: Readonly<Record<Direction, StreamIndex>> = { in: new StreamIndex(), out: new StreamIndex() };
  /** The sequence number of the next byte. */
  readonly #sequence: Record<Direction, number>;
  readonly #ended: Record<Direction, boolean> = { in: false, out: false };
  #isReset = false;
  #note: string | null = null;

  constructor(id: ConnectionId, client: Endpoint, server: Endpoint) {
    // Two connections on the same ports with the same first number would be one connection repeating itself.
    const first = Math.imul(id, SEQUENCE_STRIDE) >>> 0;
    this.#sequence = { in: first, out: first };
    this.headers = {
      in: new PacketHeader(client, server, 'in'),
      out: new PacketHeader(server, client, 'out'),
    };
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
    this.#note = null;
    return note;
  }

  /** False: that side is at its end already. After RST there is nothing more. */
  end(direction: Direction, how: 'fin' | 'reset'): boolean {
    if (this.#isReset || (how === 'fin' && this.#ended[direction])) return false;
    this.#ended[direction] = true;
    this.#isReset = how === 'reset';
    return true;
  }

  /** The numbers of the next packet; SYN and FIN take one each (RFC 9293 §3.4). */
  advance(direction: Direction, flags: number, payloadLength: number): Segment {
    const sequence = this.#sequence[direction];
    const acknowledged = (flags & ACK) === 0 ? 0 : this.#sequence[other(direction)];
    this.#sequence[direction] = sequence + payloadLength + ((flags & (SYN | FIN)) === 0 ? 0 : 1);
    return { sequence, acknowledged, flags, payloadLength };
  }
}
