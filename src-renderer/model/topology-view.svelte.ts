import type { ServerChange } from '@contract/upstreams';
import { remember, remembered } from './remember';

const KEY = 'bytescope.topology';

export type ServerName = Pick<ServerChange, 'upstream' | 'server'>;

/** Whether the upstream servers are to be seen, and which of them something else pointed to. */
export class TopologyView {
  #open = $state.raw(remembered(KEY) !== 'closed');
  #pointedAt = $state.raw<ServerName | null>(null);

  get open() {
    return this.#open;
  }
  /** A new object asks again. */
  get pointedAt() {
    return this.#pointedAt;
  }

  toggle(): void {
    this.#open = !this.#open;
    remember(KEY, this.#open ? 'open' : 'closed');
  }

  point({ upstream, server }: ServerName): void {
    this.#open = true;
    this.#pointedAt = { upstream, server };
  }
}
