import type { Client } from '@contract/client';
import type { ConnectionDetail, ConnectionId } from '@contract/connections';
import type { Failure } from '@contract/errors';
import { Throttle } from './throttle';

/** At most 15 calls a second: a row may change at every read, a reader sees no more than this. */
const LEAST_GAP_MS = 67;

/**
 * The detail of the connection that is looked at. Asks again when its row has a new revision: never two calls at
 * once, never faster than the gap, and always once more after the last change.
 */
export class ConnectionDetailModel {
  #detail = $state.raw<ConnectionDetail | null>(null);
  #failure = $state.raw<Failure | null>(null);

  readonly #client: Client;
  #id: ConnectionId | null = null;
  #revision = -1;
  #calls = new Throttle<ConnectionId>(LEAST_GAP_MS, (id) => this.#ask(id));

  constructor(client: Client) {
    this.#client = client;
  }

  get detail() {
    return this.#detail;
  }
  /** Why there is no newer detail; null while there is nothing wrong. */
  get failure() {
    return this.#failure;
  }

  /** Tells which connection is looked at and the revision of its row; called again at every change of either. */
  follow(id: ConnectionId | null, revision: number): void {
    if (id !== this.#id) this.#begin(id);
    if (id === null || revision <= this.#revision) return;
    this.#revision = revision;
    this.#calls.push(id);
  }

  #begin(id: ConnectionId | null): void {
    this.#id = id;
    this.#revision = -1;
    this.#detail = null;
    this.#failure = null;
    // The new connection need not wait for an answer about the old one.
    this.#calls = new Throttle(LEAST_GAP_MS, (asked) => this.#ask(asked));
  }

  async #ask(id: ConnectionId): Promise<void> {
    const reply = await this.#client.call('connection.detail', { connection: id });
    if (id !== this.#id) return;
    if (reply.ok) this.#detail = reply.value;
    this.#failure = reply.ok ? null : reply.error;
  }
}
