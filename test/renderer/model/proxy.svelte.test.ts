import { fail, ok } from '@contract/errors';
import { beforeEach, describe, expect, test } from 'vitest';
import { linkOver } from '../../../src-renderer/link/connect';
import { createModels } from '../../../src-renderer/model/models';
import type { Models } from '../../../src-renderer/model/context';
import { FakeEngine } from '../../support/fake-engine';
import { LOCAL_CA, REVERSE_CONFIG, reverseState, variedUpstreams } from '../../support/proxy-views';
import { flushed, settled } from '../../support/render-panel';
import { makeSnapshot } from '../../support/rows';

let engine: FakeEngine;
let models: Models;

async function begin(snapshot: Parameters<typeof makeSnapshot>[0] = {}): Promise<void> {
  localStorage.clear();
  engine = new FakeEngine(makeSnapshot(snapshot));
  const link = linkOver(engine.transport);
  models = createModels(link);
  models.live.start(link);
  await settled();
}
beforeEach(() => begin());

describe('switching', () => {
  test('is in force with the answer', async () => {
    expect(await models.proxy.switchTo('forward')).toBe(true);
    expect(models.live.proxy.mode).toBe('forward');
    expect(engine.transport.paramsOf('proxy.change')).toEqual([{ mode: 'forward' }]);
  });

  test('to a mode that lacks something asks for it', async () => {
    expect(await models.proxy.switchTo('reverse')).toBe(false);
    expect(models.proxy.page).toBe('reverse');
    expect(await models.proxy.switchTo('tunnel')).toBe(false);
    expect(models.proxy.page).toBe('tunnel');
    expect(engine.transport.paramsOf('proxy.change')).toEqual([]);
  });

  test('to a mode that has what it needs asks for nothing', async () => {
    await begin({ proxy: reverseState({ mode: 'server' }) });
    expect(await models.proxy.switchTo('reverse')).toBe(true);
    expect(models.proxy.page).toBeNull();
  });

  test('that is refused says why', async () => {
    engine.transport.answers['proxy.change'] = () => fail('CFG_MODE_NEEDS', { mode: 'socks', what: 'luck' });
    expect(await models.proxy.switchTo('socks')).toBe(false);
    expect(models.proxy.failure?.code).toBe('CFG_MODE_NEEDS');
  });
});

describe('what is typed', () => {
  test('stays when it is refused, and when the dialog is closed', async () => {
    models.proxy.open('reverse');
    models.proxy.type('config', '{"upstreams":');
    expect(await models.proxy.useConfig('reverse')).toBe(false);
    expect(models.proxy.failure?.code).toBe('CFG_PROXY');
    models.proxy.close();
    expect(models.proxy.failure).toBeNull();
    expect(models.proxy.text('config')).toBe('{"upstreams":');
    expect(models.proxy.isTyped('config')).toBe(true);
  });

  test('is taken back to what is in force', () => {
    models.proxy.type('tunnelTo', 'db:5432');
    models.proxy.forget('tunnelTo');
    expect(models.proxy.text('tunnelTo')).toBe('');
  });

  test('stays while what is in force changes', async () => {
    models.proxy.type('tunnelTo', 'db:5432');
    engine.push({ proxy: { ...models.live.proxy, tunnelTo: 'other:1' } });
    await flushed();
    expect(models.proxy.text('tunnelTo')).toBe('db:5432');
    models.proxy.forget('tunnelTo');
    expect(models.proxy.text('tunnelTo')).toBe('other:1');
  });

  test('is kept as it was written once it is in force, without the defaults it left out', async () => {
    models.proxy.type('config', REVERSE_CONFIG);
    expect(await models.proxy.useConfig('reverse')).toBe(true);
    expect(models.live.proxy.mode).toBe('reverse');
    expect(models.proxy.text('config')).toBe(REVERSE_CONFIG);
    expect(models.proxy.isTyped('config')).toBe(false);
    models.proxy.type('urls', '3000');
    await models.proxy.useUrls();
    expect(models.proxy.text('config')).toContain('"http://127.0.0.1:3000"');
  });
});

test('each page sends what it is about, and the mode with it where one is asked for', async () => {
  const { proxy } = models;
  proxy.type('urls', ' 3000\n\nhttps://a ');
  await proxy.useUrls('reverse');
  proxy.type('allow', '10.0.0.0/8\n');
  proxy.type('allowPrivate', true);
  await proxy.useForward();
  proxy.type('tunnelTo', ' db:5432 ');
  await proxy.useTunnel('tunnel');
  proxy.type('tls', 'own');
  proxy.type('certificatePath', '/c.pem');
  proxy.type('keyPath', '/k.pem');
  await proxy.useTls();
  proxy.type('tls', 'local-ca');
  await proxy.useTls();
  expect(engine.transport.paramsOf('proxy.change')).toEqual([
    { upstreams: ['3000', 'https://a'], mode: 'reverse' },
    { forward: { allow: ['10.0.0.0/8'], allowPrivate: true, intercept: [], insecure: [] } },
    { tunnelTo: 'db:5432', mode: 'tunnel' },
    { tls: { kind: 'own', certificatePath: '/c.pem', keyPath: '/k.pem' } },
    { tls: { kind: 'local-ca' } },
  ]);
});

test('a file is read by its path, and read again without one', async () => {
  await begin({ proxy: reverseState({ configPath: '/etc/proxy.json' }) });
  engine.transport.answers['proxy.change'] = () => ok(models.live.proxy);
  await models.proxy.loadConfig();
  models.proxy.type('configPath', '/etc/other.json');
  await models.proxy.loadConfig();
  expect(engine.transport.paramsOf('proxy.change')).toEqual([{ configPath: '' }, { configPath: '/etc/other.json' }]);
});

test('a server is put out of rotation; where it is gone the reason is kept', async () => {
  await begin({ proxy: reverseState(), upstreams: variedUpstreams() });
  await models.proxy.place('api', 'http://127.0.0.1:3000', 'out');
  expect(models.proxy.placeFailure).toBeNull();
  await models.proxy.place('api', 'http://gone', 'in');
  expect(models.proxy.placeFailure?.code).toBe('CALL_NO_SERVER');
});

test('the local CA is there once it is made', async () => {
  await models.proxy.makeCa();
  expect(models.live.proxy.ca).toEqual(LOCAL_CA);
});

test('upstreams and the mode follow the feed', async () => {
  engine.push({ proxy: reverseState(), upstreams: variedUpstreams() });
  await flushed();
  expect(models.live.proxy.mode).toBe('reverse');
  expect(models.live.upstreams.map(({ upstream }) => upstream)).toEqual(['api', 'files']);
});
