/**
 * A connection to a listener that speaks TLS: it carries records, and what is under them is a connection of its own. A
 * client that speaks plain HTTP instead is told so in plain HTTP, as nginx does it.
 */
import type { Failure } from '../contract/errors';
import { spoken } from './first-byte';
import { stateFault } from './fact-log';
import { OriginSession } from './origin-session';
import type { ServerState, SessionIdentity, SessionPort } from './port';
import { isFailure, type Router } from './router';
import { RoutedState } from './routed-state';
import type { TlsCarrier } from './tls-ends';

const REFUSES: Router = { route: () => ({ code: 'TLS_CLIENT_PLAIN' }) };

export class TlsSession extends OriginSession implements TlsCarrier {
  #isUndecided = true;

  constructor(port: SessionPort, server: ServerState, identity: SessionIdentity) {
    super(port, new RoutedState(server, REFUSES), identity);
  }

  override received(bytes: Uint8Array, nowMs: number): void {
    if (this.#isUndecided && bytes.length > 0) {
      this.#isUndecided = false;
      if (this.phase === 'idle' && spoken(bytes[0]!) !== 'text') this.#takeOff(nowMs);
    }
    super.received(bytes, nowMs);
  }

  #takeOff(nowMs: number): void {
    const end = this.server.tlsEnds.takeOff(this, null);
    if (isFailure(end)) return this.handshakeFailed(end, nowMs);
    end.couple(this.becomeTunnel(end, nowMs));
  }

  handshakeFailed(failure: Failure, nowMs: number): void {
    stateFault(this.out, { ...failure, offset: this.in.bytes }, null, nowMs);
    if (this.phase !== 'closed') this.finish('fault-closed', nowMs);
  }
}
