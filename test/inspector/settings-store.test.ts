import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../src-main/contract/errors';
import { DEFAULT_SETTINGS } from '../../src-main/contract/settings';
import { presetSettings, turnedFrom } from '../../src-main/contract/presets';
import { SettingsStore, type StoreOptions } from '../../src-main/inspector/settings-store';

let folder: string;
let path: string;
let reports: Failure[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bytescope-settings-'));
  path = join(folder, 'settings.json');
  reports = [];
});
afterEach(() => rm(folder, { recursive: true }));

const load = (options: Partial<StoreOptions> = {}): Promise<SettingsStore> =>
  SettingsStore.load({ path, flags: {}, preset: null, report: (failure) => reports.push(failure), ...options });

async function reload(store: SettingsStore): Promise<SettingsStore> {
  await store.saved();
  return load();
}

describe('SettingsStore', () => {
  it('begins with the defaults where there is no file', async () => {
    const store = await load();
    expect(store.state.values).toEqual(DEFAULT_SETTINGS);
    expect(reports).toEqual([]);
  });

  it('keeps a changed value for the next start', async () => {
    const store = await load();
    store.set('headTimeoutMs', 1_234);
    store.set('maxBodyBytes', null);
    const next = await reload(store);
    expect(next.state.values).toMatchObject({ headTimeoutMs: 1_234, maxBodyBytes: null });
    expect(next.state.sources).toMatchObject({ headTimeoutMs: 'file', maxBodyBytes: 'file', idleTimeoutMs: 'default' });
  });

  it('keeps only the last of many quick changes', async () => {
    const store = await load();
    for (let value = 100; value < 200; value += 1) store.set('headTimeoutMs', value);
    expect((await reload(store)).state.values.headTimeoutMs).toBe(199);
  });

  it('writes a file that only its owner can read', async () => {
    const store = await load();
    store.set('headTimeoutMs', 1_000);
    await store.saved();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('keeps the old value when the new one is refused', async () => {
    const store = await load();
    expect(store.set('headTimeoutMs', 1)).toMatchObject({ ok: false, error: { code: 'CFG_TOO_SMALL' } });
    expect(store.state.values.headTimeoutMs).toBe(DEFAULT_SETTINGS.headTimeoutMs);
  });

  it('lets a flag win over the file, and does not save it', async () => {
    await writeFile(path, JSON.stringify({ settings: { headTimeoutMs: 2_000 } }));
    const store = await load({ flags: { headTimeoutMs: 3_000 } });
    expect([store.state.values.headTimeoutMs, store.state.sources.headTimeoutMs]).toEqual([3_000, 'flag']);
    store.set('idleTimeoutMs', 4_000);
    expect((await reload(store)).state.values.headTimeoutMs).toBe(2_000);
  });

  it('lets the panel win over a flag', async () => {
    const store = await load({ flags: { headTimeoutMs: 3_000 } });
    store.set('headTimeoutMs', 5_000);
    expect([store.state.values.headTimeoutMs, store.state.sources.headTimeoutMs]).toEqual([5_000, 'panel']);
  });

  it('goes back to the default of one setting, and of all', async () => {
    const store = await load();
    store.set('headTimeoutMs', 5_000);
    store.set('idleTimeoutMs', 6_000);
    store.reset('headTimeoutMs');
    expect(store.state.values).toEqual({ ...DEFAULT_SETTINGS, idleTimeoutMs: 6_000 });
    store.reset(null);
    expect((await reload(store)).state.values).toEqual(DEFAULT_SETTINGS);
  });

  it('puts a preset in force as a whole and forgets what was turned before', async () => {
    const store = await load({ flags: { bodyTimeoutMs: 1_000 } });
    store.set('headTimeoutMs', 5_000);
    store.set('retentionBytes', 8 * 1024 ** 2);
    store.usePreset('nginx');
    const { preset, values, sources } = store.state;
    expect(preset).toBe('nginx');
    expect(values).toEqual({ ...presetSettings('nginx'), retentionBytes: 8 * 1024 ** 2 });
    expect(sources).toMatchObject({ headTimeoutMs: 'preset', bodyTimeoutMs: 'preset', maxHeadBytes: 'preset' });
  });

  it('keeps the preset, and what was turned after it, for the next start', async () => {
    const store = await load();
    store.usePreset('haproxy');
    store.set('acceptBareLf', false);
    const next = await reload(store);
    expect([next.state.preset, turnedFrom(next.state)]).toEqual(['haproxy', ['acceptBareLf']]);
  });

  it('goes back to what the preset has, not to the default', async () => {
    const store = await load();
    store.usePreset('nginx');
    store.set('idleTimeoutMs', 1_000);
    store.reset('idleTimeoutMs');
    expect(store.state.values.idleTimeoutMs).toBe(75_000);
  });

  it('refuses a preset that does not exist and names those that do', async () => {
    const store = await load();
    expect(store.usePreset('iis')).toMatchObject({
      ok: false,
      error: { code: 'CFG_UNKNOWN_PRESET', detail: { choices: expect.stringContaining('nginx') } },
    });
    expect(store.state.preset).toBe('bytescope');
  });

  it('lets a preset given by a flag win over the file, and does not save it', async () => {
    await writeFile(
      path,
      JSON.stringify({ preset: 'kestrel', settings: { idleTimeoutMs: 1_000, retentionBytes: 8_000_000 } }),
    );
    const store = await load({ preset: 'nginx', flags: { headTimeoutMs: 3_000 } });
    expect(store.state.values).toMatchObject({
      idleTimeoutMs: 75_000,
      headTimeoutMs: 3_000,
      retentionBytes: 8_000_000,
    });
    store.set('bodyTimeoutMs', 4_000);
    expect(store.state.values.bodyTimeoutMs).toBe(4_000);
    const next = await reload(store);
    expect([next.state.preset, next.state.values.idleTimeoutMs]).toEqual(['kestrel', 1_000]);
  });

  it('remembers the address that was chosen', async () => {
    const store = await load();
    store.rememberAddress({ host: '::1', port: 9_000 });
    expect((await reload(store)).address).toEqual({ host: '::1', port: 9_000 });
  });

  it.each([
    ['is not JSON', '{"settings":'],
    ['is not an object', '[1,2'],
    ['has a value of the wrong kind', '{"settings":{"headTimeoutMs":"fast"}}'],
    ['names a preset that does not exist', '{"preset":"__proto__"}'],
    ['has a setting that does not exist', '{"settings":{"warpFactor":9}}'],
    ['is far too large', ' '.repeat(1024 * 1024 + 1)],
  ])('sets a file aside that %s, says so, and starts', async (_what, text) => {
    await writeFile(path, text);
    const store = await load();
    expect(store.state.values).toEqual(DEFAULT_SETTINGS);
    expect(reports).toMatchObject([{ code: 'CFG_FILE_BROKEN', detail: { path } }]);
    const aside = (await readdir(folder)).find((name) => name.includes('.broken'));
    expect(await readFile(join(folder, aside ?? ''), 'utf8')).toBe(text);
  });

  it('keeps the good values of a file with a bad one', async () => {
    await writeFile(path, '{"settings":{"headTimeoutMs":-1,"idleTimeoutMs":7000}}');
    expect((await load()).state.values).toEqual({ ...DEFAULT_SETTINGS, idleTimeoutMs: 7_000 });
  });

  it('is set aside once, not at every start, and its good values stay', async () => {
    await writeFile(path, '{"settings":{"headTimeoutMs":-1,"idleTimeoutMs":7000}}');
    await load();
    reports = [];
    expect((await load()).state.values.idleTimeoutMs).toBe(7_000);
    expect(reports).toEqual([]);
    expect((await readdir(folder)).filter((name) => name.includes('.broken'))).toHaveLength(1);
  });

  it.each([
    ['a folder', () => mkdir(path)],
    ['a pipe that nobody writes to', () => void execFileSync('mkfifo', [path])],
  ])('starts where %s stands in its place, and says so', async (_what, make) => {
    await make();
    expect((await load()).state.values).toEqual(DEFAULT_SETTINGS);
    expect(reports).toMatchObject([{ code: 'CFG_FILE_UNUSABLE', detail: { path } }]);
  });

  it('reports a file that cannot be written and keeps the change in force', async () => {
    await writeFile(join(folder, 'file'), '');
    const store = await load({ path: join(folder, 'file', 'settings.json') });
    reports = [];
    store.set('headTimeoutMs', 5_000);
    await store.saved();
    expect(reports).toMatchObject([{ code: 'CFG_SAVE_FAILED' }]);
    expect(store.state.values.headTimeoutMs).toBe(5_000);
  });

  it('keeps what the proxy modes begin with, a configuration as an object a person can read', async () => {
    const store = await load();
    store.rememberProxy({ mode: 'reverse', config: '{"upstreams":{"a":{}}}' });
    expect((await reload(store)).proxy).toEqual({ mode: 'reverse', config: '{"upstreams":{"a":{}}}' });
    const { proxy } = JSON.parse(await readFile(path, 'utf8')) as { proxy: unknown };
    expect(proxy).toEqual({ mode: 'reverse', config: { upstreams: { a: {} } } });
  });

  it('takes what is good of a proxy part, and sets the file aside', async () => {
    await writeFile(path, JSON.stringify({ proxy: { mode: 'backwards', tunnelTo: 'a:1' } }));
    const store = await load();
    expect(store.proxy).toEqual({ tunnelTo: 'a:1' });
    expect(reports).toMatchObject([
      { code: 'CFG_FILE_BROKEN', detail: { reason: expect.stringContaining('proxy.mode') } },
    ]);
  });
});
