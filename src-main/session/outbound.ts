/**
 * What is on its way to the client: how much was written, whether the client takes it, and the bodies whose memory
 * stays counted until the replies that repeat them have left.
 */
import type { ConnectionId } from '../contract/connections';
import type { OpenExchange } from './exchange';
import type { SessionPort } from './port';

export class Outbound {
  #bytes = 0;
  /** Null: there are none, as with nearly every request. */
  #unsent: OpenExchange[] | null = null;
  #isStalled = false;
  /** Bytes the client had not taken when that was looked at last. */
  #pendingSeen: number | null = null;

  constructor(
    readonly port: SessionPort,
    readonly connection: ConnectionId,
  ) {}

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Does the client leave what was written untaken? */
  get isStalled(): boolean {
    return this.#isStalled;
  }

  write(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    this.port.write(bytes);
  }

  /** Answered, but its reply may still wait to be taken. */
  keep(exchange: OpenExchange): void {
    if (exchange.holdsBody) (this.#unsent ??= []).push(exchange);
  }

  stall(): void {
    this.#isStalled = true;
    this.#pendingSeen = this.port.pendingBytes;
  }

  /** Everything was taken. */
  drain(): void {
    this.#isStalled = false;
    this.release();
  }

  /** Did the client take anything of what was written since the last look? The first look counts as yes. */
  tookSome(): boolean {
    const { pendingBytes } = this.port;
    const tookSome = this.#pendingSeen === null || pendingBytes < this.#pendingSeen;
    this.#pendingSeen = pendingBytes;
    return tookSome;
  }

  /** Gives back the memory of bodies whose replies have left, or never will. */
  release(): void {
    if (this.#unsent === null) return;
    for (const exchange of this.#unsent) exchange.release();
    this.#unsent = null;
  }
}
