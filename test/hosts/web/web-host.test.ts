import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_CALL_BYTES } from '../../../src-main/contract/wire';
import { MAX_VIEWERS, startWebHost, type WebHost } from '../../../src-main/hosts/web/web-host';
import { MAX_CALLS_UNDER_WAY, MAX_WAITING_BYTES } from '../../../src-main/hosts/web/socket-viewer';
import { makeRow } from '../../support/rows';
import { ScriptedEngine } from '../../support/scripted-engine';
import { getRequest, handshakeStatus, rawRequest, socketAddress, Tab } from '../../support/web-client';

let folder: string;
let rendererDir: string;
let engine: ScriptedEngine;
let host: WebHost;
let port: number;

async function start(more: { engine?: ScriptedEngine; host?: string; pingEveryMs?: number } = {}): Promise<WebHost> {
  const started = await startWebHost({ engine, host: '127.0.0.1', port: 0, rendererDir, ...more });
  if (!started.ok) throw new Error(started.error.code);
  return started.value;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'web-host-'));
  rendererDir = join(folder, 'renderer');
  mkdirSync(join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html>page');
  writeFileSync(join(rendererDir, 'assets', 'index-a_B1.js'), 'script');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  symlinkSync(join(folder, 'secret.txt'), join(rendererDir, 'link.txt'));
  engine = new ScriptedEngine();
  host = await start();
  ({ port } = socketAddress(host.url));
});
afterEach(async () => {
  await host.close();
  rmSync(folder, { recursive: true });
});

describe('the page', () => {
  it('is served with a policy that allows its own parts only', async () => {
    const { status, head, body } = await getRequest(port, '/');
    expect([status, body]).toEqual([200, '<!doctype html>page']);
    expect(head).toContain("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';");
    expect(head).toContain("frame-ancestors 'none'");
    expect(head).toContain('X-Content-Type-Options: nosniff');
    expect(head).toContain('Referrer-Policy: no-referrer');
    expect(head).toContain('Cross-Origin-Opener-Policy: same-origin');
    expect(head).toContain('Cross-Origin-Resource-Policy: same-origin');
    expect(head).toContain('Content-Type: text/html; charset=utf-8');
  });

  it('gives scripts their type', async () => {
    const { head, body } = await getRequest(port, '/assets/index-a_B1.js?v=1');
    expect(head).toContain('Content-Type: text/javascript');
    expect(body).toBe('script');
  });

  it('answers HEAD without a body', async () => {
    const { head, body } = await getRequest(port, '/', undefined, 'HEAD');
    expect(head).toContain('Content-Length: 19');
    expect(body).toBe('');
  });

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/..\\..\\secret.txt',
    '//etc/hostname',
    '/assets/',
    '/assets',
    '/link.txt',
    '/.env',
    '/index.html%00.js',
    '/nothing.js',
  ])('has nothing at %s', async (path) => {
    const { status, body } = await getRequest(port, path);
    expect(status).toBe(404);
    expect(body).not.toContain('secret');
  });

  it('takes no other methods', async () => {
    expect((await getRequest(port, '/', undefined, 'DELETE')).status).toBe(405);
  });

  it('says when it is not built', async () => {
    rmSync(join(rendererDir, 'index.html'));
    const { status, body } = await getRequest(port, '/');
    expect([status, body]).toEqual([404, 'The page is not built yet: run "npm run build".\n']);
  });
});

describe('the Host check', () => {
  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('knows %s with the port', async (name) => {
    expect((await getRequest(port, '/', `${name}:${port}`)).status).toBe(200);
  });

  // A name that someone else points at 127.0.0.1.
  it.each(['rebound.example', 'rebound.example:PORT', '127.0.0.1', '127.0.0.1:1', 'localhost.rebound.example:PORT'])(
    'answers 421 to %s',
    async (name) => {
      expect((await getRequest(port, '/', name.replace('PORT', String(port)))).status).toBe(421);
    },
  );

  it('answers 421 to an HTTP/1.0 request without Host', async () => {
    expect((await rawRequest(port, 'GET / HTTP/1.0\r\n\r\n')).status).toBe(421);
  });

  it('takes any address, but no name, on a wildcard', async () => {
    const wide = await start({ host: '0.0.0.0' });
    const { port: widePort } = socketAddress(wide.url);
    expect(wide.isLocal).toBe(false);
    expect((await getRequest(widePort, '/', '192.0.2.7:9000')).status).toBe(200);
    expect((await getRequest(widePort, '/', `rebound.example:${widePort}`)).status).toBe(421);
    await wide.close();
  });
});

describe('the socket', () => {
  const token = () => socketAddress(host.url).searchParams.get('token') ?? '';
  const tryOpening = (more: { token?: string; origin?: string; host?: string; path?: string }) =>
    handshakeStatus(`ws://127.0.0.1:${port}${more.path ?? '/ws'}?token=${more.token ?? token()}`, {
      origin: more.origin ?? `http://127.0.0.1:${port}`,
      headers: { Host: more.host ?? `127.0.0.1:${port}` },
    });

  it('opens for the page with the token', async () => {
    expect(token()).toMatch(/^[\w-]{43}$/);
    expect(await tryOpening({})).toBe(101);
  });

  it('stays open to a reload: the token holds for the run', async () => {
    expect([await tryOpening({}), await tryOpening({})]).toEqual([101, 101]);
  });

  it('makes a token of its own for every run', async () => {
    const other = await start();
    expect(socketAddress(other.url).searchParams.get('token')).not.toBe(token());
    await other.close();
  });

  it.each([
    ['a wrong token', { token: 'x'.repeat(43) }, 403],
    ['no token', { token: '' }, 403],
    ['the origin of another site', { origin: 'http://evil.example' }, 403],
    ['the origin of another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
    ['a rebound name', { host: 'rebound.example' }, 421],
    ['another path', { path: '/other' }, 404],
  ])('is refused to %s', async (_name, more, status) => {
    expect(await tryOpening(more)).toBe(status);
  });

  it('tells a page that asks by GET whether its token is good', async () => {
    expect((await getRequest(port, `/ws?token=${token()}`)).status).toBe(426);
    const refused = await getRequest(port, '/ws?token=bad');
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('Open the address that Bytescope printed');
  });

  it('takes a bounded number of pages', async () => {
    const tabs = await Promise.all(Array.from({ length: MAX_VIEWERS }, () => Tab.open(host.url)));
    expect(await tryOpening({})).toBe(503);
    tabs[0]?.socket.close();
    await tabs[0]?.closed;
    await vi.waitUntil(() => engine.viewerCount < MAX_VIEWERS);
    expect(await tryOpening({})).toBe(101);
  });

  it.each([
    ['text that is not JSON', 'hello'],
    ['JSON that is not a call', '[1]'],
    ['a call without an id', '{"call":"feed.snapshot","params":{}}'],
    ['a binary frame cut short', Buffer.from([0, 0])],
    ['a binary frame that lies about its length', Buffer.from([0xff, 0xff, 0xff, 0xff, 0x7b])],
  ])('ends at %s, and the host goes on', async (_name, frame) => {
    const tab = await Tab.open(host.url);
    tab.socket.send(frame);
    expect(await tab.closed).toEqual({ code: 1007, reason: 'this is not a call' });
    await vi.waitUntil(() => engine.viewerCount === 0);
    expect(await tryOpening({})).toBe(101);
  });

  it('ends at a frame longer than a call can be', async () => {
    const tab = await Tab.open(host.url);
    tab.socket.send('x'.repeat(MAX_CALL_BYTES + 1));
    expect((await tab.closed).code).toBe(1009);
  });

  it('ends at more calls than a page makes', async () => {
    engine = new ScriptedEngine({ 'feed.acknowledge': () => new Promise(() => undefined) });
    const patient = await start();
    const tab = await Tab.open(patient.url);
    for (let id = 1; id <= MAX_CALLS_UNDER_WAY + 1; id += 1) tab.call(id, 'feed.acknowledge', { sequence: 1 });
    expect(await tab.closed).toEqual({ code: 1013, reason: 'too many calls under way' });
    await patient.close();
  });

  it('detaches the viewer of a page that does not answer pings', async () => {
    const impatient = await start({ pingEveryMs: 20 });
    const tab = await Tab.open(impatient.url, { autoPong: false });
    expect((await tab.closed).code).toBe(1006);
    await vi.waitUntil(() => engine.viewerCount === 0);
    await impatient.close();
  });

  it('keeps a page that answers pings', async () => {
    const impatient = await start({ pingEveryMs: 10 });
    const tab = await Tab.open(impatient.url);
    let pings = 0;
    await new Promise<void>((resolve) => tab.socket.on('ping', () => ((pings += 1) === 5 ? resolve() : undefined)));
    expect(tab.socket.readyState).toBe(tab.socket.OPEN);
    await impatient.close();
  });

  it('ends for a page that does not read, before what waits for it grows without end', async () => {
    const tab = await Tab.open(host.url);
    await vi.waitUntil(() => engine.viewerCount === 1);
    tab.socket.pause();
    const megabyte = [makeRow({ id: 1, target: 'x'.repeat(1024 * 1024) })];
    let pushed = 0;
    while (engine.viewerCount === 1 && pushed < 200) {
      engine.push({ rows: megabyte });
      pushed += 1;
      await new Promise(setImmediate);
    }
    expect(pushed).toBeGreaterThan(MAX_WAITING_BYTES / (1024 * 1024));
    expect(pushed).toBeLessThan(200);
    tab.socket.terminate();
  });

  it('that is refused is closed, also where the other end keeps it open', async () => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write(
      `GET /ws?token=wrong HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: http://127.0.0.1:${port}\r\n` +
        'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n',
    );
    let reply = '';
    socket.on('data', (bytes) => (reply += bytes.toString('latin1')));
    await once(socket, 'end');
    expect(reply).toMatch(/^HTTP\/1\.1 403 /);
    await host.close();
    socket.destroy();
    host = await start();
  });

  it('ends with the host', async () => {
    const other = await start();
    const tab = await Tab.open(other.url);
    await other.close();
    await tab.closed;
    await expect(getRequest(socketAddress(other.url).port, '/')).rejects.toThrow();
  });
});

describe('starting', () => {
  it('names a port that is taken', async () => {
    const taken = await new Promise<Server>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
    });
    const { port: takenPort } = taken.address() as { port: number };
    expect(await startWebHost({ engine, host: '127.0.0.1', port: takenPort, rendererDir })).toMatchObject({
      ok: false,
      error: { code: 'NET_PORT_IN_USE', detail: { port: takenPort } },
    });
    await new Promise((resolve) => taken.close(resolve));
  });
});
