/**
 * Drives one session with one socket: hands events in, carries effects out, and keeps its one timer. Every byte
 * goes to the tap before the session sees it, and before the socket takes it.
 */
import type { Socket } from 'node:net';
import type { ArmedDeadline, ConnectionId, ConnectionPhase, Direction, Side } from '../contract/connections';
import type { Failure } from '../contract/errors';
import type { Fact } from '../contract/facts';
import type { Session, SessionPort, StartLine } from '../session/port';
import type { Activity } from './activity';
import { bugOf } from './bug';
import { nowMs } from './clock';
import { DirectWrites, type Writer } from './direct-writes';
import { enter, isAffected, isUnderWay, leave, type Affected } from './event-effects';
import { gather, isLent, settleScratch } from './outbox';
import { isGone, resetSocket } from './reset';
import { READ_BYTES, READER, type Reader } from './static-reads';
import type { Tap } from './tap';
import { isTurnSpent } from './turn';
import { allLeave, waitsForTurnEnd, type Unsent } from './turn-end';
import { WakeTimer, type Sleeper } from './wake-timer';

export interface DriverHooks {
  readonly tap: Tap;
  record(fact: Fact): void;
  accepted(driver: ConnectionDriver): void;
  /** The tap cannot follow: nothing more is to be read from any connection. */
  tapFellBehind(by: ConnectionDriver): void;
  /** Bytes crossed the socket. */
  moved(driver: ConnectionDriver, activity: Activity): void;
  gone(driver: ConnectionDriver): void;
  /** A rule of our own was broken inside one connection; that connection ends, the others go on. */
  broke(failure: Failure): void;
}

/** There are two for every request, on every connection: one object tells of all of them. */
const latest: { -readonly [Key in keyof Activity]: Activity[Key] } = {
  direction: 'in',
  side: 'client',
  bytes: 0,
  atMs: 0,
};

/** A long reply is written in slices, so that `pendingBytes` shows whether the peer takes any of it. */
const WRITE_SLICE_BYTES = 256 * 1024;

/** The longest write that is put off until the end of the turn. */
const SHORT_BYTES = 4 * 1024;

/** Of all connections of all listeners. */
const deadlines = new WakeTimer(nowMs);

export interface DrivenSocket extends Socket {
  [READER]: ConnectionDriver;
}

export class ConnectionDriver implements SessionPort, Reader, Writer, Sleeper, Unsent, Affected {
  place = -1;
  wakesAtMs = 0;
  readonly session: Session;
  #socket: Socket | null = null;
  #direct: DirectWrites | null = null;
  readonly #reads: Direction;
  readonly #writes: Direction;
  /** What the event under way has written: the first piece, then all pieces where there are more. */
  #outgoing: Uint8Array | null = null;
  #outbox: Uint8Array[] | null = null;
  /** Recorded, and put off until the end of the turn. */
  #unsent: Uint8Array | null = null;
  #isTouched = false;
  #ending = false;
  #hasReset = false;
  #reset = false;
  /** The session does not want to read. */
  #isPaused = false;
  /** Since when nothing is read because the tap cannot follow. */
  #heldSinceMs: number | null = null;
  /** Others have their turn first. */
  #givesWay = false;

  constructor(
    readonly id: ConnectionId,
    private readonly side: Side,
    private readonly hooks: DriverHooks,
    private readonly ownerGone: (driver: ConnectionDriver) => void,
    sessionOf: (port: SessionPort) => Session,
  ) {
    this.#reads = side === 'client' ? 'in' : 'out';
    this.#writes = side === 'client' ? 'out' : 'in';
    this.session = sessionOf(this);
  }

  /** Drives this socket, which tells `received` of its reads: by `withStaticReads`, or by its `data` events. */
  use(socket: DrivenSocket): this {
    this.#socket = socket;
    socket.on('end', ConnectionDriver.#onEnd);
    socket.on('drain', ConnectionDriver.#onDrain);
    socket.on('finish', ConnectionDriver.#onFinish);
    socket.on('error', ConnectionDriver.#onError);
    socket.on('close', ConnectionDriver.#onClose);
    return this;
  }

  /** From now on short pieces go to the kernel directly: of a socket that is connected, and is no TLS. */
  writeDirectly(): void {
    if (this.#socket !== null) this.#direct = new DirectWrites(this.#socket, this, this.side === 'upstream');
  }

  /** Takes the connection in, or turns it away. */
  open(): void {
    this.run((atMs) => {
      this.session.opened(atMs);
      this.hooks.accepted(this);
    });
  }

  get phase(): ConnectionPhase {
    return this.session.phase;
  }

  get bytesIn(): number {
    return this.session.bytesIn;
  }

  get bytesOut(): number {
    return this.session.bytesOut;
  }

  get bodyBytes(): number {
    return this.session.bodyBytes;
  }

  get startLine(): StartLine | null {
    return this.session.startLine;
  }

  get armed(): ArmedDeadline | null {
    const { deadline } = this.session;
    return deadline && { guard: deadline.guard, startedAtMs: deadline.startedAtMs, atMs: deadline.atMs };
  }

  settingsChanged(): void {
    this.run((atMs) => this.session.settingsChanged(atMs));
  }

  stop(): void {
    this.run((atMs) => this.session.stop(atMs));
  }

  get pendingBytes(): number {
    const unsent = this.#unsent?.length ?? 0;
    return unsent + (this.#socket?.writableLength ?? 0) + (this.#direct?.pendingBytes ?? 0);
  }

  write(bytes: Uint8Array): void {
    this.#touch();
    if (this.#outgoing === null) this.#outgoing = bytes;
    else if (this.#outbox === null) this.#outbox = [this.#outgoing, bytes];
    else this.#outbox.push(bytes);
  }

  end(): void {
    this.#touch();
    this.#ending = true;
  }

  destroy(): void {
    this.#handOver(nowMs());
    this.#socket?.destroy();
  }

  reset(): void {
    // The replies before it have been stated.
    if (this.#outgoing !== null) this.#send(this.#outgoing, nowMs());
    this.#handOver(nowMs());
    this.hooks.tap.ended(this.id, this.#writes, 'reset', nowMs());
    this.#hasReset = true;
    if (this.#socket !== null) resetSocket(this.#socket);
  }

  pauseReading(): void {
    this.#touch();
    this.#isPaused = true;
    this.#socket?.pause();
  }

  resumeReading(): void {
    this.#touch();
    this.#isPaused = false;
    this.#readOn();
  }

  wakeDue(): void {
    this.#touch();
  }

  /** Nothing is read until `release`. */
  hold(): void {
    this.#heldSinceMs ??= nowMs();
    this.#socket?.pause();
  }

  release(): void {
    const sinceMs = this.#heldSinceMs;
    if (sinceMs === null) return;
    this.#heldSinceMs = null;
    this.run((atMs) => this.session.notReadFor(atMs - sinceMs));
    this.#readOn();
  }

  #readOn(): void {
    if (!this.#isPaused && this.#heldSinceMs === null && !this.#givesWay) this.#socket?.resume();
  }

  record(fact: Fact): void {
    this.hooks.record(fact);
  }

  received(bytes: Uint8Array): void {
    const atMs = nowMs();
    const outer = enter(this);
    try {
      this.hooks.tap.recorded(this.id, this.#reads, bytes, atMs);
      this.session.received(bytes, atMs);
      this.#moved(this.#reads, bytes.length, atMs);
      this.#flush(atMs);
      if (this.hooks.tap.isBehind) this.hooks.tapFellBehind(this);
    } catch (thrown) {
      this.#broke(thrown);
    }
    leave(outer, atMs);
    // Where the buffer was filled, there is more to read.
    if (bytes.length < READ_BYTES) return;
    const endMs = nowMs();
    allLeave(endMs);
    if (isTurnSpent(atMs, endMs)) this.#giveWay();
  }

  #giveWay(): void {
    const socket = this.#socket;
    if (socket === null || this.#givesWay || socket.destroyed) return;
    this.#givesWay = true;
    socket.pause();
    setImmediate(() => {
      this.#givesWay = false;
      if (!socket.destroyed) this.#readOn();
    });
  }

  #moved(direction: Direction, bytes: number, atMs: number): void {
    latest.direction = direction;
    latest.side = this.side;
    latest.bytes = bytes;
    latest.atMs = atMs;
    this.hooks.moved(this, latest);
  }

  drained(): void {
    this.run((atMs) => this.session.drained(atMs));
  }

  #peerEnded(): void {
    if (this.#socket !== null && !this.#ending && isGone(this.#socket)) {
      this.#reset = true;
      this.#socket.destroy();
      return;
    }
    this.run((atMs) => {
      this.hooks.tap.ended(this.id, this.#reads, 'fin', atMs);
      this.session.peerEnded(atMs);
    });
  }

  /** A deadline may have passed. */
  wake(): void {
    // Asked for again by `release`: what the peer could not send meanwhile is not its delay.
    if (this.#heldSinceMs !== null) return;
    this.run((atMs) => this.session.deadlinePassed(atMs));
  }

  /** An event of this connection. What it does to others is done when this returns. */
  run(event: (atMs: number) => void): void {
    // A moment later the session is told that it is over: what it did till then would be stated and never done.
    if (this.#socket?.destroyed !== true) this.told(event);
  }

  /** The same, also where the socket is gone already. */
  told(event: (atMs: number) => void): void {
    const atMs = nowMs();
    const outer = enter(this);
    try {
      event(atMs);
      this.#flush(atMs);
    } catch (thrown) {
      this.#broke(thrown);
    }
    leave(outer, atMs);
  }

  /** What is wrong with one connection ends that one: with a reply where that is still possible, else by RST. */
  #broke(thrown: unknown): void {
    const failure = bugOf(thrown);
    this.hooks.broke(failure);
    try {
      const atMs = nowMs();
      this.session.broke(failure, atMs);
      this.#flush(atMs);
    } catch {
      if (this.#socket !== null) resetSocket(this.#socket);
    }
  }

  /** The effects of another connection's event are carried out at its end. */
  #touch(): void {
    if (isUnderWay(this) || this.#isTouched) return;
    this.#isTouched = true;
    isAffected(this);
  }

  /** Carries out what an event of another connection brought about. */
  carryOut(atMs: number): void {
    this.#isTouched = false;
    try {
      this.#flush(atMs);
    } catch (thrown) {
      this.#broke(thrown);
    }
  }

  /** One write for everything the event gave: the replies to pipelined requests leave in one segment. */
  #flush(atMs: number): void {
    if (this.#outgoing !== null) this.#send(this.#outgoing, atMs);
    const socket = this.#socket;
    if (socket === null) return;
    if (this.#ending && !socket.writableEnded && !socket.destroyed) {
      this.#handOver(atMs);
      this.hooks.tap.ended(this.id, this.#writes, 'fin', atMs);
      socket.end();
    }
    deadlines.set(this, this.session.wakeAtMs);
  }

  #send(first: Uint8Array, atMs: number): void {
    const outbox = this.#outbox;
    this.#outgoing = null;
    this.#outbox = null;
    const socket = this.#socket;
    if (socket === null || socket.destroyed || socket.writableEnded) return;
    const bytes = outbox === null && !isLent(first) ? first : gather(outbox ?? [first]);
    this.hooks.tap.recorded(this.id, this.#writes, bytes, atMs);
    this.#moved(this.#writes, bytes.length, atMs);
    if (bytes.length <= SHORT_BYTES && this.#unsent === null && waitsForTurnEnd(this, atMs)) {
      this.#unsent = bytes;
      return;
    }
    this.#handOver(atMs);
    this.#write(socket, bytes, atMs);
  }

  /** False: it waits for the peer. */
  #write(socket: Socket, bytes: Uint8Array, atMs: number): boolean {
    const direct = this.#direct?.write(bytes) ?? null;
    settleScratch(bytes, direct === true);
    const taken = direct ?? this.#writeSlices(socket, bytes);
    this.session.sent(taken, atMs);
    return taken;
  }

  /** What was put off leaves now. False: it waits for the peer. */
  #handOver(atMs: number): boolean {
    const bytes = this.#unsent;
    const socket = this.#socket;
    this.#unsent = null;
    return bytes === null || socket === null || socket.destroyed || this.#write(socket, bytes, atMs);
  }

  leaves(atMs: number): void {
    if (this.#unsent === null) return;
    const outer = enter(this);
    try {
      // The peer is waited for from now on; what it has taken moves no deadline.
      if (!this.#handOver(atMs)) deadlines.set(this, this.session.wakeAtMs);
    } catch (thrown) {
      this.#broke(thrown);
    }
    leave(outer, atMs);
  }

  #writeSlices(socket: Socket, bytes: Uint8Array): boolean {
    // The socket does not know of a direct write in front of it: of short pieces behind one it tells nothing.
    const left = (this.#direct?.pendingBytes ?? 0) > 0 ? this.#leftBehind() : undefined;
    let taken = left === undefined;
    for (let at = 0; at < bytes.length; at += WRITE_SLICE_BYTES) {
      taken = socket.write(bytes.subarray(at, at + WRITE_SLICE_BYTES), left) && left === undefined;
    }
    return taken;
  }

  #leftBehind(): (error?: Error | null) => void {
    return (error) => {
      if (!error && this.pendingBytes === 0) this.drained();
    };
  }

  #closed(): void {
    deadlines.clear(this);
    const atMs = nowMs();
    const outer = enter(this);
    try {
      // What is stated of the end goes along with its packet.
      this.session.closed(this.#reset, atMs);
      if (this.#reset) this.hooks.tap.ended(this.id, this.#reads, 'reset', atMs);
      // Closing a socket sends FIN where neither that nor RST was sent before.
      else if (!this.#ending && !this.#hasReset) this.hooks.tap.ended(this.id, this.#writes, 'fin', atMs);
    } catch (thrown) {
      this.hooks.broke(bugOf(thrown));
    }
    leave(outer, atMs);
    this.hooks.gone(this);
    this.ownerGone(this);
  }

  // One function for all sockets: closures for each would be a tenth of what an idle connection holds.
  static #onEnd(this: DrivenSocket): void {
    this[READER].#peerEnded();
  }

  static #onDrain(this: DrivenSocket): void {
    this[READER].drained();
  }

  static #onFinish(this: DrivenSocket): void {
    const driver = this[READER];
    driver.run((atMs) => driver.session.finished(atMs));
  }

  static #onError(this: DrivenSocket, { code }: NodeJS.ErrnoException): void {
    this[READER].#reset ||= code === 'ECONNRESET' || code === 'EPIPE';
  }

  static #onClose(this: DrivenSocket): void {
    this[READER].#closed();
  }
}
