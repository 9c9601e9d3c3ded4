/** One connection of a relay world: what its driver does, without a socket. Reads lie in one buffer that is overwritten. */
import type { Fact } from '../../src-main/contract/facts';
import type { Session, SessionPort } from '../../src-main/session/port';
import { joined } from '../http1/forwarding-check.ts';

/** What every read of every connection lies in; after each event there is other stuff in it. */
const shared = new Uint8Array(64 * 1024);
const OVERWRITTEN = 0xee;

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export interface LineWorld {
  readonly nowMs: number;
  readonly facts: Fact[];
  /** Carries out, at the end of the event under way, what it did to this connection. */
  touched(line: Line): void;
  run(event: () => void): void;
}

export class Line implements SessionPort {
  session!: Session;
  /** What the peer sent and nobody has read. */
  incoming = '';
  /** What the peer has taken. */
  taken = '';
  /** What was written and the peer has not taken. */
  waiting = '';
  isPeerStalled = false;
  isPaused = false;
  hasPeerEnded = false;
  isEndRead = false;
  hasEnded = false;
  isFinished = false;
  isGone = false;
  wasReset = false;
  /** Times we asked for RST. */
  resets = 0;
  isClosed = false;
  /** What was asked for after the session was told that it is closed, and other things that must not happen. */
  readonly wrongs: string[] = [];
  #outgoing: Uint8Array[] = [];
  #isEnding = false;
  #isResetByPeer = false;

  constructor(private readonly world: LineWorld) {}

  get pendingBytes(): number {
    return this.waiting.length;
  }

  write(bytes: Uint8Array): void {
    if (this.isClosed) this.wrongs.push('written to after it was closed');
    this.#outgoing.push(bytes);
    this.world.touched(this);
  }

  end(): void {
    this.#isEnding = true;
    this.world.touched(this);
  }

  destroy(): void {
    this.isGone = true;
  }

  reset(): void {
    this.resets += 1;
    this.flush();
    if (!this.isGone) this.wasReset = true;
    this.isGone = true;
  }

  pauseReading(): void {
    this.isPaused = true;
    this.world.touched(this);
  }

  resumeReading(): void {
    this.isPaused = false;
    this.world.touched(this);
  }

  wakeDue(): void {}

  record(fact: Fact): void {
    if (this.isClosed) this.wrongs.push(`stated ${fact.kind} after it was closed`);
    this.world.facts.push(fact);
  }

  flush(): void {
    const pieces = this.#outgoing;
    this.#outgoing = [];
    if (this.isGone || this.hasEnded) return;
    if (pieces.length > 0) {
      const bytes = text(joined(pieces));
      const isTaken = !this.isPeerStalled && this.waiting === '';
      if (isTaken) this.taken += bytes;
      else this.waiting += bytes;
      this.session.sent(isTaken, this.world.nowMs);
    }
    this.hasEnded ||= this.#isEnding && !this.isGone;
  }

  get canRead(): boolean {
    return this.incoming !== '' && !this.isPaused && !this.isGone;
  }

  read(most: number): void {
    const bytes = Buffer.from(this.incoming.slice(0, most), 'latin1');
    this.incoming = this.incoming.slice(bytes.length);
    shared.set(bytes);
    this.world.run(() => this.session.received(shared.subarray(0, bytes.length), this.world.nowMs));
    shared.fill(OVERWRITTEN, 0, bytes.length);
  }

  get canReadEnd(): boolean {
    return this.hasPeerEnded && !this.isEndRead && this.incoming === '' && !this.isPaused && !this.isGone;
  }

  readEnd(): void {
    this.isEndRead = true;
    this.world.run(() => this.session.peerEnded(this.world.nowMs));
  }

  get canDrain(): boolean {
    return this.waiting !== '' && !this.isPeerStalled && !this.isGone;
  }

  drain(): void {
    this.taken += this.waiting;
    this.waiting = '';
    this.world.run(() => this.session.drained(this.world.nowMs));
  }

  get canFinish(): boolean {
    return this.hasEnded && this.waiting === '' && !this.isFinished && !this.isGone;
  }

  finish(): void {
    this.isFinished = true;
    this.world.run(() => this.session.finished(this.world.nowMs));
  }

  resetByPeer(): void {
    this.#isResetByPeer = true;
    this.isGone = true;
  }

  get canClose(): boolean {
    return !this.isClosed && (this.isGone || (this.isFinished && this.isEndRead));
  }

  close(): void {
    this.isGone = true;
    this.world.run(() => this.session.closed(this.#isResetByPeer, this.world.nowMs));
    this.isClosed = true;
  }

  get canWake(): boolean {
    const { wakeAtMs } = this.session;
    return !this.isGone && wakeAtMs !== null && wakeAtMs <= this.world.nowMs;
  }

  wake(): void {
    this.world.run(() => this.session.deadlinePassed(this.world.nowMs));
  }
}
