import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient, type Client } from '../../src-main/contract/client';
import type { ByteRange, ConnectionRow } from '../../src-main/contract/connections';
import type { Engine, EngineOptions } from '../../src-main/contract/engine';
import type { Reply, CallName } from '../../src-main/contract/calls';
import type { FeedBatch } from '../../src-main/contract/feed';
import { createInspector } from '../../src-main/inspector/inspector';
import { noteOf } from '../../src-main/inspector/journal-notes';
import { TcpClient } from '../support/tcp-client';

const GET = 'GET /health?x=1 HTTP/1.1\r\nHost: a\r\n\r\n';

let folder: string;
let engine: Engine;
let port: number;

async function start(options: Partial<EngineOptions> = {}): Promise<void> {
  const created = await createInspector({
    settingsPath: null,
    journalPath: join(folder, 'session.pcapng'),
    flags: {},
    preset: null,
    replyMode: 'default',
    proxy: {},
    caPath: null,
    ...options,
  });
  if (!created.ok) throw new Error(created.error.code);
  engine = created.value;
  const listening = await engine.listen('127.0.0.1', 0);
  if (!listening.ok) throw new Error(listening.error.code);
  port = listening.value.port;
}

/** A viewer as a page is: it acknowledges each batch, and can wait until a row is as expected. */
function attach(): { client: Client; row: (isSo: (row: ConnectionRow) => boolean) => Promise<ConnectionRow> } {
  const rows = new Map<number, ConnectionRow>();
  let changed: () => void = () => undefined;
  const viewer = engine.attach((_topic, payload) => {
    const batch = payload as FeedBatch;
    for (const row of batch.rows ?? []) rows.set(row.id, row);
    void viewer.request('feed.acknowledge', { sequence: batch.sequence });
    changed();
  });
  const request = (name: CallName, params: unknown): Promise<Reply<unknown>> => viewer.request(name, params);
  return {
    client: createClient({ request, subscribe: () => () => undefined }, () => () => undefined),
    row: async (isSo) => {
      for (;;) {
        const found = [...rows.values()].find(isSo);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => (changed = resolve));
      }
    },
  };
}

async function value<Value>(reply: Promise<Reply<Value>>): Promise<Value> {
  const settled = await reply;
  if (!settled.ok) throw new Error(settled.error.code);
  return settled.value;
}

const textOf = ({ bytes }: ByteRange): string => Buffer.from(bytes).toString('latin1');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bytescope-engine-'));
});
afterEach(async () => {
  await engine.close(0);
  rmSync(folder, { recursive: true });
});

describe('a viewer', () => {
  it('is told of a request and can read its bytes in both directions', async () => {
    await start();
    const { client, row } = attach();
    await value(client.call('feed.snapshot', {}));
    const tcp = await TcpClient.open(port);
    await tcp.send(GET);
    const { id } = await row(({ status }) => status === 200);
    const received = await value(
      client.call('bytes.read', { connection: id, direction: 'in', offset: 0, length: 1_000 }),
    );
    const sent = await value(client.call('bytes.read', { connection: id, direction: 'out', offset: 0, length: 12 }));
    expect(textOf(received)).toBe(GET);
    expect(received.reads).toMatchObject([{ offset: 0, length: GET.length }]);
    expect(textOf(sent)).toBe('HTTP/1.1 200');
    tcp.close();
  });

  it('finds in the snapshot what happened before it came', async () => {
    await start();
    const tcp = await TcpClient.open(port);
    await tcp.send(GET);
    await tcp.until(/200 OK/);
    const { client } = attach();
    const snapshot = await value(client.call('feed.snapshot', {}));
    expect(snapshot.rows).toMatchObject([{ method: 'GET', target: '/health?x=1', status: 200 }]);
    expect(snapshot.listener).toMatchObject({ state: 'listening', port });
    tcp.close();
  });

  it('sees the parse state of a request under way and the deadline it runs under', async () => {
    await start();
    const { client, row } = attach();
    await value(client.call('feed.snapshot', {}));
    const tcp = await TcpClient.open(port);
    await tcp.send('GET / HTTP/1.1\r\nHos');
    const seen = await row(({ phase }) => phase === 'headers');
    expect(seen.armed).toMatchObject({ guard: 'headTimeoutMs' });
    expect((seen.armed?.atMs ?? 0) - (seen.armed?.startedAtMs ?? 0)).toBe(engine.settings.values.headTimeoutMs);
    tcp.close();
  });

  it('reads the exchange, its parts and its tokens in the detail', async () => {
    await start();
    const { client, row } = attach();
    await value(client.call('feed.snapshot', {}));
    const tcp = await TcpClient.open(port);
    await tcp.send(`${GET}POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc`);
    const { id } = await row(({ requestCount, status }) => requestCount === 2 && status === 200);
    const detail = await value(client.call('connection.detail', { connection: id }));
    expect(detail.exchanges).toMatchObject([
      { number: 1, requestStart: 0, headEnd: GET.length, requestEnd: GET.length, bodyBytes: 0, tokensLeft: 99 },
      { number: 2, requestStart: GET.length, bodyBytes: 3, status: 200 },
    ]);
    expect(detail.timeline.map(({ direction }) => direction)).toEqual(['in', 'out']);
    tcp.close();
  });

  it('is told that a connection is not kept', async () => {
    await start();
    const { client } = attach();
    expect(await client.call('connection.detail', { connection: 99 })).toMatchObject({
      ok: false,
      error: { code: 'CALL_NO_CONNECTION' },
    });
  });
});

describe('a changed setting', () => {
  it('cuts the request that is under way', async () => {
    await start();
    const { client, row } = attach();
    await value(client.call('feed.snapshot', {}));
    const tcp = await TcpClient.open(port);
    await tcp.send('GET / HT');
    await row(({ phase }) => phase === 'start-line');
    await value(client.call('settings.set', { name: 'headTimeoutMs', value: 20 }));
    expect(await tcp.untilEnd()).toMatch(/^HTTP\/1\.1 408 /);
    expect((await row(({ status }) => status === 408)).marks).toEqual(['LIM_HEAD_TIMEOUT']);
    tcp.close();
  });

  it('that is refused names its error and changes nothing', async () => {
    await start();
    const { client } = attach();
    const before = engine.settings;
    const reply = await client.call('settings.set', { name: 'maxHeadBytes', value: null });
    expect(reply).toMatchObject({ ok: false, error: { code: 'CFG_NOT_OFFABLE' } });
    expect(engine.settings).toEqual(before);
  });

  it('is kept for the next start', async () => {
    const settingsPath = join(folder, 'settings.json');
    await start({ settingsPath });
    await value(attach().client.call('settings.set', { name: 'idleTimeoutMs', value: 1_234 }));
    await engine.close(0);
    await start({ settingsPath });
    expect(engine.settings.values.idleTimeoutMs).toBe(1_234);
  });
});

describe('the listener', () => {
  it('moves when the page asks, and the address is remembered', async () => {
    await start({ settingsPath: join(folder, 'settings.json') });
    const { client } = attach();
    const state = await value(client.call('listener.start', { host: '::1', port: 0 }));
    expect(state).toMatchObject({ state: 'listening', family: 'IPv6' });
    expect(engine.savedAddress).toEqual({ host: '::1', port: 0 });
  });

  it('stops and closes its connections when the page asks', async () => {
    await start();
    const tcp = await TcpClient.open(port);
    await tcp.send(GET);
    await tcp.until(/200 OK/);
    expect(await value(attach().client.call('listener.stop', {}))).toMatchObject({ state: 'stopped' });
    await tcp.untilEnd();
    tcp.close();
  });
});

describe('the journal', () => {
  it('shows tshark the same requests, and the trip as a comment', async () => {
    await start({ flags: { headTimeoutMs: 30 } });
    const one = await TcpClient.open(port);
    for (const byte of GET) await one.send(byte);
    await one.until(/200 OK/);
    const two = await TcpClient.open(port);
    await two.send('GET /slow HT');
    await two.untilEnd();
    one.close();
    two.close();
    await engine.close(100);
    const tshark = (...args: string[]): string =>
      execFileSync('tshark', ['-r', engine.journalPath, '-d', `tcp.port==${port},http`, ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    expect(tshark('-Y', 'http.request', '-T', 'fields', '-e', 'http.request.uri').trim()).toBe('/health?x=1');
    expect(tshark('-Y', 'frame.comment contains "LIM_HEAD_TIMEOUT"')).not.toBe('');
  });

  it('says the limit in the note of a body that is too long to be held', () => {
    const detail = { limit: 7 };
    const fact = {
      kind: 'fault',
      connection: 1,
      atMs: 0,
      code: 'LIM_HELD_BODY',
      detail,
      offset: 0,
      status: 413,
    } as const;
    expect(noteOf(fact)).toContain('more than 7 bytes');
  });

  it('that is not named is made in a folder of its own and removed at the end', async () => {
    await start({ journalPath: null });
    const own = dirname(engine.journalPath);
    expect(existsSync(own)).toBe(true);
    await engine.close(0);
    expect(existsSync(own)).toBe(false);
  });

  it('that cannot be opened is named with its path', async () => {
    await start();
    const path = join(folder, 'no', 'such', 'folder.pcapng');
    const created = await createInspector({
      settingsPath: null,
      journalPath: path,
      flags: {},
      preset: null,
      replyMode: 'default',
      proxy: {},
      caPath: null,
    });
    expect(created).toMatchObject({ ok: false, error: { code: 'CAP_OPEN_FAILED', detail: { path } } });
  });
});

describe('a broken settings file', () => {
  it('is reported to a host that asks only afterwards', async () => {
    const settingsPath = join(folder, 'settings.json');
    writeFileSync(settingsPath, '{{{');
    await start({ settingsPath });
    const codes: string[] = [];
    engine.onNotice(({ code }) => codes.push(code));
    expect(codes).toEqual(['CFG_FILE_BROKEN']);
  });

  it('is reported to every viewer and does not stop the start', async () => {
    const settingsPath = join(folder, 'settings.json');
    writeFileSync(settingsPath, '{{{');
    await start({ settingsPath });
    const snapshot = await value(attach().client.call('feed.snapshot', {}));
    expect(snapshot.notices).toMatchObject([{ error: { code: 'CFG_FILE_BROKEN' } }]);
    expect(JSON.parse(readFileSync(settingsPath, 'utf8'))).toEqual({ settings: {} });
  });
});
