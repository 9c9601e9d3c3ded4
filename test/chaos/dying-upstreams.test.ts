/**
 * Thousands of requests through the proxy while the servers behind it refuse, hang, reset, cut, garble and come back.
 * CHAOS_SEED repeats a run as far as the scheduler of the machine lets it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seeded } from '../support/random';
import { tshark } from '../support/tshark';
import { BlackHole } from './black-hole';
import { ChaosClient } from './chaos-client';
import { ChaosUpstream } from './chaos-upstream';
import { Ledger } from './ledger';
import { scenes } from './moods';
import { startProxy, type ProxyUnderTest } from './proxy-under-test';

const REQUESTS = 10_000;
const CLIENTS = 32;
const SERVERS = 4;
const SCENE_MS = 500;
const PAUSE_MS = 90;
const SEED = Number(process.env['CHAOS_SEED'] ?? 20_261_126);

const random = seeded(SEED);
const ledger = new Ledger();
let upstreams: ChaosUpstream[] = [];
let blackHole: BlackHole;
let proxy: ProxyUnderTest;

/** Each its own numbers: else whose turn it is would change what they send. */
const clientsOf = (prefix: string): ChaosClient[] =>
  Array.from({ length: CLIENTS }, (_, index) => {
    const own = seeded(SEED + index + 1);
    return new ChaosClient({ name: `${prefix}${index}`, port: proxy.port, ledger, random: own, pauseMs: PAUSE_MS });
  });

async function playScenes(work: Promise<unknown>): Promise<void> {
  let isOver = false;
  const over = work.finally(() => (isOver = true));
  for (const moods of scenes(SERVERS, random)) {
    await Promise.all(upstreams.map((upstream, index) => upstream.become(moods[index] ?? 'well')));
    await Promise.race([over, delay(SCENE_MS)]);
    if (isOver) break;
  }
  await over;
}

beforeAll(async () => {
  const names = Array.from({ length: SERVERS }, (_, index) => `s${index + 1}`);
  upstreams = await Promise.all(names.map((name) => ChaosUpstream.start(name, ledger, random)));
  blackHole = await BlackHole.open();
  proxy = await startProxy(
    [...upstreams, blackHole].map(({ port }) => port),
    { isPatient: false },
  );
});

afterAll(async () => {
  await proxy.stop();
  blackHole.close();
  await Promise.all(upstreams.map((upstream) => upstream.stop()));
  proxy.remove();
});

describe(`${REQUESTS} requests while servers die and return (seed ${SEED})`, () => {
  it('all end, with their own reply whole, or in a way the client can tell', async () => {
    const clients = clientsOf('c');
    const each = Math.ceil(REQUESTS / CLIENTS);
    await playScenes(Promise.all(clients.map((client) => client.run(each))));
    for (const client of clients) client.close();
    console.log(ledger.outcomes, `${ledger.savedByRetry} saved by a retry`, Object.fromEntries(ledger.troubles));
    expect(ledger.violations).toEqual([]);
    expect(ledger.count).toBe(each * CLIENTS);
  }, 120_000);

  it('met every kind of trouble', () => {
    expect([...ledger.troubles.keys()].toSorted()).toEqual([
      'closed as it was used again',
      'closed within the body',
      'closed within the head',
      'died',
      'garbled',
      'no answer',
      'reset',
      'reset as it was used again',
      'reset within the body',
      'reset within the body that the end of the connection ends',
      'reset within the head',
    ]);
    expect(ledger.outcomes.refused).toBeGreaterThan(0);
    expect(ledger.outcomes.cut).toBeGreaterThan(0);
    expect(ledger.outcomes.ok).toBeGreaterThan(REQUESTS / 2);
    expect(ledger.savedByRetry).toBeGreaterThan(0);
  });

  it('fail only where a server failed them', () => {
    expect(ledger.failedNeedlessly).toEqual([]);
  });

  it('are all answered again, by every server, once all are back', async () => {
    await Promise.all(upstreams.map((upstream) => upstream.become('well')));
    const servedBefore = new Map(ledger.served);
    const lagging = () => upstreams.filter(({ name }) => ledger.served.get(name) === servedBefore.get(name));
    for (let round = 0; lagging().length > 0; round += 1) {
      const client = new ChaosClient({ name: `w${round}`, port: proxy.port, ledger, random, pauseMs: 0 });
      await client.run(10);
      client.close();
    }
    const { ok } = ledger.outcomes;
    await Promise.all(
      clientsOf('b').map(async (client) => {
        await client.run(10);
        client.close();
      }),
    );
    expect(ledger.outcomes.ok - ok).toBe(CLIENTS * 10);
    expect(ledger.violations).toEqual([]);
  });

  it('stand in a journal in which tshark finds nothing odd', async (context) => {
    if (proxy.journalPath === null) return context.skip();
    await proxy.stop();
    // The port of a connection that was reset may be given to the next one at once: that is the kernel's to decide.
    const odd = 'tcp.analysis.flags && !tcp.analysis.reused_ports';
    expect(tshark(proxy.journalPath, '-Y', odd)).toEqual([]);
  });
});
