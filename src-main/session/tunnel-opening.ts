/** CONNECT, from the end of its head until the tunnel stands (RFC 9110 §9.3.6): then bytes pass as they are. */
import type { CloseCause, ConnectionId } from '../contract/connections';
import { bytesOf } from '../http1/bytes';
import type { Passing, RelayClient } from './relay-port';
import { newMarks, type Marks } from './relay-marks';
import type { TunnelRequest } from './router';
import type { ConnectionWaiter, UpstreamConnection, UpstreamConnections, UpstreamFault } from './upstream-port';

/** A reply without content, and without a length: what follows is the tunnel (RFC 9110 §9.3.6). */
export const ESTABLISHED = bytesOf('HTTP/1.1 200 Connection established\r\n\r\n');

export class TunnelOpening implements Passing, ConnectionWaiter {
  #isOver = false;
  readonly #marks: Marks;

  constructor(
    private readonly client: RelayClient,
    private readonly request: TunnelRequest,
    private readonly upstreams: UpstreamConnections,
    nowMs: number,
  ) {
    this.#marks = newMarks(request.destination, 0, nowMs);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  begin(nowMs: number): void {
    this.client.relayed(this.#marks, nowMs);
    const { connection: carrier } = this.client;
    this.upstreams.open({ ...this.request.destination, carrier }, this, nowMs);
  }

  connecting(connection: ConnectionId, nowMs: number): void {
    this.#marks.connection = connection;
    this.#marks.connectAtMs = nowMs;
  }

  granted(upstream: UpstreamConnection, nowMs: number): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#marks.connectedAtMs = upstream.connectedAtMs;
    this.#marks.repliedAtMs = nowMs;
    const end = upstream.becomeTunnel('tunnel', nowMs);
    this.client.replyHead(200, ESTABLISHED, nowMs);
    end.couple(this.client.switched(end, 'tunnel', nowMs));
    return true;
  }

  refused({ failure }: UpstreamFault, nowMs: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.client.refused(failure, nowMs);
  }

  abandon(_cause: CloseCause): void {
    this.#isOver = true;
  }

  /** CONNECT has no content: none of these comes. */
  takeBody(): void {}
  takeTrailers(): void {}
  requestComplete(): void {}
  clientStalled(): void {}
  clientTakes(): void {}
}
