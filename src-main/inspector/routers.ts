/** The router of the mode in force. */
import type { ProxyState } from '../contract/proxy-state';
import { ReverseRouter } from '../session/reverse-router';
import type { Router } from '../session/router';
import type { UpstreamGroups } from './upstream-groups';

/** Null: our own server answers. */
export function routerOf({ mode, config }: ProxyState, groups: UpstreamGroups): Router | null {
  if (mode !== 'reverse' || config === null) return null;
  return new ReverseRouter(config, new Map(groups.all.map((group) => [group.name, group])));
}
