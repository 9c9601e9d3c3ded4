/**
 * One end of a tunnel: what this connection receives goes out at the other end as it is, and the other way round, with
 * FIN and RST. Nothing is kept: where one side does not take what was written, the other side is not read from.
 */
import type { Settings } from '../contract/settings';
import { deadlineAfter, type GuardDeadline } from '../guard/deadlines';
import { Reading } from './reading';
import type { SessionPort } from './port';
import type { OpenEnd, TunnelEnd } from './tunnel-end';

export class Tunnel implements OpenEnd {
  readonly handshake = null;
  #other: TunnelEnd | null = null;
  #reading: Reading | null = null;
  #isOver = false;
  #hasEnded = false;

  constructor(
    private readonly port: SessionPort,
    /** Writes, and counts. */
    private readonly write: (bytes: Uint8Array) => void,
    /** When something passed last, either way. */
    private lastPassedMs: number,
  ) {}

  /** Of the end that is a client's: every tunnel has one. A handshake comes before a head, and has the time of one. */
  deadline({ tunnelIdleTimeoutMs, headTimeoutMs }: Settings): GuardDeadline | null {
    const idle = deadlineAfter('tunnelIdleTimeoutMs', this.lastPassedMs, tunnelIdleTimeoutMs);
    const handshake = this.#other?.handshake ?? null;
    const head = handshake === null ? null : deadlineAfter('headTimeoutMs', handshake.sinceMs, headTimeoutMs);
    return head === null || (idle !== null && idle.atMs < head.atMs) ? idle : head;
  }

  /** The head timeout of its deadline passed. */
  handshakeTimedOut(nowMs: number): void {
    this.#other?.handshake?.timedOut(nowMs);
  }

  couple(other: TunnelEnd): void {
    this.#other = other;
  }

  received(bytes: Uint8Array, nowMs: number): void {
    this.lastPassedMs = nowMs;
    this.#other?.pass(bytes, nowMs);
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

  stop(): void {
    this.#other?.passStop();
  }

  /** The connection is gone. */
  closed(hasPeerEnded: boolean, reset: boolean): void {
    const other = this.#other;
    this.#other = null;
    this.#isOver = true;
    if (other === null) return;
    // Whole is what had FIN both ways.
    if (reset || !hasPeerEnded || !this.#hasEnded) other.passReset();
  }

  pass(bytes: Uint8Array, nowMs: number): void {
    this.lastPassedMs = nowMs;
    if (!this.#isOver) this.write(bytes);
  }

  passEnd(): void {
    if (this.#isOver) return;
    this.#hasEnded = true;
    this.port.end();
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

  /** Bytes that pass as they are have no place to stop at. */
  passStop(): void {}
}
