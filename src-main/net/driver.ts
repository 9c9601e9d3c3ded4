/**
 * Drives one session with one socket: hands events in, carries effects out, and keeps its one timer. Every byte
 * goes to the tap before the session sees it, and before the socket takes it.
 */
import type { Socket } from 'node:net';
import type { ArmedDeadline, ConnectionPhase } from '../contract/connections';
import type { StartLine } from '../session/port';
import type { Failure } from '../contract/errors';
import type { Fact } from '../contract/facts';
import { OriginSession } from '../session/origin-session';
import type { ServerState, SessionIdentity, SessionPort } from '../session/port';
import { bugOf } from './bug';
import { nowMs } from './clock';
import { DirectWrites, type Writer } from './direct-writes';
import { resetSocket } from './reset';
import { READ_BYTES, READER, withStaticReads, type Reader } from './static-reads';
import type { Tap } from './tap';
import { isTurnSpent } from './turn';
import { WakeTimer, type Sleeper } from './wake-timer';

export interface DriverHooks {
  readonly tap: Tap;
  record(fact: Fact): void;
  accepted(driver: ConnectionDriver): void;
  /** The tap cannot follow: nothing more is to be read from any connection. */
  tapFellBehind(): void;
  /** Bytes crossed the socket. */
  moved(driver: ConnectionDriver, activity: Activity): void;
  gone(driver: ConnectionDriver): void;
  /** A rule of our own was broken inside one connection; that connection ends, the others go on. */
  broke(failure: Failure): void;
}

/** A read or a write that just happened, after the session has seen it. The next one overwrites it: keep no hold. */
export interface Activity {
  readonly direction: 'in' | 'out';
  readonly bytes: number;
  readonly atMs: number;
}

/** There are two for every request, on every connection: one object tells of all of them. */
const latest: { -readonly [Key in keyof Activity]: Activity[Key] } = { direction: 'in', bytes: 0, atMs: 0 };

/** A long reply is written in slices, so that `pendingBytes` shows whether the client takes any of it. */
const WRITE_SLICE_BYTES = 256 * 1024;

/** Of all connections of all listeners. */
const deadlines = new WakeTimer(nowMs);

interface DrivenSocket extends Socket {
  [READER]: ConnectionDriver;
}

export class ConnectionDriver implements SessionPort, Reader, Writer, Sleeper {
  place = -1;
  wakesAtMs = 0;
  private readonly socket: Socket;
  readonly #session: OriginSession;
  readonly #direct: DirectWrites;
  /** What the event under way has written: the first piece, then all pieces where there are more. */
  #outgoing: Uint8Array | null = null;
  #outbox: Uint8Array[] | null = null;
  #ending = false;
  #reset = false;
  /** The session does not want to read. */
  #isPaused = false;
  /** Since when nothing is read because the tap cannot follow. */
  #heldSinceMs: number | null = null;
  /** Others have their turn first. */
  #givesWay = false;

  constructor(
    accepted: Socket,
    server: ServerState,
    readonly identity: SessionIdentity,
    private readonly hooks: DriverHooks,
  ) {
    this.#session = new OriginSession(this, server, identity);
    const socket = withStaticReads<ConnectionDriver>(accepted, this);
    this.socket = socket;
    this.#direct = new DirectWrites(socket, this);
    socket.on('end', ConnectionDriver.#onEnd);
    socket.on('drain', ConnectionDriver.#onDrain);
    socket.on('finish', ConnectionDriver.#onFinish);
    socket.on('error', ConnectionDriver.#onError);
    socket.on('close', ConnectionDriver.#onClose);
  }

  /** Takes the connection in, or turns it away. */
  open(): void {
    this.#run((atMs) => {
      this.#session.opened(atMs);
      this.hooks.accepted(this);
    });
  }

  get phase(): ConnectionPhase {
    return this.#session.phase;
  }

  get bytesIn(): number {
    return this.#session.bytesIn;
  }

  get bytesOut(): number {
    return this.#session.bytesOut;
  }

  get bodyBytes(): number {
    return this.#session.bodyBytes;
  }

  get startLine(): StartLine | null {
    return this.#session.startLine;
  }

  get armed(): ArmedDeadline | null {
    const { deadline } = this.#session;
    return deadline && { guard: deadline.guard, startedAtMs: deadline.startedAtMs, atMs: deadline.atMs };
  }

  settingsChanged(): void {
    this.#run((atMs) => this.#session.settingsChanged(atMs));
  }

  stop(): void {
    this.#run((atMs) => this.#session.stop(atMs));
  }

  get pendingBytes(): number {
    return this.socket.writableLength + this.#direct.pendingBytes;
  }

  write(bytes: Uint8Array): void {
    if (this.#outgoing === null) this.#outgoing = bytes;
    else if (this.#outbox === null) this.#outbox = [this.#outgoing, bytes];
    else this.#outbox.push(bytes);
  }

  end(): void {
    this.#ending = true;
  }

  destroy(): void {
    this.socket.destroy();
  }

  reset(): void {
    // The replies before it have been stated.
    if (this.#outgoing !== null) this.#send(this.#outgoing, nowMs());
    this.hooks.tap.ended(this.identity.id, 'out', 'reset', nowMs());
    resetSocket(this.socket);
  }

  pauseReading(): void {
    this.#isPaused = true;
    this.socket.pause();
  }

  resumeReading(): void {
    this.#isPaused = false;
    this.#readOn();
  }

  /** Nothing is read until `release`. */
  hold(): void {
    this.#heldSinceMs ??= nowMs();
    this.socket.pause();
  }

  release(): void {
    const sinceMs = this.#heldSinceMs;
    if (sinceMs === null) return;
    this.#heldSinceMs = null;
    this.#run((atMs) => this.#session.notReadFor(atMs - sinceMs));
    this.#readOn();
  }

  #readOn(): void {
    if (!this.#isPaused && this.#heldSinceMs === null && !this.#givesWay) this.socket.resume();
  }

  record(fact: Fact): void {
    this.hooks.record(fact);
  }

  received(bytes: Uint8Array): void {
    const atMs = nowMs();
    try {
      this.hooks.tap.recorded(this.identity.id, 'in', bytes, atMs);
      this.#session.received(bytes, atMs);
      this.#moved('in', bytes.length, atMs);
      this.#flush(atMs);
      if (this.hooks.tap.isBehind) this.hooks.tapFellBehind();
      // Where the buffer was filled, there is more to read.
      if (bytes.length === READ_BYTES && isTurnSpent(atMs, nowMs())) this.#giveWay();
    } catch (thrown) {
      this.#broke(thrown);
    }
  }

  #giveWay(): void {
    if (this.#givesWay || this.socket.destroyed) return;
    this.#givesWay = true;
    this.socket.pause();
    setImmediate(() => {
      this.#givesWay = false;
      if (!this.socket.destroyed) this.#readOn();
    });
  }

  #moved(direction: 'in' | 'out', bytes: number, atMs: number): void {
    latest.direction = direction;
    latest.bytes = bytes;
    latest.atMs = atMs;
    this.hooks.moved(this, latest);
  }

  drained(): void {
    this.#run((atMs) => this.#session.drained(atMs));
  }

  #peerEnded(): void {
    this.#run((atMs) => {
      this.hooks.tap.ended(this.identity.id, 'in', 'fin', atMs);
      this.#session.peerEnded(atMs);
    });
  }

  /** A deadline may have passed. */
  wake(): void {
    // Asked for again by `release`: what the client could not send meanwhile is not its delay.
    if (this.#heldSinceMs !== null) return;
    this.#run((atMs) => this.#session.deadlinePassed(atMs));
  }

  #run(event: (atMs: number) => void): void {
    // A moment later the session is told that it is over: what it did till then would be stated and never done.
    if (this.socket.destroyed) return;
    const atMs = nowMs();
    try {
      event(atMs);
      this.#flush(atMs);
    } catch (thrown) {
      this.#broke(thrown);
    }
  }

  /** What is wrong with one connection ends that one: with a reply where that is still possible, else by RST. */
  #broke(thrown: unknown): void {
    const failure = bugOf(thrown);
    this.hooks.broke(failure);
    try {
      const atMs = nowMs();
      this.#session.broke(failure, atMs);
      this.#flush(atMs);
    } catch {
      resetSocket(this.socket);
    }
  }

  /** One write for everything the event gave: the replies to pipelined requests leave in one segment. */
  #flush(atMs: number): void {
    if (this.#outgoing !== null) this.#send(this.#outgoing, atMs);
    if (this.#ending && !this.socket.writableEnded && !this.socket.destroyed) {
      this.hooks.tap.ended(this.identity.id, 'out', 'fin', atMs);
      this.socket.end();
    }
    deadlines.set(this, this.#session.wakeAtMs);
  }

  #send(first: Uint8Array, atMs: number): void {
    const bytes = this.#outbox === null ? first : Buffer.concat(this.#outbox);
    this.#outgoing = null;
    this.#outbox = null;
    if (this.socket.destroyed || this.socket.writableEnded) return;
    this.hooks.tap.recorded(this.identity.id, 'out', bytes, atMs);
    const taken = this.#direct.write(bytes) ?? this.#writeSlices(bytes);
    this.#session.sent(taken, atMs);
    this.#moved('out', bytes.length, atMs);
  }

  #writeSlices(bytes: Uint8Array): boolean {
    // The socket does not know of a direct write in front of it: of short pieces behind one it tells nothing.
    const left = this.#direct.pendingBytes > 0 ? this.#leftBehind() : undefined;
    let taken = left === undefined;
    for (let at = 0; at < bytes.length; at += WRITE_SLICE_BYTES) {
      taken = this.socket.write(bytes.subarray(at, at + WRITE_SLICE_BYTES), left) && left === undefined;
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
    try {
      if (this.#reset) this.hooks.tap.ended(this.identity.id, 'in', 'reset', atMs);
      this.#session.closed(this.#reset, atMs);
    } catch (thrown) {
      this.hooks.broke(bugOf(thrown));
    }
    this.hooks.gone(this);
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
    driver.#run((atMs) => driver.#session.finished(atMs));
  }

  static #onError(this: DrivenSocket, { code }: NodeJS.ErrnoException): void {
    this[READER].#reset ||= code === 'ECONNRESET' || code === 'EPIPE';
  }

  static #onClose(this: DrivenSocket): void {
    this[READER].#closed();
  }
}
