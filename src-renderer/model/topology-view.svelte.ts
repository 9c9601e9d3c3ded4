import type { ServerChange } from '@contract/upstreams';
import { remember, remembered } from './remember';

const KEY = 'bytescope.topology';

export type ServerName = Pick<ServerChange, 'upstream' | 'server'>;

/** Whether the upstream servers are to be seen, and which of them something else pointed to. */
export class TopologyView {
  #open = $state.raw(remembered(KEY) !== 'closed');
  /** Asked for in a mode that has no upstreams. */
  #asked = $state.raw(false);
  #pointedAt = $state.raw<ServerName | null>(null);

  /** Are the servers shown, or only what they come to? */
  get open() {
    return this.#open;
  }
  get asked() {
    return this.#asked;
  }
  /** A new object asks again. */
  get pointedAt() {
    return this.#pointedAt;
  }

  /** Where there are upstreams what they come to is always in sight; elsewhere nothing is, unless asked for. */
  toggle(hasUpstreams: boolean): void {
    if (!hasUpstreams) {
      this.#asked = !this.#asked;
      return;
    }
    this.#open = !this.#open;
    remember(KEY, this.#open ? 'open' : 'closed');
  }

  point({ upstream, server }: ServerName): void {
    this.#open = true;
    this.#pointedAt = { upstream, server };
  }
}
