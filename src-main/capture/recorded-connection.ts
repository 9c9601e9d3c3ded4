/** One connection as the journal knows it: its packets, how far each direction is, and where its bytes stand. */
import type { Endpoint } from '../contract/address';
import type { ConnectionId, Direction } from '../contract/connections';
import { PacketFlow } from './packet';
import { StreamIndex } from './stream-index';

/** Facts that wait for the connection's next packet; what is longer is cut. */
const MAX_NOTE_CHARACTERS = 4_096;

/** Spreads successive connections over the 32 bits: an odd number near 2^32 divided by the golden ratio. */
const SEQUENCE_STRIDE = 0x9e37_79b1;

/** One line for tools that print to terminals: a control byte may be one of a client's. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');

/** One direction. */
export class RecordedStream {
  readonly index = new StreamIndex();
  isEnded = false;

  constructor(readonly packets: PacketFlow) {}
}

export class RecordedConnection {
  readonly in: RecordedStream;
  readonly out: RecordedStream;
  #isReset = false;
  #note: string | null = null;

  constructor(id: ConnectionId, client: Endpoint, server: Endpoint) {
    // Two connections on the same ports with the same first number would be one connection repeating itself.
    const first = Math.imul(id, SEQUENCE_STRIDE) >>> 0;
    this.in = new RecordedStream(new PacketFlow(client, server, 'in', first));
    this.out = new RecordedStream(new PacketFlow(server, client, 'out', first));
    this.in.packets.pairWith(this.out.packets);
  }

  stream(direction: Direction): RecordedStream {
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
    const stream = this.stream(direction);
    if (this.#isReset || (how === 'fin' && stream.isEnded)) return false;
    stream.isEnded = true;
    this.#isReset = how === 'reset';
    return true;
  }
}
