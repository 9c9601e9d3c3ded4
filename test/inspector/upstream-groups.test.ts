import { beforeEach, describe, expect, it } from 'vitest';
import type { Fact } from '../../src-main/contract/facts';
import type { ProxyConfig } from '../../src-main/contract/proxy-config';
import { checkProxyConfig } from '../../src-main/contract/proxy-reading';
import { UpstreamGroups } from '../../src-main/inspector/upstream-groups';
import { seeded } from '../support/random';
import { chosen } from '../support/upstreams';

let facts: Fact[];
let groups: UpstreamGroups;
beforeEach(() => {
  facts = [];
  groups = new UpstreamGroups({ random: seeded(3), record: (fact) => facts.push(fact) });
});

const config = (upstreams: Record<string, readonly string[]>): ProxyConfig => {
  const read = checkProxyConfig({
    upstreams: Object.fromEntries(
      Object.entries(upstreams).map(([name, urls]) => [name, { servers: urls.map((url) => ({ url })) }]),
    ),
    routes: Object.keys(upstreams).map((upstream) => ({ pathPrefix: `/${upstream}`, upstream })),
  });
  if (!read.ok) throw new Error('no configuration');
  return read.value;
};
const found = (name: string) => {
  const group = groups.find(name);
  if (group === null) throw new Error(`no upstream ${name}`);
  return group;
};

describe('the upstreams in force', () => {
  it('are none before a configuration', () => {
    expect([groups.all, groups.views(0), groups.find('api')]).toEqual([[], [], null]);
  });

  it('are those of the configuration, in its order', () => {
    groups.configure(config({ web: ['http://w'], api: ['http://a', 'http://b'] }), 0);
    expect(groups.all.map(({ name }) => name)).toEqual(['web', 'api']);
    expect(groups.views(0)[1]?.servers.map(({ server }) => server)).toEqual(['http://a', 'http://b']);
  });

  it('keep health and counts of the servers that stay', () => {
    groups.configure(config({ api: ['http://a', 'http://b'] }), 0);
    expect(groups.place('api', 'http://a', 'out', 1)).toEqual({ ok: true, value: null });
    const server = chosen(found('api'), 2);
    groups.configure(config({ api: ['http://c', 'http://a', 'http://b'] }), 3);
    const [added, out, busy] = groups.views(3)[0]?.servers ?? [];
    expect([added?.state, out?.state, busy?.state]).toEqual(['in', 'out', 'in']);
    expect([busy?.server, busy?.inFlight, busy?.requests]).toEqual([server.url, 1, 1]);
  });

  it('are gone with the configuration', () => {
    groups.configure(config({ api: ['http://a'] }), 0);
    groups.configure(null, 1);
    expect([groups.all, groups.find('api')]).toEqual([[], null]);
  });

  it('are not made anew where the configuration is the same', () => {
    const same = config({ api: ['http://a'] });
    groups.configure(same, 0);
    const before = found('api');
    groups.configure(same, 1);
    expect(found('api')).toBe(before);
  });
});

describe('a change of health', () => {
  it('is a fact of no connection', () => {
    groups.configure(config({ api: ['http://a'] }), 0);
    groups.place('api', 'http://a', 'drain', 7);
    expect(facts).toEqual([
      {
        kind: 'health',
        connection: 0,
        upstream: 'api',
        server: 'http://a',
        atMs: 7,
        from: 'in',
        to: 'draining',
        cause: 'person',
        reason: 'draining by hand',
      },
    ]);
  });

  it('is none of a server that is configured no more', () => {
    groups.configure(config({ api: ['http://a', 'http://b'] }), 0);
    const before = found('api');
    const server = before.find('http://b');
    if (server === null) throw new Error('no server');
    groups.configure(config({ api: ['http://a'] }), 1);
    before.place(server, 'out', 2);
    expect(facts).toEqual([]);
  });

  it('cannot be asked for of a server that is not there', () => {
    groups.configure(config({ api: ['http://a'] }), 0);
    const error = { code: 'CALL_NO_SERVER', detail: { upstream: 'api', server: 'http://z' } };
    expect(groups.place('api', 'http://z', 'out', 1)).toEqual({ ok: false, error });
    expect(groups.place('web', 'http://a', 'out', 1)).toMatchObject({ ok: false, error: { code: 'CALL_NO_SERVER' } });
  });
});
