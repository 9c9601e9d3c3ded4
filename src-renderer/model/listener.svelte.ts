import type { Reply } from '@contract/calls';
import type { Client } from '@contract/client';
import type { Failure } from '@contract/errors';
import type { ListenerState } from '@contract/feed';
import type { Live } from './live.svelte';

/** Starts and stops the listener; keeps why the last attempt failed until the next one. */
export class ListenerControl {
  /** Is the form with the address open? */
  editing = $state.raw(false);
  #busy = $state.raw(false);
  #refused = $state.raw<Failure | null>(null);
  readonly #client: Client;
  readonly #live: Live;

  constructor(client: Client, live: Live) {
    this.#client = client;
    this.#live = live;
  }

  get busy() {
    return this.#busy;
  }

  get failure(): Failure | null {
    const { listener } = this.#live;
    return this.#refused ?? (listener.state === 'failed' ? listener.error : null);
  }

  /** True when the server listens. */
  start(host: string, port: number): Promise<boolean> {
    return this.#settle(this.#client.call('listener.start', { host, port }));
  }

  stop(): Promise<boolean> {
    return this.#settle(this.#client.call('listener.stop', {}));
  }

  async #settle(call: Promise<Reply<ListenerState>>): Promise<boolean> {
    this.#busy = true;
    this.#refused = null;
    const reply = await call;
    this.#busy = false;
    if (reply.ok) this.#live.applyListener(reply.value);
    else this.#refused = reply.error;
    return reply.ok;
  }
}
