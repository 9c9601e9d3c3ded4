/** The router of the mode in force. */
import type { Address } from '../contract/address';
import { isOwn } from '../contract/proxy-reading';
import { hostMatcher } from '../contract/forward-rules';
import type { ProxyState } from '../contract/proxy-state';
import { ForwardRouter } from '../session/forward-router';
import { Reach } from '../session/reach';
import { ReverseRouter } from '../session/reverse-router';
import type { Router } from '../session/router';
import type { UpstreamGroups } from './upstream-groups';

/** `listener`: where it listens now; null: nowhere. Null as an answer: our own server answers. */
export function routerOf(
  { mode, config, forward }: ProxyState,
  groups: UpstreamGroups,
  listener: () => Address | null,
): Router | null {
  if (mode === 'reverse' && config !== null) {
    return new ReverseRouter(config, new Map(groups.all.map((group) => [group.name, group])));
  }
  if (mode !== 'forward') return null;
  return new ForwardRouter(reachOf({ forward }, listener), hostMatcher(forward.intercept));
}

export const reachOf = ({ forward }: Pick<ProxyState, 'forward'>, listener: () => Address | null): Reach =>
  new Reach(forward, (host, port) => {
    const own = listener();
    return own !== null && isOwn(host, port, own);
  });
