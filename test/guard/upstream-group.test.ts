import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { BALANCES } from '../../src-main/contract/proxy-config';
import { PLACEMENTS } from '../../src-main/contract/upstreams';
import type { FailedAttempt } from '../../src-main/guard/retry-rule';
import type { UpstreamGroup } from '../../src-main/guard/upstream-group';
import type { UpstreamServer } from '../../src-main/guard/upstream-server';
import { chosen, upstreamConfig, watchedGroup } from '../support/upstreams';

const BACKOFF_MS = 4_000;
const ejection = { consecutiveFaults: 3, backoffMs: BACKOFF_MS };

/** Requests that fail at this server and no other. */
function fail(group: UpstreamGroup, server: UpstreamServer, nowMs: number, count = 3): void {
  for (let fault = 0; fault < count; fault += 1) group.outcome(server, server.health.epoch, 'connect', nowMs);
}

function checkFails(group: UpstreamGroup, server: UpstreamServer, atMs = 0, count = 3): void {
  for (let check = 0; check < count; check += 1) {
    group.probed(server, { atMs, passed: false, tookMs: 2, told: 'connection refused' });
  }
}

/** Where `count` requests go, one after the other and each answered. */
function spread(group: UpstreamGroup, count: number, nowMs: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let request = 0; request < count; request += 1) {
    const server = chosen(group, nowMs, `client ${request}`);
    counts.set(server.url, (counts.get(server.url) ?? 0) + 1);
    const { epoch } = server.health;
    group.outcome(server, epoch, 'answered', nowMs);
    group.leave(server, epoch);
  }
  return counts;
}

describe('a group', () => {
  it('counts what each server has under way', () => {
    const { group } = watchedGroup(upstreamConfig([1, 1]));
    const [first, second] = [chosen(group, 0), chosen(group, 0), chosen(group, 0)];
    expect(group.servers.map(({ inFlight }) => inFlight)).toEqual([2, 1]);
    if (first === undefined || second === undefined) throw new Error('no server');
    group.leave(first, first.health.epoch);
    expect(group.servers.map(({ inFlight, requests }) => [inFlight, requests])).toEqual([
      [1, 2],
      [1, 1],
    ]);
  });

  it('sends no more at a time to a server than its pool has connections', () => {
    const { group } = watchedGroup(upstreamConfig([1, 1], { pool: { maxConnections: 2, maxIdle: 0 } }));
    for (let request = 0; request < 4; request += 1) chosen(group, 0);
    expect(group.servers.map(({ inFlight }) => inFlight)).toEqual([2, 2]);
    expect(group.choose(0, '')).toBe('all-busy');
    const server = group.servers[1]!;
    group.leave(server, 0);
    expect(chosen(group, 0)).toBe(server);
  });

  it('sends a request to no server it was sent to before', () => {
    const { group } = watchedGroup(upstreamConfig([1, 1, 1]));
    const tried: UpstreamServer[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) tried.push(chosen(group, 0, '', tried));
    expect(new Set(tried).size).toBe(3);
    expect(group.choose(0, '', tried)).toBe('all-tried');
  });

  it('says why a server came and went, with its names', () => {
    const { group, changes } = watchedGroup(upstreamConfig([1, 1], { ejection, slowStartMs: 0 }));
    fail(group, group.servers[0]!, 10);
    spread(group, 4, 10 + BACKOFF_MS);
    expect(changes.map(({ upstream, server, to, reason }) => [upstream, server, to, reason])).toEqual([
      ['api', 'http://s1', 'ejected', '3 connect failures in a row; tried again in 4 s'],
      ['api', 'http://s1', 'trial', 'its time is over; one request tries it'],
      ['api', 'http://s1', 'in', 'a request was answered'],
    ]);
  });

  it('sends one request at a time to a server on trial', () => {
    const { group } = watchedGroup(upstreamConfig([1, 1], { ejection }));
    fail(group, group.servers[0]!, 0);
    for (let request = 0; request < 20; request += 1) chosen(group, BACKOFF_MS);
    expect(group.servers.map(({ inFlight }) => inFlight)).toEqual([1, 19]);
  });

  it('gives a server that came back a growing part of the requests', () => {
    const { group } = watchedGroup(upstreamConfig([1, 1], { ejection, slowStartMs: 10_000 }));
    const [sick] = group.servers;
    fail(group, sick!, 0);
    spread(group, 2, 5_000);
    const shares = [5_000, 7_500, 10_000, 15_000].map((nowMs) => spread(group, 1_000, nowMs).get('http://s1') ?? 0);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.map((share) => Math.round(share / 10))).toEqual([5, 20, 33, 50]);
  });
});

describe('the key of a request', () => {
  const fields = (value: string | null) => ({ get: (name: string) => (name === 'X-User' ? value : null) });

  it.each([
    ['hash', 'X-User', 'ann', 'ann'],
    ['hash', 'X-User', null, '10.0.0.1'],
    ['hash', 'X-User', '', '10.0.0.1'],
    ['hash', null, 'ann', '10.0.0.1'],
    ['round-robin', null, 'ann', ''],
  ])('by %s of the field %s, which is %j, is %j', (balance, hashField, value, key) => {
    const { group } = watchedGroup(upstreamConfig([1], { balance, hashField }));
    expect(group.keyOf('10.0.0.1', fields(value))).toBe(key);
  });
});

describe('the bound on ejections', () => {
  it('keeps a server that is alone', () => {
    const { group, changes } = watchedGroup(upstreamConfig([1], { ejection }));
    fail(group, group.servers[0]!, 0, 50);
    expect(group.servers[0]?.health.takes(0)).toBe(true);
    expect(changes.map(({ reason }) => reason)).toEqual([
      '3 connect failures in a row; not ejected: it is the last server that takes requests',
    ]);
  });

  it('keeps the last one that takes requests, whatever holds back the others', () => {
    const config = upstreamConfig([1, 1, 1], { ejection: { ...ejection, maxEjectedShare: 1 }, healthCheck: {} });
    const { group } = watchedGroup(config);
    const [first, second, third] = group.servers;
    group.place(first!, 'drain', 0);
    checkFails(group, second!);
    fail(group, third!, 0, 50);
    expect(group.servers.map(({ health }) => health.stateAt(0))).toEqual(['draining', 'unhealthy', 'in']);
  });

  it('keeps the share that the configuration says', () => {
    const config = upstreamConfig(Array<number>(10).fill(1), { ejection: { ...ejection, maxEjectedShare: 0.3 } });
    const { group, changes } = watchedGroup(config);
    for (const server of group.servers) fail(group, server, 0);
    expect(group.servers.filter(({ health }) => health.isEjected).length).toBe(3);
    expect(changes.at(-1)?.reason).toBe(
      '3 connect failures in a row; not ejected: 3 of 10 servers are ejected, and a share of 0.3 is the most',
    );
  });

  it('is whole where the share times the servers is', () => {
    const config = upstreamConfig(Array<number>(100).fill(1), { ejection: { ...ejection, maxEjectedShare: 0.29 } });
    const { group } = watchedGroup(config);
    for (const server of group.servers) fail(group, server, 0);
    expect(group.servers.filter(({ health }) => health.isEjected).length).toBe(29);
  });

  test.prop([
    fc.integer({ min: 1, max: 8 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.array(fc.tuple(fc.nat(7), fc.constantFrom('fail', 'request'), fc.nat(3_000)), { maxLength: 100 }),
  ])('holds whatever fails in whatever order', (count, maxEjectedShare, steps) => {
    const config = upstreamConfig(Array<number>(count).fill(1), { ejection: { ...ejection, maxEjectedShare } });
    const { group } = watchedGroup(config);
    let nowMs = 0;
    for (const [index, kind, waitMs] of steps) {
      nowMs += waitMs;
      if (kind === 'fail') fail(group, group.servers[index % count]!, nowMs);
      else spread(group, 1, nowMs);
      const ejected = group.servers.filter(({ health }) => health.isEjected).length;
      expect(ejected).toBeLessThanOrEqual(maxEjectedShare * count + 1e-6);
      // One whose time is over counts as ejected until its trial, and takes that.
      const states = group.servers.map(({ health }) => health.stateAt(nowMs));
      expect(states.some((state) => state !== 'ejected')).toBe(true);
    }
  });
});

describe('a group without a server that is well', () => {
  const allSick = (whenAllOut: string) => {
    const watched = watchedGroup(upstreamConfig([1, 1, 1], { healthCheck: {}, whenAllOut }));
    for (const server of watched.group.servers) checkFails(watched.group, server);
    return watched;
  };

  it('refuses requests', () => {
    const { group } = allSick('refuse');
    expect([group.choose(0, ''), group.view(0).isAllOut]).toEqual(['all-out', true]);
  });

  it('sends them to all where it is told to, but to none that a person took out', () => {
    const { group } = allSick('use-all');
    group.place(group.servers[1]!, 'out', 0);
    expect([...spread(group, 10, 0).keys()].toSorted()).toEqual(['http://s1', 'http://s3']);
    for (const server of group.servers) group.place(server, 'drain', 0);
    expect(group.choose(0, '')).toBe('all-out');
  });

  it('still sends none of them where it was sent before', () => {
    const { group } = allSick('use-all');
    expect(group.choose(0, '', group.servers)).toBe('all-tried');
  });
});

describe.each(BALANCES)('by %s', (balance) => {
  const steps = fc.array(
    fc.record({
      kind: fc.constantFrom('request', 'request', 'request', 'fail', 'check', 'place', 'end'),
      index: fc.nat(5),
      placement: fc.constantFrom(...PLACEMENTS),
      passed: fc.boolean(),
      waitMs: fc.nat(2_000),
    }),
    { maxLength: 120 },
  );

  test.prop([steps])('a server that is out gets no request, and one is found wherever there is one', (script) => {
    const config = upstreamConfig([1, 2, 3, 1, 1, 1], {
      balance,
      ejection,
      healthCheck: { unhealthyAfter: 1, healthyAfter: 1 },
      pool: { maxConnections: 3, maxIdle: 0 },
    });
    const { group } = watchedGroup(config);
    const held: { server: UpstreamServer; epoch: number }[] = [];
    let nowMs = 0;
    for (const { kind, index, placement, passed, waitMs } of script) {
      nowMs += waitMs;
      const server = group.servers[index]!;
      if (kind === 'fail') fail(group, server, nowMs, 1);
      if (kind === 'check') group.probed(server, { atMs: nowMs, passed, tookMs: 1, told: '' });
      if (kind === 'place') group.place(server, placement, nowMs);
      if (kind === 'end') {
        for (const each of held.splice(0, 2)) {
          group.outcome(each.server, each.epoch, passed ? 'answered' : 'timeout', nowMs);
          group.leave(each.server, each.epoch);
        }
      }
      if (kind !== 'request') continue;
      const able = group.servers.filter(({ health, inFlight }) => health.takes(nowMs) && inFlight < 3);
      const states = new Map(group.servers.map((each) => [each, each.health.stateAt(nowMs)]));
      const choice = group.choose(nowMs, `client ${waitMs}`);
      if (typeof choice === 'string') {
        expect(able).toEqual([]);
      } else {
        expect(able).toContain(choice);
        expect(states.get(choice)).toMatch(/^(in|slow-start|trial)$/);
        held.push({ server: choice, epoch: choice.health.epoch });
      }
      const underWay = group.servers.map((each) => held.filter((one) => one.server === each).length);
      expect(group.servers.map(({ inFlight }) => inFlight)).toEqual(underWay);
    }
  });
});

describe('retries', () => {
  const failed: FailedAttempt = {
    method: 'GET',
    retries: 0,
    isSent: true,
    isBodyReplayable: true,
    isReplyBegun: false,
  };

  it('end with their budget, which requests fill again', () => {
    const { group } = watchedGroup(upstreamConfig([1, 1], { retry: { budgetShare: 0.5, minPerSec: 0 } }));
    const verdicts = Array.from({ length: 12 }, () => group.mayRetry(failed, 0));
    expect(verdicts.indexOf('budget-spent')).toBe(10);
    spread(group, 2, 0);
    expect([group.mayRetry(failed, 0), group.mayRetry(failed, 0)]).toEqual(['retry', 'budget-spent']);
  });

  it('do not fill it themselves', () => {
    const { group } = watchedGroup(upstreamConfig([1, 1], { retry: { budgetShare: 1, minPerSec: 0 } }));
    for (let retry = 0; retry < 10; retry += 1) group.mayRetry(failed, 0);
    chosen(group, 0, '', [group.servers[0]!]);
    expect(group.mayRetry(failed, 0)).toBe('budget-spent');
  });

  it('that may not be made cost nothing', () => {
    const { group } = watchedGroup(upstreamConfig([1, 1], { retry: { budgetShare: 0, minPerSec: 0 } }));
    for (let retry = 0; retry < 50; retry += 1) group.mayRetry({ ...failed, method: 'POST' }, 0);
    expect(group.mayRetry(failed, 0)).toBe('retry');
  });

  it('can be switched off', () => {
    const { group } = watchedGroup(upstreamConfig([1, 1], { retry: null }));
    expect(group.mayRetry(failed, 0)).toBe('switched-off');
  });
});

describe('a group configured anew', () => {
  it('keeps the health, the counts and the requests under way of servers that stay', () => {
    const { group: before } = watchedGroup(upstreamConfig([1, 1, 1], { ejection }));
    const [first, second] = [chosen(before, 0), chosen(before, 0)];
    fail(before, second, 0);
    before.place(before.servers[2]!, 'out', 0);
    const { group, changes } = watchedGroup(upstreamConfig([5, 1, 1, 1], { ejection, balance: 'hash' }), before, 1);
    expect(changes).toEqual([]);
    expect(group.servers.slice(0, 3)).toEqual(before.servers);
    expect([first.weight, first.inFlight, second.health.stateAt(1)]).toEqual([5, 1, 'ejected']);
    expect(group.servers.map(({ health }) => health.placement)).toEqual(['in', 'in', 'out', 'in']);
    group.leave(first, first.health.epoch);
    expect(first.inFlight).toBe(0);
  });

  it('lets requests to a server that is gone end', () => {
    const { group: before } = watchedGroup(upstreamConfig([1, 1]));
    const servers = [chosen(before, 0), chosen(before, 0)];
    const { group } = watchedGroup(upstreamConfig([1]), before);
    const gone = servers.find(({ url }) => group.find(url) === null)!;
    group.outcome(gone, gone.health.epoch, 'answered', 0);
    group.leave(gone, gone.health.epoch);
    expect([gone.inFlight, group.servers.length, group.find('http://s1')]).toEqual([0, 1, group.servers[0]]);
  });

  it('drains a server where the configuration says so newly, and not where a person decided since', () => {
    const config = upstreamConfig([1, 1]);
    const { group } = watchedGroup(config);
    const drained = { ...config, servers: config.servers.map((each) => ({ ...each, drain: true })) };
    const { group: then, changes } = watchedGroup(drained, group);
    expect(changes.map(({ to }) => to)).toEqual(['draining', 'draining']);
    then.place(then.servers[0]!, 'in', 0);
    const { group: last } = watchedGroup(drained, then);
    expect(last.servers.map(({ health }) => health.placement)).toEqual(['in', 'drain']);
  });

  it('begins with a server drained that is configured so', () => {
    const config = upstreamConfig([1, 1]);
    const [first, second] = config.servers;
    const { group, changes } = watchedGroup({ ...config, servers: [{ ...first!, drain: true }, second!] });
    expect([changes, [...spread(group, 4, 0).keys()]]).toEqual([[], ['http://s2']]);
  });
});

describe('the view of a group', () => {
  it('is what a topology panel shows', () => {
    const { group } = watchedGroup(upstreamConfig([3, 1], { ejection, healthCheck: {} }));
    for (let request = 0; request < 4; request += 1) group.replied(chosen(group, 0), 20.5, 0);
    const [, second] = group.servers;
    group.probed(second!, { atMs: 5, passed: true, tookMs: 3, told: '204' });
    fail(group, second!, 6);
    const view = group.view(10);
    expect(view).toMatchObject({ upstream: 'api', balance: 'round-robin', isAllOut: false });
    expect(view.servers[0]).toEqual({
      server: 'http://s1',
      state: 'in',
      reason: '',
      changedAtMs: null,
      retryAtMs: null,
      weight: 3,
      weightShare: 1,
      inFlight: 3,
      requests: 3,
      faults: 0,
      trafficShare: 0.75,
      p50Ms: 20.5,
      p95Ms: 20.5,
      lastProbe: null,
    });
    expect(view.servers[1]).toMatchObject({
      state: 'ejected',
      reason: '3 connect failures in a row; tried again in 4 s',
      changedAtMs: 6,
      retryAtMs: 6 + BACKOFF_MS,
      faults: 3,
      trafficShare: 0.25,
      lastProbe: { told: '204' },
    });
  });

  it('has no shares without traffic', () => {
    const { group } = watchedGroup(upstreamConfig([1]));
    expect(group.view(0).servers[0]).toMatchObject({ trafficShare: 0, p50Ms: null, p95Ms: null });
  });
});
