import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { formatAddress } from '../../src-main/contract/address';
import type { ProxyChange } from '../../src-main/contract/proxy-state';
import { curl, statuses } from '../support/curl';
import { ProxyEngine } from '../support/proxy-engine';
import { NodeSite } from '../support/sites';

const UPLOAD = randomBytes(300_000);

let folder: string;
let path: string;
let engine: ProxyEngine;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bytescope-curl-'));
  path = join(folder, 'upload');
  writeFileSync(path, UPLOAD);
});
afterEach(() => engine.close());
afterAll(() => rmSync(folder, { recursive: true }));

interface Way {
  readonly name: string;
  readonly change: (site: NodeSite) => ProxyChange;
  /** What curl is told, besides the path, of the address we listen on and the one of the site. */
  readonly args: (own: string, site: string) => readonly [...flags: string[], origin: string];
}

const addressOf = (site: NodeSite): string => site.url.slice('http://'.length);

const WAYS: readonly Way[] = [
  {
    name: 'the reverse mode',
    change: (site) => ({ mode: 'reverse', upstreams: [site.url] }),
    args: (own) => [`http://${own}`],
  },
  {
    name: 'the forward mode, by a whole URL',
    change: () => ({ mode: 'forward' }),
    args: (own, site) => ['-x', `http://${own}`, `http://${site}`],
  },
  {
    name: 'the forward mode, by a tunnel',
    change: () => ({ mode: 'forward' }),
    args: (own, site) => ['--proxytunnel', '-x', `http://${own}`, `http://${site}`],
  },
  {
    name: 'the SOCKS mode, by an address',
    change: () => ({ mode: 'socks' }),
    args: (own, site) => ['--socks5', own, `http://${site}`],
  },
  {
    name: 'the SOCKS mode, by a name',
    change: () => ({ mode: 'socks' }),
    args: (own, site) => ['--socks5-hostname', own, `http://${site}`],
  },
  {
    name: 'the tunnel mode',
    change: (site) => ({ mode: 'tunnel', tunnelTo: addressOf(site) }),
    args: (own) => [`http://${own}`],
  },
];

/** Both the one we listen on and the one of the site. */
describe.each(['127.0.0.1', '::1'])('curl, all of it on %s', (host) => {
  let site: NodeSite;

  beforeAll(async () => {
    site = await NodeSite.open({}, host);
  });
  afterAll(() => site.close());

  it.each(WAYS)('sends a body and gets it back through $name, and both sides are rows', async ({ change, args }) => {
    engine = await ProxyEngine.open(change(site), {}, null, host);
    const own = formatAddress({ host, port: engine.port });
    const [...flags] = args(own, addressOf(site));
    const origin = flags.pop();
    const run = await curl('-v', ...flags, '-H', 'Expect:', '--data-binary', `@${path}`, `${origin}/echo`);
    expect([run.code, statuses(run).at(-1)]).toEqual([0, 200]);
    expect(run.body.equals(UPLOAD)).toBe(true);
    await engine.fact('connection.closed', ({ connection }) => connection === 1);
    const { rows } = await engine.call('feed.snapshot', {});
    const [client, server] = [rows.find(({ id }) => id === 1), rows.find(({ side }) => side === 'upstream')];
    expect(client).toMatchObject({ side: 'client', server: own, marks: [] });
    expect(client?.bytesIn).toBeGreaterThan(UPLOAD.length);
    expect(server).toMatchObject({ server: addressOf(site), marks: [] });
    expect(server?.client.startsWith(host === '::1' ? '[::1]:' : '127.0.0.1:')).toBe(true);
  });
});

describe('a name of this machine', () => {
  it.each([
    ['forward', '-x'],
    ['socks', '--socks5-hostname'],
  ] as const)('is looked up by us in the mode %s', async (mode, flag) => {
    const site = await NodeSite.open();
    engine = await ProxyEngine.open({ mode });
    const run = await curl(flag, `127.0.0.1:${engine.port}`, `http://localhost:${site.port}/told`);
    expect(run.body.toString()).toContain('"url":"/told"');
    await site.close();
  });
});

describe('curl that goes to a port nobody listens on', () => {
  it.each([
    ['reverse', [22], '502'],
    ['forward', [22], '502'],
    ['socks', [97], 'SOCKS5'],
    // By a reset, which may come before curl has looked whether it is connected.
    ['tunnel', [7, 56], ''],
  ] as const)('is told so in the mode %s', async (mode, codes, word) => {
    const gone = await NodeSite.open();
    const [address, url] = [addressOf(gone), gone.url];
    await gone.close();
    engine = await ProxyEngine.open({ mode, ...(mode === 'reverse' && { upstreams: [url] }), tunnelTo: address });
    const own = `127.0.0.1:${engine.port}`;
    const flags = { reverse: [], forward: ['-x', own], socks: ['--socks5', own], tunnel: [] }[mode];
    const run = await curl('-f', ...flags, mode === 'forward' || mode === 'socks' ? `${url}/` : `http://${own}/`);
    expect(codes).toContain(run.code);
    expect(run.told).toContain(word);
    expect((await engine.fact('fault', ({ connection }) => connection === 1)).code).toBe('UP_CONNECT');
  });
});
