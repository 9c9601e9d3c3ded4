/** One suite over every way a page reaches the engine: what comes back must not depend on the way. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket as NodeWebSocket } from 'ws';
import type { CallHandlers } from '../../src-main/contract/calls';
import { createClient, type Transport } from '../../src-main/contract/client';
import { fail, ok } from '../../src-main/contract/errors';
import { serveCalls } from '../../src-main/hosts/electron/ipc-host';
import { PAGE_ORIGIN } from '../../src-main/hosts/electron/page-address';
import { startWebHost } from '../../src-main/hosts/web/web-host';
import { SocketTransport } from '../../src-renderer/link/socket-transport';
import { fakeIpc } from '../support/fake-ipc';
import { makeRow } from '../support/rows';
import { ScriptedEngine } from '../support/scripted-engine';
import { socketAddress } from '../support/web-client';

vi.mock('electron', async () => (await import('../support/fake-ipc')).fakeIpc.module);

interface Line {
  readonly transport: Transport;
  /** The page goes away. */
  leave(): void;
  /** The test is over. */
  close(): Promise<void>;
}

const none = () => Promise.resolve();

function openInProcess(engine: ScriptedEngine): Promise<Line> {
  const subscribers = new Set<(payload: unknown) => void>();
  const viewer = engine.attach((_topic, payload) => subscribers.forEach((on) => on(payload)));
  const transport: Transport = {
    request: (name, params) => viewer.request(name, params),
    subscribe: (_topic, on) => {
      subscribers.add(on);
      return () => subscribers.delete(on);
    },
  };
  return Promise.resolve({ transport, leave: () => viewer.detach(), close: none });
}

async function openWebSocket(engine: ScriptedEngine): Promise<Line> {
  // The page's transport asks the browser's class for its constants.
  vi.stubGlobal('WebSocket', NodeWebSocket);
  const started = await startWebHost({ engine, host: '127.0.0.1', port: 0, rendererDir: '/nowhere' });
  if (!started.ok) throw new Error(started.error.code);
  const { host, origin, searchParams } = socketAddress(started.value.url);
  const transport = await new Promise<SocketTransport>((resolve) => {
    const opening = new SocketTransport({
      url: `ws://${host}/ws?${searchParams.toString()}`,
      open: (url) => new NodeWebSocket(url, { origin }) as unknown as WebSocket,
      isForbidden: () => Promise.resolve(false),
      onState: (state) => (state === 'open' ? resolve(opening) : undefined),
    });
  });
  return {
    transport,
    leave: () => transport.close(),
    close: async () => {
      transport.close();
      await started.value.close();
    },
  };
}

async function openIpc(engine: ScriptedEngine): Promise<Line> {
  fakeIpc.frame = { parent: null, origin: PAGE_ORIGIN };
  serveCalls(engine);
  vi.resetModules();
  await import('../../src-main/preload/preload');
  const transport = fakeIpc.exposed as Transport;
  // A viewer begins with the first call of a document.
  await transport.request('feed.acknowledge', { sequence: 0 });
  engine.calls.length = 0;
  const leave = () => void fakeIpc.contents.emit('did-navigate');
  return {
    transport,
    leave,
    close: () => {
      leave();
      return none();
    },
  };
}

const LINES = { 'in process': openInProcess, 'over a WebSocket': openWebSocket, "over Electron's channels": openIpc };

const HOSTILE = '/<img src=x onerror=1>\u2028\u0000\ud83d\ude00"$bytes"';
const bytes = Uint8Array.from({ length: 300 }, (_, index) => index & 0xff);

let engine: ScriptedEngine;
let line: Line;
const client = () => createClient(line.transport, () => () => undefined);

describe.each(Object.entries(LINES))('calls %s', (_way, open) => {
  const connect = async (script: Partial<CallHandlers> = {}) => {
    engine = new ScriptedEngine(script);
    engine.rows = [makeRow({ id: 1, target: HOSTILE })];
    line = await open(engine);
  };
  beforeEach(() => connect());
  afterEach(async () => {
    await line.close();
    vi.unstubAllGlobals();
  });

  it('carry parameters and values whole, hostile text included', async () => {
    const snapshot = await client().call('feed.snapshot', {});
    expect(snapshot).toMatchObject({
      ok: true,
      value: { sequence: 0, rows: [{ id: 1, target: HOSTILE }], notices: [] },
    });
    expect(await client().call('settings.set', { name: 'idleTimeoutMs', value: null })).toMatchObject({
      ok: true,
      value: { values: { idleTimeoutMs: null }, sources: { idleTimeoutMs: 'panel' } },
    });
    expect(engine.calls).toEqual([
      { name: 'feed.snapshot', params: {} },
      { name: 'settings.set', params: { name: 'idleTimeoutMs', value: null } },
    ]);
  });

  it('carry failures with their detail', async () => {
    expect(await client().call('connection.detail', { connection: 99 })).toEqual(
      fail('CALL_NO_CONNECTION', { connection: 99 }),
    );
    expect(await client().call('settings.set', { name: 'maxHeadBytes', value: 1 })).toEqual(
      fail('CFG_TOO_SMALL', { name: 'maxHeadBytes', min: 64, max: 1024 * 1024, value: 1 }),
    );
  });

  it('carry bytes as bytes', async () => {
    const range = await client().call('bytes.read', { connection: 1, direction: 'in', offset: 0, length: 300 });
    expect(range.ok && range.value.bytes).toBeInstanceOf(Uint8Array);
    expect(range).toEqual(
      ok({
        offset: 0,
        bytes,
        streamBytes: 1_000_000,
        keptFrom: 0,
        reads: [{ offset: 0, length: 1_000_000, atMs: 1_000 }],
      }),
    );
  });

  it('carry no bytes as no bytes', async () => {
    const range = await client().call('bytes.read', { connection: 1, direction: 'in', offset: 5, length: 0 });
    expect(range).toMatchObject({ ok: true, value: { offset: 5, bytes: new Uint8Array(0) } });
  });

  it.each([
    ['bytes.read', { connection: 1, direction: 'in', offset: -1, length: 1 }],
    ['bytes.read', { connection: 1, direction: 'sideways', offset: 0, length: 1 }],
    ['connection.detail', { connection: '1' }],
    ['settings.set', { name: 'x'.repeat(101), value: 1 }],
    ['listener.start', { host: '127.0.0.1', port: 70_000 }],
    ['feed.snapshot', { surplus: true }],
    ['feed.snapshot', null],
  ] as const)('of %s with %j are refused at the edge', async (name, params) => {
    expect(await line.transport.request(name, params)).toMatchObject({ ok: false, error: { code: 'CALL_BAD_PARAMS' } });
  });

  it.each(['no.such.call', 'toString', '__proto__', ''])('of %j are unknown', async (name) => {
    expect(await line.transport.request(name as never, {})).toEqual(fail('CALL_UNKNOWN', { name }));
  });

  it('that break inside the engine come back as a failure', async () => {
    await line.close();
    await connect({
      'connections.clear': () => {
        throw new Error('broken');
      },
    });
    expect(await client().call('connections.clear', {})).toEqual(
      fail('CALL_FAILED', { name: 'connections.clear', reason: 'broken' }),
    );
  });

  it('that are never answered time out at the caller', async () => {
    await line.close();
    await connect({ 'connections.clear': () => new Promise(() => undefined) });
    const atOnce = createClient(line.transport, (_ms, expire) => {
      expire();
      return () => undefined;
    });
    expect(await atOnce.call('connections.clear', {})).toEqual(
      fail('CALL_TIMED_OUT', { name: 'connections.clear', limit: 5_000 }),
    );
  });

  it('made together are each given their own answer', async () => {
    const offsets = Array.from({ length: 50 }, (_, index) => index * 7);
    const ranges = await Promise.all(
      offsets.map((offset) => client().call('bytes.read', { connection: 1, direction: 'out', offset, length: 3 })),
    );
    expect(ranges.map((range) => range.ok && [range.value.offset, range.value.bytes[0]])).toEqual(
      offsets.map((offset) => [offset, offset & 0xff]),
    );
  });

  it('let pushes through in order, to who listens and as long as they listen', async () => {
    const heard: number[] = [];
    const end = client().on('feed', ({ sequence }) => heard.push(sequence));
    await client().call('feed.snapshot', {});
    for (let count = 0; count < 3; count += 1) engine.push({ rows: [makeRow({ id: 2, target: HOSTILE })] });
    await vi.waitUntil(() => heard.length === 3);
    end();
    engine.push({ dropped: [2] });
    await client().call('feed.acknowledge', { sequence: 4 });
    expect(heard).toEqual([1, 2, 3]);
  });

  it('end with the page: the engine keeps no viewer for it', async () => {
    await client().call('feed.snapshot', {});
    expect(engine.viewerCount).toBe(1);
    line.leave();
    await vi.waitUntil(() => engine.viewerCount === 0);
    engine.push({ dropped: [1] });
  });
});

describe('a page that is not ours', () => {
  it.each([
    ['of another origin', { parent: null, origin: 'https://evil.example' }],
    ['framed in another', { parent: {}, origin: PAGE_ORIGIN }],
    ['already gone', null],
  ])('is refused by Electron’s host when it is %s', async (_what, frame) => {
    engine = new ScriptedEngine();
    line = await openIpc(engine);
    fakeIpc.frame = frame;
    expect(await client().call('feed.snapshot', {})).toEqual(fail('CALL_FORBIDDEN'));
    expect(engine.calls).toEqual([]);
  });
});

describe('a host that goes away', () => {
  it('leaves no call without an answer', async () => {
    engine = new ScriptedEngine({ 'connections.clear': () => new Promise(() => undefined) });
    line = await openWebSocket(engine);
    const waiting = client().call('connections.clear', {});
    await vi.waitUntil(() => engine.calls.length === 1);
    await line.close();
    expect(await waiting).toEqual(fail('CALL_DISCONNECTED'));
    vi.unstubAllGlobals();
  });
});
