/** One connection as the journal knows it: its headers, how far each direction is, and where its bytes stand. */
import type { Direction } from '../contract/connections';
import { ACK, FIN, PacketHeader, SYN, type Endpoint, type Segment } from './packet';
import { StreamIndex } from './stream-index';

/** Facts that wait for the connection's next packet; what is longer is cut. */
const MAX_NOTE_CHARACTERS = 4_096;

const other = (direction: Direction): Direction => (direction === 'in' ? 'out' : 'in');

export class RecordedConnection {
  readonly headers: Readonly<Record<Direction, PacketHeader>>;
  readonly index: Readonly<Record<Direction, StreamIndex>> = { in: new StreamIndex(), out: new StreamIndex() };
  /** The sequence number of the next byte. */
  readonly #sequence: Record<Direction, number> = { in: 0, out: 0 };
  readonly #ended: Record<Direction, boolean> = { in: false, out: false };
  #isReset = false;
  #note: string | null = null;

  constructor(client: Endpoint, server: Endpoint) {
    this.headers = {
      in: new PacketHeader(client, server, 'in'),
      out: new PacketHeader(server, client, 'out'),
    };
  }

  get hasNote(): boolean {
    return this.#note !== null;
  }

  note(text: string): void {
    const whole = this.#note === null ? text : `${this.#note}\n${text}`;
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
