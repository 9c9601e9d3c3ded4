/**
 * One end of a tunnel: what this connection receives goes out at the other end as it is, and the other way round, with
 * FIN and RST. Nothing is kept: where one side does not take what was written, the other side is not read from.
 */
import { Reading } from './reading';
import type { SessionPort } from './port';
import type { OpenEnd, TunnelEnd } from './tunnel-end';

export class Tunnel implements OpenEnd {
  #other: TunnelEnd | null = null;
  #reading: Reading | null = null;
  #isOver = false;

  constructor(
    private readonly port: SessionPort,
    /** Writes, and counts. */
    private readonly write: (bytes: Uint8Array) => void,
  ) {}

  couple(other: TunnelEnd): void {
    this.#other = other;
  }

  received(bytes: Uint8Array): void {
    this.#other?.pass(bytes);
  }

  peerEnded(): void {
    this.#other?.passEnd();
  }

  sent(taken: boolean, nowMs: number): void {
    if (!taken) this.#other?.hold(nowMs);
  }

  drained(nowMs: number): void {
    this.#other?.readOn(nowMs);
  }

  /** The connection is gone. */
  closed(hasPeerEnded: boolean, reset: boolean): void {
    const other = this.#other;
    this.#other = null;
    this.#isOver = true;
    if (other === null) return;
    if (reset || !hasPeerEnded) other.passReset();
  }

  pass(bytes: Uint8Array): void {
    if (!this.#isOver) this.write(bytes);
  }

  passEnd(): void {
    if (!this.#isOver) this.port.end();
  }

  passReset(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#other = null;
    this.port.reset();
  }

  hold(nowMs: number): void {
    this.#reading ??= new Reading(this.port);
    this.#reading.pause('untaken-reply', nowMs);
  }

  readOn(nowMs: number): void {
    this.#reading?.resume('untaken-reply', nowMs);
  }
}
