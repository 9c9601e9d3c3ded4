/**
 * One connection of a client whose bytes pass as they are once a connection to a server stands: how it is counted in,
 * held while there is no server, coupled, and ended. What comes before, if anything, is read by who extends it.
 *
 * While the server is connected to, the client is not read from: what came before, one read at most, is all that waits.
 */
import type { CloseCause, ConnectionId, ConnectionPhase } from '../contract/connections';
import type { Failure } from '../contract/errors';
import type { GuardName } from '../contract/settings';
import { deadlineFor, measuredAt, newStageMarks, type GuardDeadline, type Stage } from '../guard/deadlines';
import { GAUGES } from '../guard/gauges';
import type { StartLine } from '../http1/parser';
import { actionOn } from './actions';
import { stateClosed, stateFault, stateOpened, stateTrip, type Seen } from './fact-log';
import { HeldReads } from './held-reads';
import { admit } from './intake';
import { LINGER_MS, STOP_LINGER_MS } from './linger';
import { Outbound } from './outbound';
import type { ServerState, Session, SessionIdentity, SessionPort } from './port';
import { Reading } from './reading';
import { newMarks, type Marks } from './relay-marks';
import { Tunnel } from './tunnel';
import type { ConnectionWaiter, Destination, UpstreamConnection, UpstreamFault } from './upstream-port';

/** `opening`: before it is known where it goes. `closing`: FIN follows what was written. `lingering`: FIN or RST is out. */
type Mode = 'opening' | 'connecting' | 'tunnel' | 'closing' | 'lingering' | 'closed';

export abstract class RawSession implements Session, ConnectionWaiter {
  readonly bodyBytes = 0;
  readonly startLine: StartLine | null = null;
  protected requests = 0;
  protected readonly out: Outbound;
  #bytesIn = 0;
  #mode: Mode = 'opening';
  #cause: CloseCause | null = null;
  #admitted = false;
  #isStopping = false;
  #hasPeerEnded = false;
  #lingerUntilMs = Infinity;
  #held: HeldReads | null = null;
  #tunnel: Tunnel | null = null;
  #relay: Marks | null = null;
  readonly #reading: Reading;
  readonly #marks = newStageMarks();

  constructor(
    protected readonly port: SessionPort,
    protected readonly server: ServerState,
    readonly identity: SessionIdentity,
  ) {
    this.out = new Outbound(port, identity.id);
    this.#reading = new Reading(port);
  }

  /** It was let in. */
  protected abstract begin(nowMs: number): void;
  /** Bytes that came before it is known where it goes. */
  protected abstract read(bytes: Uint8Array, nowMs: number): void;
  /** The client sent FIN before that. */
  protected abstract endedEarly(nowMs: number): void;
  /** The server is there: what is written now goes before its first byte. */
  protected abstract connectedTo(nowMs: number): void;
  /** It is not: the client is to be told, and the connection ended. */
  protected abstract notConnected(failure: Failure, nowMs: number): void;

  get bytesIn(): number {
    return this.#bytesIn;
  }

  get bytesOut(): number {
    return this.out.bytes;
  }

  get phase(): ConnectionPhase {
    if (this.#mode === 'opening') return this.#bytesIn === 0 ? 'idle' : 'greeting';
    if (this.#mode === 'connecting') return 'waiting';
    return this.#mode === 'closing' ? 'replying' : this.#mode;
  }

  get deadline(): GuardDeadline | null {
    if (this.#mode === 'tunnel') return this.#tunnel?.deadline(this.server.settings) ?? null;
    if (this.#mode !== 'opening') return null;
    return deadlineFor(this.#stage, this.server.settings, this.#marks, this.server.startedAtMs);
  }

  get #stage(): Stage {
    if (this.#mode !== 'opening') return 'none';
    return this.#bytesIn === 0 ? 'unused' : 'fields';
  }

  get wakeAtMs(): number | null {
    const atMs = this.#mode === 'lingering' ? this.#lingerUntilMs : (this.deadline?.atMs ?? Infinity);
    return atMs === Infinity ? null : atMs;
  }

  opened(nowMs: number): void {
    const marks = this.#marks;
    marks.openedAtMs = marks.waitingSinceMs = marks.lastReadMs = nowMs;
    stateOpened(this.port, this.identity, nowMs);
    const refused = admit(this.server, this.identity);
    this.#admitted = refused === null;
    if (refused === null) this.begin(nowMs);
    else this.#trip(refused.guard, refused.seen, nowMs);
  }

  received(bytes: Uint8Array, nowMs: number): void {
    if (nowMs >= (this.wakeAtMs ?? Infinity)) this.deadlinePassed(nowMs);
    const marks = this.#marks;
    if (this.#bytesIn === 0) marks.requestSinceMs = nowMs;
    this.#bytesIn += bytes.length;
    marks.headBytes = this.#bytesIn;
    marks.lastReadMs = nowMs;
    if (this.#tunnel !== null) this.#tunnel.received(bytes, nowMs);
    else if (this.#mode === 'opening') this.read(bytes, nowMs);
    else this.#held?.keep(bytes);
  }

  /** First byte of what it says before its bytes pass. */
  protected get startedAtMs(): number {
    return this.#marks.requestSinceMs;
  }

  peerEnded(nowMs: number): void {
    this.#hasPeerEnded = true;
    this.#tunnel?.peerEnded();
    this.#held?.endAfterwards();
    if (this.#mode === 'opening') this.endedEarly(nowMs);
  }

  /** From now on nothing is read until the server is there; `ahead` is for it. */
  protected connect(destination: Destination, ahead: Uint8Array, nowMs: number): void {
    this.#mode = 'connecting';
    this.#held = new HeldReads();
    this.#held.keep(ahead);
    this.#reading.pause('untaken-request', nowMs);
    this.#relay = newMarks(destination, 0, nowMs);
    const { id: connection } = this.identity;
    this.port.record({ kind: 'relay', connection, atMs: nowMs, number: 1, relay: this.#relay });
    this.server.upstreams.open({ ...destination, carrier: connection }, this, nowMs);
  }

  connecting(connection: ConnectionId, nowMs: number): void {
    const marks = this.#relay;
    if (marks === null) return;
    marks.connection = connection;
    marks.connectAtMs = nowMs;
  }

  granted(upstream: UpstreamConnection, nowMs: number): boolean {
    const [held, marks] = [this.#held, this.#relay];
    if (this.#mode !== 'connecting' || held === null || marks === null) {
      // It is of no use to anybody else.
      upstream.abandon('client-left');
      return true;
    }
    marks.connectedAtMs = upstream.connectedAtMs;
    marks.repliedAtMs = nowMs;
    this.#mode = 'tunnel';
    this.connectedTo(nowMs);
    const end = upstream.becomeTunnel('tunnel', nowMs);
    this.#tunnel = new Tunnel(this.port, (bytes) => this.out.write(bytes), nowMs);
    this.#tunnel.couple(end);
    end.couple(this.#tunnel);
    this.#held = null;
    held.passTo(end, nowMs);
    this.#reading.resume('untaken-request', nowMs);
    return true;
  }

  refused({ failure }: UpstreamFault, nowMs: number): void {
    if (this.#mode === 'connecting') this.notConnected(failure, nowMs);
  }

  sent(taken: boolean, nowMs: number): void {
    this.#tunnel?.sent(taken, nowMs);
  }

  drained(nowMs: number): void {
    this.#tunnel?.drained(nowMs);
  }

  finished(nowMs: number): void {
    if (this.#mode === 'closing') this.#linger(nowMs);
  }

  notReadFor(ms: number): void {
    const marks = this.#marks;
    marks.openedAtMs += ms;
    marks.requestSinceMs += ms;
    marks.lastReadMs += ms;
  }

  settingsChanged(): void {}

  deadlinePassed(nowMs: number): void {
    if (this.#mode === 'lingering') return nowMs >= this.#lingerUntilMs ? this.port.destroy() : undefined;
    const { deadline } = this;
    if (deadline === null || nowMs < deadline.atMs) return;
    const measured = measuredAt(deadline, this.#marks, nowMs);
    this.#trip(deadline.guard, { limit: deadline.limit, measured, offset: this.#bytesIn }, nowMs);
  }

  /** There is no reply that every client would understand: FIN, where the settings do not say RST. */
  #trip(guard: GuardName, seen: Seen, nowMs: number): void {
    const { gauges, settings } = this.server;
    gauges.see(GAUGES[guard], seen.measured);
    stateTrip(this.out, guard, { ...seen, status: null }, nowMs);
    if (actionOn(guard, this.#stage, settings) === 'reset') this.cut('guard-reset', nowMs);
    else this.finish('guard-closed');
  }

  protected stateFault(failure: Failure, offset: number, status: number | null, nowMs: number): void {
    stateFault(this.out, { ...failure, offset }, status, nowMs);
  }

  /** By FIN, after what was written; what still arrives is dropped. */
  protected finish(cause: CloseCause): void {
    this.#cause ??= cause;
    this.#held = null;
    this.#mode = 'closing';
    // A client that is not read from could not be seen to close.
    this.#reading.resume('untaken-request', 0);
    this.port.end();
  }

  /** By RST. */
  protected cut(cause: CloseCause, nowMs: number): void {
    this.#cause ??= cause;
    this.#held = null;
    this.#linger(nowMs);
    this.port.reset();
  }

  #linger(nowMs: number): void {
    this.#mode = 'lingering';
    const untilMs = nowMs + (this.#isStopping ? STOP_LINGER_MS : LINGER_MS);
    this.#lingerUntilMs = Math.min(this.#lingerUntilMs, untilMs);
  }

  /** A tunnel goes on until the server cuts it. */
  stop(nowMs: number): void {
    this.#isStopping = true;
    if (this.#mode === 'lingering') this.#linger(nowMs);
    if (this.#mode === 'opening' || this.#mode === 'connecting') this.finish('stopped');
  }

  broke(_failure: Failure, nowMs: number): void {
    this.cut('server-closed', nowMs);
  }

  closed(reset: boolean, nowMs: number): void {
    if (this.#mode === 'closed') return;
    this.#mode = 'closed';
    this.#held = null;
    if (this.#admitted) this.server.admission.leave(this.identity.clientAddress);
    const cause = this.#cause ?? (reset ? 'client-reset' : this.#isStopping ? 'stopped' : 'client-closed');
    const { bytesIn, bytesOut, requests } = this;
    stateClosed(this.out, cause, { bytesIn, bytesOut, requests }, nowMs);
    this.#tunnel?.closed(this.#hasPeerEnded, reset);
    this.#tunnel = null;
  }
}
