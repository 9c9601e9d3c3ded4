/** The mode and what it works by: takes changes whole or not at all, and owns the upstream servers in force. */
import { fail, ok, type Result } from '../contract/errors';
import { DEFAULT_PROXY_STATE, type LocalCa, type ProxyChange, type ProxyState } from '../contract/proxy-state';
import type { Placement, UpstreamView } from '../contract/upstreams';

export interface ProxyControlHooks {
  changed(state: ProxyState): void;
}

export class ProxyControl {
  #state: ProxyState = DEFAULT_PROXY_STATE;

  constructor(private readonly hooks: ProxyControlHooks) {}

  get state(): ProxyState {
    return this.#state;
  }

  upstreams(): readonly UpstreamView[] {
    return [];
  }

  change({ mode }: ProxyChange): Promise<Result<ProxyState>> {
    if (mode !== undefined && mode !== 'server') {
      return Promise.resolve(fail('CFG_MODE_NEEDS', { mode, what: 'an upstream' }));
    }
    this.hooks.changed(this.#state);
    return Promise.resolve(ok(this.#state));
  }

  place(upstream: string, server: string, _placement: Placement): Result<null> {
    return fail('CALL_NO_SERVER', { upstream, server });
  }

  ca(): Promise<Result<LocalCa>> {
    return Promise.resolve(fail('CFG_MODE_NEEDS', { mode: 'TLS', what: 'a local CA' }));
  }
}
