import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Address } from '../../src-main/contract/address';
import {
  describe as textOf,
  fail,
  ok,
  type ErrorCode,
  type Failure,
  type Result,
} from '../../src-main/contract/errors';
import type { Fact } from '../../src-main/contract/facts';
import { MAX_CONFIG_BYTES } from '../../src-main/contract/proxy-config';
import {
  DEFAULT_PROXY_STATE,
  type LocalCa,
  type ProxyChange,
  type ProxyState,
} from '../../src-main/contract/proxy-state';
import { ProxyControl } from '../../src-main/inspector/proxy-control';
import { readProxyPart } from '../../src-main/inspector/proxy-part';
import type { Certificates } from '../../src-main/inspector/proxy-plan';

const CA = { pem: 'PEM', path: '/ca.pem' } as LocalCa;

let folder: string;
let control: ProxyControl;
let listener: Address | null;
let applied: ProxyState[];
let changed: ProxyState[];
let kept: ProxyChange[];
let facts: Fact[];
let certificates: Certificates;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bytescope-proxy-'));
  listener = null;
  applied = [];
  changed = [];
  kept = [];
  facts = [];
  certificates = { ca: () => Promise.resolve(ok(CA)), checkOwn: () => Promise.resolve(ok(null)) };
  control = new ProxyControl({
    certificates: {
      ca: () => certificates.ca(),
      checkOwn: (files) => certificates.checkOwn(files),
    },
    listener: () => listener,
    tlsOptions: () => ({}),
    nowMs: () => 1_000,
    random: () => 0,
    hooks: {
      prepare: () => Promise.resolve(ok(null)),
      apply: (state) => applied.push(state),
      changed: (state) => changed.push(state),
      keep: (change) => kept.push(change),
      record: (fact) => facts.push(fact),
    },
  });
});
afterEach(() => {
  control.stop();
  return rm(folder, { recursive: true });
});

const servers = (...urls: string[]) =>
  JSON.stringify({ upstreams: { api: { servers: urls.map((url) => ({ url })) } } });
const serversOf = ({ config }: ProxyState) =>
  Object.values(config?.upstreams ?? {}).flatMap((upstream) => upstream.servers.map(({ url }) => url));
async function file(text: string | Uint8Array, name = 'proxy.json'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}
async function changing(change: ProxyChange): Promise<ProxyState> {
  const result = await control.change(change);
  if (!result.ok) throw new Error(textOf(result.error).title);
  return result.value;
}
/** The failure of a change, which leaves everything as it was. */
async function refusal(change: ProxyChange): Promise<Failure> {
  const before = [control.state, applied.length, kept.length];
  const result = await control.change(change);
  expect([control.state, applied.length, kept.length]).toEqual(before);
  if (result.ok) throw new Error('it was taken');
  return result.error;
}

describe('a change', () => {
  it('puts mode and configuration in force together, and tells it', async () => {
    const state = await changing({ mode: 'reverse', config: servers('http://a', 'http://b') });
    expect([state.mode, serversOf(state), state.configPath]).toEqual(['reverse', ['http://a', 'http://b'], null]);
    expect(control.state).toBe(state);
    expect([applied, changed]).toEqual([[state], [state]]);
    expect(control.upstreams()[0]?.servers.length).toBe(2);
  });

  it('leaves what it does not name as it was', async () => {
    await changing({ tunnelTo: 'db:5432', forward: { allow: ['10.0.0.0/8'] } });
    const state = await changing({ forward: { intercept: ['*'] } });
    expect(state).toEqual({
      ...DEFAULT_PROXY_STATE,
      tunnelTo: 'db:5432',
      forward: { allow: ['10.0.0.0/8'], allowPrivate: false, intercept: ['*'], insecure: [] },
    });
  });

  it('takes servers in place of a configuration', async () => {
    expect(serversOf(await changing({ mode: 'reverse', upstreams: ['3000', 'https://api.example'] }))).toEqual([
      'http://127.0.0.1:3000',
      'https://api.example',
    ]);
  });

  it('writes hosts, patterns and targets in one spelling', async () => {
    const state = await changing({
      tunnelTo: 'DB.Example:5432',
      forward: {
        intercept: ['Example.COM.', '*.Example.com', '*', 'example.com', '[::1]'],
        insecure: ['A.test', 'a.test.'],
      },
    });
    expect(state.tunnelTo).toBe('db.example:5432');
    expect(state.forward.intercept).toEqual(['example.com', '*.example.com', '*', '[::1]']);
    expect(state.forward.insecure).toEqual(['a.test']);
  });

  it('is refused whole where one part of it is wrong', async () => {
    const error = await refusal({ mode: 'reverse', config: servers('http://a'), tunnelTo: 'nowhere' });
    expect(textOf(error).title).toBe(
      'The proxy configuration cannot be used: tunnelTo: it is a host and a port such as 127.0.0.1:5432.',
    );
  });

  it.each<[string, ProxyChange, ErrorCode]>([
    ['no servers', { mode: 'reverse' }, 'CFG_MODE_NEEDS'],
    ['no target', { mode: 'tunnel' }, 'CFG_MODE_NEEDS'],
    ['a text that is none', { config: '{' }, 'CFG_PROXY'],
    ['two configurations', { config: servers('http://a'), upstreams: ['1'] }, 'CFG_PROXY'],
    ['a file that was never read', { configPath: '' }, 'CFG_PROXY'],
    ['a range that is none', { forward: { allow: ['10.0.0.1/8'] } }, 'CFG_PROXY'],
    ['a host with a path', { forward: { intercept: ['a/b'] } }, 'CFG_PROXY'],
    ['a host with a scheme', { forward: { insecure: ['https://a'] } }, 'CFG_PROXY'],
    ['a star in the middle', { forward: { intercept: ['a.*.b'] } }, 'CFG_PROXY'],
    ['hosts below an address', { forward: { intercept: ['*.10.0.0.1'] } }, 'CFG_PROXY'],
    ['too many ranges', { forward: { allow: Array.from({ length: 101 }, () => '::1') } }, 'CFG_PROXY'],
    ['a target without a port', { tunnelTo: 'db' }, 'CFG_PROXY'],
    ['a target with port 0', { tunnelTo: 'db:0' }, 'CFG_PROXY'],
  ])('is refused for %s', async (_name, change, code) => {
    expect((await refusal(change)).code).toBe(code);
  });

  it('names all mistakes of a configuration, each with its path', async () => {
    const { detail } = await refusal({ config: servers('ftp://a', 'b') });
    expect(String(detail?.['mistakes']).split('\n')).toEqual([
      'upstreams.api.servers[0].url: it begins with http:// or https://.',
      'upstreams.api.servers[1].url: this is no URL such as http://127.0.0.1:3000.',
    ]);
  });

  it('takes its turn after one that is still under way, and wins', async () => {
    let found: (result: Result<null>) => void = () => undefined;
    const slow = new Promise<Result<null>>((resolve) => (found = resolve));
    certificates = { ...certificates, checkOwn: () => slow };
    const first = control.change({ tls: { kind: 'own', certificatePath: '/c', keyPath: '/k' }, tunnelTo: 'a:1' });
    const second = control.change({ tunnelTo: 'b:2' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(applied).toEqual([]);
    found(ok(null));
    await Promise.all([first, second]);
    expect(applied.map(({ tunnelTo }) => tunnelTo)).toEqual(['a:1', 'b:2']);
    expect(control.state.tls.kind).toBe('own');
  });

  it('takes its turn after one that broke', async () => {
    certificates = { ...certificates, checkOwn: () => Promise.reject(new Error('broken')) };
    const first = control.change({ tls: { kind: 'own', certificatePath: '/c', keyPath: '/k' } });
    const second = control.change({ tunnelTo: 'b:2' });
    await expect(first).rejects.toThrow('broken');
    expect(await second).toMatchObject({ ok: true });
  });
});

describe('a configuration file', () => {
  it('is read, and read again where no other is named', async () => {
    const path = await file(servers('http://a'));
    const state = await changing({ mode: 'reverse', configPath: path });
    expect([serversOf(state), state.configPath]).toEqual([['http://a'], path]);
    await file(servers('http://b'));
    expect(serversOf(await changing({ configPath: '' }))).toEqual(['http://b']);
  });

  it('is known by its whole path', async () => {
    const path = await file(servers('http://a'));
    expect((await changing({ configPath: relative(process.cwd(), path) })).configPath).toBe(path);
  });

  it('keeps the health of servers that stay when it is read again', async () => {
    await changing({ mode: 'reverse', configPath: await file(servers('http://a', 'http://b')) });
    control.place('api', 'http://a', 'out');
    await file(servers('http://a', 'http://c'));
    await changing({ configPath: '' });
    expect(control.upstreams()[0]?.servers.map(({ state }) => state)).toEqual(['out', 'in']);
  });

  it('that became wrong changes nothing', async () => {
    await changing({ mode: 'reverse', configPath: await file(servers('http://a')) });
    await file(servers('gopher://a'));
    expect((await refusal({ configPath: '' })).code).toBe('CFG_PROXY');
    expect(control.upstreams()[0]?.servers[0]?.server).toBe('http://a');
  });

  it('begins with a byte order mark if it likes', async () => {
    expect(serversOf(await changing({ configPath: await file(`\ufeff${servers('http://a')}`) }))).toEqual(['http://a']);
  });

  it.each<[string, () => Promise<string> | string, RegExp]>([
    ['not there', () => join(folder, 'none.json'), /\(ENOENT\)/],
    ['a folder', () => folder, /not a regular file/],
    ['no text', () => file(new Uint8Array([0x7b, 0xff, 0x7d])), /no UTF-8 text/],
    ['larger than it may be', () => file(' '.repeat(MAX_CONFIG_BYTES + 1)), /larger than 1048576 bytes/],
    [
      'a pipe',
      () => {
        execFileSync('mkfifo', [join(folder, 'pipe')]);
        return join(folder, 'pipe');
      },
      /not a regular file/,
    ],
  ])('that is %s is told', async (_name, path, reason) => {
    const error = await refusal({ configPath: await path() });
    expect(error.code).toBe('CFG_PROXY_FILE');
    expect(textOf(error).title).toMatch(reason);
  });
});

describe('a loop', () => {
  beforeEach(() => (listener = { host: '127.0.0.1', port: 8080 }));

  it.each<[string, ProxyChange]>([
    ['a server', { mode: 'reverse', upstreams: ['8080'] }],
    ['the target of a tunnel', { mode: 'tunnel', tunnelTo: 'localhost:8080' }],
  ])('is refused: the proxy itself as %s', async (_name, change) => {
    expect((await refusal(change)).code).toBe('CFG_PROXY');
  });

  it('is none where the mode does not pass anything on there', async () => {
    expect((await changing({ upstreams: ['8080'], tunnelTo: '127.0.0.1:8080' })).mode).toBe('server');
    expect((await refusal({ mode: 'reverse' })).code).toBe('CFG_PROXY');
  });

  it('is seen before the proxy listens there', async () => {
    listener = null;
    await changing({ mode: 'reverse', upstreams: ['9090'] });
    expect(control.mayListen({ host: '0.0.0.0', port: 9090 })).toMatchObject({
      ok: false,
      error: { code: 'CFG_PROXY' },
    });
    expect(control.mayListen({ host: '0.0.0.0', port: 9091 })).toEqual(ok(null));
  });
});

describe('certificates', () => {
  it.each<[string, ProxyChange]>([
    ['a listener with certificates of its own CA', { tls: { kind: 'local-ca' } }],
    ['interception', { mode: 'forward', forward: { intercept: ['example.com'] } }],
  ])('are made for %s', async (_name, change) => {
    expect((await changing(change)).ca).toEqual(CA);
  });

  it.each<[string, ProxyChange]>([
    ['a forward proxy that intercepts nothing', { mode: 'forward' }],
    ['a list of hosts that no mode needs', { forward: { intercept: ['*'] } }],
    ['a mode whose listener speaks no TLS', { mode: 'socks', tls: { kind: 'local-ca' } }],
  ])('are not made for %s', async (_name, change) => {
    expect((await changing(change)).ca).toBeNull();
  });

  it('that cannot be made or used refuse the change', async () => {
    certificates = {
      ca: () => Promise.resolve(fail('TLS_CA_UNUSABLE', { path: '/ca', reason: 'x' })),
      checkOwn: () => Promise.resolve(fail('TLS_KEY_MISMATCH', { certificatePath: '/c', keyPath: '/k' })),
    };
    expect((await refusal({ tls: { kind: 'local-ca' } })).code).toBe('TLS_CA_UNUSABLE');
    expect((await refusal({ tls: { kind: 'own', certificatePath: '/c', keyPath: '/k' } })).code).toBe(
      'TLS_KEY_MISMATCH',
    );
    expect(await control.ca()).toMatchObject({ ok: false, error: { code: 'TLS_CA_UNUSABLE' } });
  });

  it('are part of the state as soon as a viewer asked for them', async () => {
    expect(await control.ca()).toEqual(ok(CA));
    await control.ca();
    expect([control.state.ca, changed.length]).toEqual([CA, 1]);
  });

  it('are found by their whole path', async () => {
    const state = await changing({ tls: { kind: 'own', certificatePath: 'c.pem', keyPath: 'k.pem' } });
    expect(state.tls).toEqual({
      kind: 'own',
      certificatePath: join(process.cwd(), 'c.pem'),
      keyPath: join(process.cwd(), 'k.pem'),
    });
  });
});

describe('what is kept', () => {
  it('is what was asked for, change by change', async () => {
    await changing({ mode: 'reverse', upstreams: ['3000'] });
    await changing({ forward: { allow: ['10.0.0.0/8'] } });
    await changing({ forward: { allowPrivate: true } });
    expect(kept.at(-1)).toEqual({
      mode: 'reverse',
      upstreams: ['3000'],
      forward: { allow: ['10.0.0.0/8'], allowPrivate: true },
    });
  });

  it('is the latest of several configurations, and a file by its path', async () => {
    await changing({ upstreams: ['3000'] });
    const configPath = await file(servers('http://a'));
    await changing({ configPath });
    await changing({ configPath: '' });
    expect(kept.at(-1)).toEqual({ configPath });
    await changing({ config: servers('http://b') });
    expect(kept.at(-1)).toEqual({ config: servers('http://b') });
  });

  it('has nothing in it of what flags said', async () => {
    await control.start({
      kept: { tunnelTo: 'a:1' },
      flags: { mode: 'tunnel', tunnelTo: 'b:2' },
      report: () => undefined,
    });
    await changing({ forward: { allowPrivate: true } });
    expect(kept).toEqual([{ tunnelTo: 'a:1', forward: { allowPrivate: true } }]);
  });
});

describe('a start', () => {
  const reports: Failure[] = [];
  const starting = (keptBefore: ProxyChange, flags: ProxyChange = {}) => {
    reports.splice(0);
    return control.start({ kept: keptBefore, flags, report: (failure) => reports.push(failure) });
  };
  const codes = () => reports.map(({ code }) => code);

  it('puts in force what was kept, once', async () => {
    const forward = { allow: ['10.0.0.0/8'], allowPrivate: true, intercept: ['*'], insecure: ['a.test'] };
    await starting({ mode: 'reverse', upstreams: ['3000'], tunnelTo: 'a:1', forward, tls: { kind: 'local-ca' } });
    expect(control.state).toMatchObject({ mode: 'reverse', tunnelTo: 'a:1', forward, tls: { kind: 'local-ca' } });
    expect([applied.length, reports, kept]).toEqual([1, [], []]);
  });

  it('lets flags win, and does not look at what they replace', async () => {
    const flags: ProxyChange = { mode: 'reverse', upstreams: ['4000'], forward: { allow: ['::1'] }, tunnelTo: 'b:2' };
    const broken: ProxyChange = {
      mode: 'tunnel',
      config: '{',
      tunnelTo: 'x',
      forward: { allow: ['x'], allowPrivate: true },
    };
    expect(await starting(broken, flags)).toMatchObject({ ok: true });
    expect([control.state.mode, serversOf(control.state), control.state.tunnelTo]).toEqual([
      'reverse',
      ['http://127.0.0.1:4000'],
      'b:2',
    ]);
    expect(control.state.forward).toMatchObject({ allow: ['::1'], allowPrivate: true });
    expect(reports).toEqual([]);
  });

  it('leaves out what is broken of what was kept, and reports it', async () => {
    await starting({ mode: 'reverse', config: '{', tunnelTo: 'x', forward: { allow: ['x'], intercept: ['*'] } });
    expect(codes()).toEqual(['CFG_PROXY', 'CFG_PROXY', 'CFG_PROXY', 'CFG_MODE_NEEDS']);
    expect(control.state).toMatchObject({ mode: 'server', tunnelTo: null, forward: { allow: [], intercept: ['*'] } });
    expect(applied.length).toBe(1);
  });

  it('takes the kept mode with the configuration of a flag', async () => {
    await starting({ mode: 'reverse' }, { upstreams: ['3000'] });
    expect([control.state.mode, reports]).toEqual(['reverse', []]);
  });

  it.each<[ProxyChange, ErrorCode]>([
    [{ mode: 'reverse' }, 'CFG_MODE_NEEDS'],
    [{ mode: 'reverse', configPath: '/nowhere/at/all.json' }, 'CFG_PROXY_FILE'],
    [{ mode: 'forward', forward: { allow: ['x'] } }, 'CFG_PROXY'],
  ])('fails for what flags say: %j', async (flags, code) => {
    expect(await starting({}, flags)).toMatchObject({ ok: false, error: { code } });
    expect(applied).toEqual([]);
  });
});

describe('the proxy part of a settings file', () => {
  it('is read member by member', () => {
    const { kept: read, problem } = readProxyPart({
      mode: 'reserve',
      tunnelTo: 'a:1',
      config: { upstreams: {} },
      more: 1,
    });
    expect(read).toEqual({ tunnelTo: 'a:1', config: '{"upstreams":{}}' });
    expect(problem).toBe('proxy.mode has a value that it does not take');
  });

  it.each([[null], [1], ['x'], [[]]])('may be no object at all: %j', (raw) => {
    expect(readProxyPart(raw).kept).toEqual({});
  });
});

describe('active checks', () => {
  it('run while the mode is reverse, and only then', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const asked = vi.fn();
    server.on('connection', asked);
    const { port } = server.address() as AddressInfo;
    const healthCheck = { intervalMs: 100, timeoutMs: 50, unhealthyAfter: 1 };
    const config = JSON.stringify({
      upstreams: { api: { servers: [{ url: `http://127.0.0.1:${port}` }], healthCheck } },
    });
    await changing({ config });
    expect(control.upstreams()).toEqual([]);
    await changing({ mode: 'reverse' });
    await vi.waitUntil(() => facts.length > 0);
    expect(facts[0]).toMatchObject({ kind: 'health', connection: 0, upstream: 'api', to: 'unhealthy', cause: 'check' });
    await changing({ mode: 'server' });
    const seen = asked.mock.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(asked.mock.calls.length).toBe(seen);
    server.close();
  });
});
