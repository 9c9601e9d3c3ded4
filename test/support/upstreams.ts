/** Upstream groups as the tests make them: a configuration with defaults, and every change kept. */
import type { UpstreamConfig } from '../../src-main/contract/proxy-config';
import { sentenceOf } from '../../src-main/contract/proxy-mistakes';
import { checkProxyConfig } from '../../src-main/contract/proxy-reading';
import type { ServerChange } from '../../src-main/contract/upstreams';
import { UpstreamGroup } from '../../src-main/guard/upstream-group';
import type { UpstreamServer } from '../../src-main/guard/upstream-server';
import { seeded } from './random';

/** Servers `http://s1`, `http://s2` … with these weights. */
export function upstreamConfig(weights: readonly number[], more: object = {}): UpstreamConfig {
  const servers = weights.map((weight, index) => ({ url: `http://s${index + 1}`, weight }));
  const result = checkProxyConfig({ upstreams: { api: { servers, ...more } } });
  const config = result.ok ? result.value.upstreams['api'] : undefined;
  if (config === undefined) throw new Error(result.ok ? 'no upstream' : result.mistakes.map(sentenceOf).join(' '));
  return config;
}

export interface WatchedGroup {
  readonly group: UpstreamGroup;
  readonly changes: ServerChange[];
}

export function watchedGroup(config: UpstreamConfig, before?: UpstreamGroup, nowMs = 0): WatchedGroup {
  const changes: ServerChange[] = [];
  const options = {
    name: 'api',
    config,
    random: seeded(7),
    onChange: (change: ServerChange) => void changes.push(change),
    nowMs,
  };
  return { group: new UpstreamGroup(before === undefined ? options : { ...options, before }), changes };
}

/** The server chosen; a test that expects none asks the group itself. */
export function chosen(
  group: UpstreamGroup,
  nowMs: number,
  key = '',
  tried?: readonly UpstreamServer[],
): UpstreamServer {
  const choice = group.choose(nowMs, key, tried);
  if (typeof choice === 'string') throw new Error(`no server: ${choice}`);
  return choice;
}
