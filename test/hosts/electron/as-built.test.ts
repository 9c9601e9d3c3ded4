/**
 * Main, preload and page as built, together, with Electron's modules stood in for and a real Chromium as the window.
 * Real Electron runs the end-to-end specs where its binary is present.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../support/free-port';
import { StandInApp } from '../../support/stand-in-app';

const LIMIT_MS = 30_000;

/** A client that sends bytes and keeps what comes back. */
async function openClient(port: number, bytes: string) {
  const socket: Socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let received = '';
  const closed = new Promise<void>((done) => socket.once('close', () => done()));
  socket.on('data', (data) => (received += data.toString('latin1')));
  socket.on('error', () => undefined);
  socket.write(bytes);
  return { closed, received: () => received, end: () => socket.destroy() };
}

describe('the program with a window of its own', { timeout: LIMIT_MS }, () => {
  let app: StandInApp;
  let port: number;
  const shown = () => app.evaluate('document.body.innerText') as Promise<string>;
  const request = (name: string, params: object) =>
    app.evaluate(`window.bytescope.request(${JSON.stringify(name)}, ${JSON.stringify(params)})`);

  beforeAll(async () => {
    port = await freePort();
    app = await StandInApp.start(['--listen', `127.0.0.1:${port}`, '--set', 'bodyTimeoutMs=20000']);
  }, LIMIT_MS);
  afterAll(() => app?.dispose());

  it('shows a window with a sandboxed page', async () => {
    const { isSandboxed, isShown, webPreferences } = await app.state();
    expect([isSandboxed, isShown]).toEqual([true, true]);
    expect(webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
    });
  });

  it('gives the page two functions and nothing of Node', async () => {
    expect(await app.evaluate('Object.keys(window.bytescope)')).toEqual(['request', 'subscribe']);
    expect(await app.evaluate('[typeof require, typeof process, typeof Buffer]')).toEqual(Array(3).fill('undefined'));
  });

  it('shows what curl sent', async () => {
    await promisify(execFile)('curl', ['-s', `http://127.0.0.1:${port}/anything/as-built`]);
    await expect.poll(shown, { timeout: 5_000 }).toContain('/anything/as-built');
  });

  it('hands the page the very bytes that arrived', async () => {
    const client = await openClient(port, 'GET /bytes HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await client.closed;
    const read = `(async () => {
      const { value } = await window.bytescope.request('feed.snapshot', {});
      const { id } = value.rows.find((row) => row.target === '/bytes');
      const asked = { connection: id, direction: 'in', offset: 0, length: 16 };
      const { value: range } = await window.bytescope.request('bytes.read', asked);
      return [range.bytes instanceof Uint8Array, String.fromCharCode(...range.bytes)];
    })()`;
    expect(await app.evaluate(read)).toEqual([true, 'GET /bytes HTTP/']);
  });

  it('takes the values of the command line', async () => {
    expect(await request('feed.snapshot', {})).toMatchObject({
      value: { settings: { values: { bodyTimeoutMs: 20_000 }, sources: { bodyTimeoutMs: 'flag' } } },
    });
  });

  it('cuts a request under way with a limit that the page lowered', async () => {
    const client = await openClient(port, 'GET /slow HTTP/1.1\r\nHost:');
    expect(await request('settings.set', { name: 'headTimeoutMs', value: 100 })).toMatchObject({ ok: true });
    await client.closed;
    expect(client.received()).toMatch(/^HTTP\/1\.1 408 /);
    await request('settings.reset', { name: 'headTimeoutMs' });
  });

  it('keeps a changed setting with the settings of the person', async () => {
    await request('settings.set', { name: 'maxFieldCount', value: 77 });
    await expect.poll(() => existsSync(join(app.folder, 'userData', 'settings.json'))).toBe(true);
  });

  it('answers a call that does not exist with a value', async () => {
    expect(await request('process.exit', {})).toMatchObject({ ok: false, error: { code: 'CALL_UNKNOWN' } });
  });

  it('stays where it is when the page navigates', async () => {
    await app.evaluate(`void (location.href = 'https://evil.example/')`);
    await expect.poll(async () => (await app.state()).deniedNavigations).toBe(1);
    expect(await app.evaluate('[document.title, typeof window.bytescope]')).toEqual(['Bytescope', 'object']);
  });

  it('opens no second window', async () => {
    await app.evaluate(`void window.open('https://evil.example/')`);
    await expect.poll(async () => (await app.state()).deniedWindows).toBe(1);
  });

  it('runs no code that came as text', async () => {
    const trick = `new Promise((done) => {
      document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective), { once: true });
      const script = document.createElement('script');
      script.textContent = 'window.tricked = true';
      document.body.append(script);
    })`;
    expect(await app.evaluate(trick)).toBe('script-src-elem');
    expect(await app.evaluate('window.tricked')).toBeUndefined();
  });

  it('asks nothing of the world outside', async () => {
    await app.evaluate(`fetch('https://evil.example/').catch(() => undefined)`);
    expect((await app.state()).refusedAddresses).toEqual([]);
  });

  it('grants nothing but copying', async () => {
    const asked = ['geolocation', 'media', 'clipboard-read', 'clipboard-sanitized-write'];
    expect(await Promise.all(asked.map((permission) => app.isGranted(permission)))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('goes on after a reload', async () => {
    await app.reload();
    await promisify(execFile)('curl', ['-s', `http://127.0.0.1:${port}/anything/reloaded`]);
    await expect.poll(shown, { timeout: 5_000 }).toContain('/anything/reloaded');
  });

  it('quits with a request under way, which gets three seconds to finish', async () => {
    const client = await openClient(port, 'POST /anything/half HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf');
    await expect.poll(shown, { timeout: 5_000 }).toContain('/anything/half');
    const startedAt = performance.now();
    expect(await app.quit()).toBe(0);
    await client.closed;
    const tookMs = performance.now() - startedAt;
    expect(tookMs).toBeGreaterThan(2_900);
    expect(tookMs).toBeLessThan(4_500);
    expect(existsSync(join(app.folder, 'userData', 'window.json'))).toBe(true);
  });
});

describe('a port that is taken', { timeout: LIMIT_MS }, () => {
  it('is said in the window, which opens all the same', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const app = await StandInApp.start(['--listen', `127.0.0.1:${port}`]);
    try {
      const shown = () => app.evaluate('document.body.innerText');
      await expect.poll(shown, { timeout: 5_000 }).toContain(`Port ${port} on 127.0.0.1 is already in use.`);
    } finally {
      await app.dispose();
      server.close();
    }
  });
});
