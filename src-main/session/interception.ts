/**
 * CONNECT to a host whose TLS is to be taken off: the client is told that the tunnel stands, and its first byte decides
 * what is done. TLS comes off, and what is under it goes on to the server as requests. Anything else is let through to
 * the server as it is: it is no secret from whoever looks at the bytes, and who asked for a tunnel gets one.
 */
import type { CloseCause, ConnectionId } from '../contract/connections';
import type { Failure } from '../contract/errors';
import { stateFault } from './fact-log';
import { spoken } from './first-byte';
import { HeldReads } from './held-reads';
import type { RelayingSession } from './passed-on';
import type { Passing, RelayClient } from './relay-port';
import { newMarks, type Marks } from './relay-marks';
import { isFailure } from './router';
import type { TlsCarrier } from './tls-ends';
import type { Handshake, TunnelEnd } from './tunnel-end';
import { ESTABLISHED } from './tunnel-opening';
import type { ConnectionWaiter, Destination, UpstreamConnection, UpstreamFault } from './upstream-port';

/** The end of the tunnel that is ours: it holds what comes until it is known who takes it. */
export class Interception implements TunnelEnd, TlsCarrier, ConnectionWaiter {
  #client: TunnelEnd | null = null;
  #other: TunnelEnd | null = null;
  #held: HeldReads | null = new HeldReads();
  #first: number | null = null;
  #isOver = false;
  #marks: Marks | null = null;

  constructor(
    private readonly session: RelayingSession,
    private readonly plain: Destination,
    private readonly secure: Destination,
  ) {}

  get identity(): TlsCarrier['identity'] {
    return this.session.identity;
  }

  get handshake(): Handshake | null {
    return this.#other?.handshake ?? null;
  }

  /** The tunnel stands: what was sent ahead of that has come already. */
  couple(client: TunnelEnd, nowMs: number): void {
    this.#client = client;
    this.#decide(nowMs);
  }

  pass(bytes: Uint8Array, nowMs: number): void {
    if (this.#other !== null) return this.#other.pass(bytes, nowMs);
    this.#first ??= bytes[0] ?? null;
    this.#held?.keep(bytes);
    this.#decide(nowMs);
  }

  #decide(nowMs: number): void {
    const client = this.#client;
    if (client === null || this.#first === null || this.#held === null || this.#marks !== null) return;
    if (spoken(this.#first) === 'tls') return this.#takeOff(client, nowMs);
    // What came in one read is all that waits for the server.
    client.hold(nowMs);
    this.#marks = newMarks(this.plain, 0, nowMs);
    const { port, connection } = this.session.out;
    port.record({ kind: 'relay', connection, atMs: nowMs, number: this.session.in.requests, relay: this.#marks });
    this.session.server.upstreams.open({ ...this.plain, carrier: connection }, this, nowMs);
  }

  #takeOff(client: TunnelEnd, nowMs: number): void {
    const end = this.session.server.tlsEnds.takeOff(this, this.secure);
    if (isFailure(end)) return this.handshakeFailed(end, nowMs);
    end.couple(client);
    this.#goOn(end, nowMs);
  }

  #goOn(other: TunnelEnd, nowMs: number): void {
    const held = this.#held;
    this.#held = null;
    this.#other = other;
    held?.passTo(other, nowMs);
  }

  handshakeFailed(failure: Failure, nowMs: number): void {
    const { session } = this;
    stateFault(session.out, { ...failure, offset: session.in.bytes }, null, nowMs);
    this.#held = null;
    if (this.#isOver) return;
    this.#isOver = true;
    session.finish('fault-closed', nowMs);
  }

  connecting(connection: ConnectionId, nowMs: number): void {
    if (this.#marks === null) return;
    this.#marks.connection = connection;
    this.#marks.connectAtMs = nowMs;
  }

  granted(upstream: UpstreamConnection, nowMs: number): boolean {
    const client = this.#client;
    if (this.#isOver || client === null) {
      upstream.abandon('client-left');
      return true;
    }
    if (this.#marks !== null) this.#marks.connectedAtMs = upstream.connectedAtMs;
    const end = upstream.becomeTunnel('tunnel', nowMs);
    end.couple(client);
    this.#goOn(end, nowMs);
    client.readOn(nowMs);
    return true;
  }

  refused({ failure }: UpstreamFault, nowMs: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#held = null;
    stateFault(this.session.out, { ...failure, offset: this.session.in.bytes }, null, nowMs);
    this.session.cut('server-closed', nowMs);
  }

  passEnd(): void {
    if (this.#other !== null) return this.#other.passEnd();
    this.#held?.endAfterwards();
    // It never said what it wants.
    if (this.#first === null) this.#client?.passEnd();
  }

  passReset(): void {
    this.#isOver = true;
    this.#other?.passReset();
  }

  hold(nowMs: number): void {
    this.#other?.hold(nowMs);
  }

  readOn(nowMs: number): void {
    this.#other?.readOn(nowMs);
  }

  passStop(): void {
    this.#other?.passStop();
  }
}

/** From the end of the head of CONNECT until the client is told that the tunnel stands, which is at once. */
export class InterceptOpening implements Passing {
  isOver = false;

  constructor(
    private readonly client: RelayClient,
    private readonly end: Interception,
  ) {}

  begin(): void {}

  requestComplete(nowMs: number): void {
    if (this.isOver) return;
    this.isOver = true;
    this.client.replyHead(200, ESTABLISHED, nowMs);
    this.end.couple(this.client.switched(this.end, 'tunnel', nowMs), nowMs);
  }

  abandon(_cause: CloseCause): void {
    this.isOver = true;
  }

  /** CONNECT has no content, and no server is waited for. */
  takeBody(): void {}
  takeTrailers(): void {}
  clientStalled(): void {}
  clientTakes(): void {}
}
