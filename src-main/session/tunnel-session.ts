/** The tunnel mode: every connection goes to one address, whatever protocol it speaks. */
import type { Failure } from '../contract/errors';
import type { ServerState, SessionIdentity, SessionPort } from './port';
import { RawSession } from './raw-session';
import type { Destination } from './upstream-port';

const NOTHING = new Uint8Array(0);

export class TunnelSession extends RawSession {
  constructor(
    port: SessionPort,
    server: ServerState,
    identity: SessionIdentity,
    private readonly destination: Destination,
  ) {
    super(port, server, identity);
  }

  protected begin(nowMs: number): void {
    this.connect(this.destination, NOTHING, nowMs);
  }

  protected connectedTo(): void {}

  /** As if the server itself had refused the connection. */
  protected notConnected(failure: Failure, nowMs: number): void {
    this.stateFault(failure, this.bytesIn, null, nowMs);
    this.cut('server-closed', nowMs);
  }

  /** It goes somewhere from the start: neither of these comes. */
  protected read(): void {}
  protected endedEarly(): void {}
}
