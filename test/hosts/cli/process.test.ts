/** The command line as a person or a script meets it: processes, pipes, signals. Needs the build. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runCli, ServeProcess, spawnCli } from '../../support/cli-process';
import { getRequest, socketAddress, Tab } from '../../support/web-client';

let serving: ServeProcess | null = null;
const start = async (...flags: string[]): Promise<ServeProcess> => (serving = await ServeProcess.start(...flags));

afterEach(async () => {
  if (serving !== null) await serving.stop();
  serving = null;
});

function open(port: number, text: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(text);
      resolve(socket);
    });
    socket.on('error', reject);
  });
}

describe('serve --json', () => {
  it('tells a request from connection to close', async () => {
    const { port, events } = await start();
    const { status, body } = await getRequest(port, '/health');
    expect([status, body]).toEqual([200, 'ok\n']);
    await serving?.event('connection.closed');
    expect(events.map(({ event }) => event)).toEqual([
      'listening',
      'connection.opened',
      'request',
      'connection.closed',
    ]);
    expect(events[0]).toEqual({ event: 'listening', address: '127.0.0.1', port, mode: 'server' });
    expect(events[2]).toMatchObject({
      connection: 1,
      request: 1,
      method: 'GET',
      target: '/health',
      version: 'HTTP/1.1',
      status: 200,
    });
  });

  it('tells a guard that tripped, with the limit it was started with', async () => {
    const { port } = await start('--set', 'headTimeoutMs=50');
    const socket = await open(port, 'GET / HT');
    expect(await serving?.event('guard.trip')).toMatchObject({
      guard: 'headTimeoutMs',
      limit: 50,
      status: 408,
      offset: 8,
    });
    socket.destroy();
  });

  it('tells a rate limit', async () => {
    const { port } = await start('--set', 'bucketCapacity=1', '--set', 'bucketRefillPerSec=0.001');
    await getRequest(port, '/health');
    const { status, head } = await getRequest(port, '/health');
    expect(status).toBe(429);
    expect(head).toMatch(/\r\nRetry-After: \d+\r\n/);
    expect(head).toContain('RateLimit-Policy: "default";q=1;w=1000');
    expect(await serving?.event('rate.limited')).toMatchObject({ bucket: '127.0.0.1', cost: 1, capacity: 1 });
  });

  it('tells a fault with the byte it fell at', async () => {
    const { port } = await start();
    const socket = await open(port, 'GET / HTTP/1.1\nHost: a\r\n\r\n');
    expect(await serving?.event('fault')).toMatchObject({ code: 'H1_BARE_LF', offset: 14, status: 400 });
    socket.destroy();
  });

  it('gives every valid request its own body with --reply echo', async () => {
    const { port } = await start('--reply', 'echo');
    const socket = await open(
      port,
      'PUT /no/such HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody',
    );
    let reply = '';
    for await (const piece of socket) reply += String(piece);
    expect(reply).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nbody$/);
  });

  it('keeps the journal where it was told to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'journal-'));
    const path = join(folder, 'session.pcapng');
    const { port } = await start('--journal', path);
    await getRequest(port, '/health');
    expect(await serving?.stop()).toBe(0);
    expect(statSync(path).size).toBeGreaterThan(200);
    rmSync(folder, { recursive: true });
  });
});

describe('serve --ui', () => {
  it('serves the window with the same engine', async () => {
    const { port } = await start('--ui', '127.0.0.1:0');
    const { url } = (await serving?.event('ui')) as unknown as { url: string };
    const page = await getRequest(socketAddress(url).port, '/');
    expect(page.body).toContain('<!doctype html>');
    const tab = await Tab.open(url);
    tab.call(1, 'feed.snapshot', {});
    expect(await tab.next()).toMatchObject({
      id: 1,
      reply: { ok: true, value: { listener: { state: 'listening', port } } },
    });
    tab.socket.terminate();
  });
});

describe('a reverse proxy', () => {
  const folders: string[] = [];
  const servers: Server[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });
  /** A server that says its name. */
  const named = async (name: string): Promise<string> => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const write = (path: string, ...urls: string[]) =>
    writeFileSync(path, JSON.stringify({ upstreams: { api: { servers: urls.map((url) => ({ url })) } } }));
  const configFile = (...urls: string[]): string => {
    const folder = mkdtempSync(join(tmpdir(), 'proxy-'));
    folders.push(folder);
    write(join(folder, 'proxy.json'), ...urls);
    return join(folder, 'proxy.json');
  };

  it('tells the server each reply came from', async () => {
    const server = await named('one');
    const { port, events } = await start('--upstream', server);
    expect((await getRequest(port, '/')).body).toBe('one');
    expect(await serving?.event('request')).toMatchObject({ upstream: 'default', server, retries: 0 });
    expect(events[0]).toMatchObject({ event: 'listening', mode: 'reverse', to: [server] });
  });

  it('reads its configuration again at SIGHUP, and keeps the old one where the new one is wrong', async () => {
    const [one, two] = [await named('one'), await named('two')];
    const path = configFile(one);
    const { port, child } = await start('--config', path);
    expect((await getRequest(port, '/')).body).toBe('one');
    write(path, 'ftp://a', 'b');
    child.kill('SIGHUP');
    expect(await serving?.event('notice')).toMatchObject({
      code: 'CFG_PROXY',
      mistakes: [
        'upstreams.api.servers[0].url: it begins with http:// or https://.',
        'upstreams.api.servers[1].url: this is no URL such as http://127.0.0.1:3000.',
      ],
    });
    expect((await getRequest(port, '/')).body).toBe('one');
    write(path, two);
    child.kill('SIGHUP');
    expect(await serving?.event('reloaded')).toMatchObject({ path, to: [two] });
    expect((await getRequest(port, '/')).body).toBe('two');
  });

  it('stops at SIGHUP where its configuration came from no file', async () => {
    const { child, ended } = await start('--upstream', '3000');
    child.kill('SIGHUP');
    expect(await ended).toBe(0);
  });

  it('does not start by a configuration that is wrong, and says all that is', async () => {
    const { code, out, err } = await runCli('serve', '--config', configFile('ftp://a', 'b'));
    expect([code, out]).toEqual([1, '']);
    expect(err.trim().split('\n')).toEqual([
      expect.stringMatching(/^bytescope: .*upstreams\.api\.servers\[0\]\.url: .*\(and 1 more\)/),
      '  upstreams.api.servers[1].url: this is no URL such as http://127.0.0.1:3000.',
    ]);
  });
});

describe('stopping', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('ends with code 0 at %s', async (signal) => {
    const { child, ended } = await start();
    child.kill(signal);
    expect(await ended).toBe(0);
  });

  it('cuts what is not finished within three seconds', async () => {
    const { port, child, ended } = await start('--set', 'bodyTimeoutMs=off', '--set', 'minBodyBytesPerSec=off');
    const socket = await open(port, 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf');
    socket.on('error', () => undefined);
    await serving?.event('connection.opened');
    const beganMs = performance.now();
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(performance.now() - beganMs).toBeLessThan(4_500);
    socket.destroy();
  }, 10_000);

  it('ends at once at a second signal', async () => {
    const { port, child, ended } = await start('--set', 'bodyTimeoutMs=off', '--set', 'minBodyBytesPerSec=off');
    const socket = await open(port, 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf');
    socket.on('error', () => undefined);
    await serving?.event('connection.opened');
    child.kill('SIGINT');
    const again = setInterval(() => child.kill('SIGINT'), 100);
    expect(await ended).toBe(130);
    clearInterval(again);
    socket.destroy();
  });

  it('ends quietly when nobody reads its lines any more', async () => {
    const { port, child, ended } = await start();
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (text: Buffer) => (err += text.toString()));
    await getRequest(port, '/health');
    expect(await ended).toBe(0);
    expect(err).toBe('');
  });

  it('serves on while its reader stalls, and stops all the same', async () => {
    const child = spawnCli(['serve', '--json', '--listen', '127.0.0.1:0']);
    const port = await new Promise<number>((resolve) => {
      child.stdout.once('data', (text: Buffer) => {
        child.stdout.pause();
        resolve((JSON.parse(text.toString()) as { port: number }).port);
      });
    });
    const target = `/${'x'.repeat(7_000)}`;
    for (let round = 0; round < 60; round += 1) expect((await getRequest(port, target)).status).toBe(404);
    child.kill('SIGTERM');
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(code).toBe(0);
    child.stdout.destroy();
  });
});

describe('starting', () => {
  const hold = () =>
    new Promise<Server>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
    });

  it('names a port that is taken in one sentence with a hint', async () => {
    const server = await hold();
    const { port } = server.address() as AddressInfo;
    const { code, out, err } = await runCli('serve', '--listen', `127.0.0.1:${port}`);
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe(
      `bytescope: Port ${port} on 127.0.0.1 is already in use. Stop the program that listens there, or choose another port.\n`,
    );
    await new Promise((resolve) => server.close(resolve));
  });

  it('names an address of another machine', async () => {
    const { code, err } = await runCli('serve', '--listen', '192.0.2.1:0');
    expect(code).toBe(1);
    expect(err).toMatch(/^bytescope: The address 192\.0\.2\.1 is not an address of this machine\. .*\n$/);
  });

  it('names a journal that cannot be opened', async () => {
    const { code, err } = await runCli('serve', '--listen', '0', '--journal', '/nowhere/at/all.pcapng');
    expect(code).toBe(1);
    expect(err).toMatch(
      /^bytescope: The journal \/nowhere\/at\/all\.pcapng cannot be opened for writing \(ENOENT\)\. .*\n$/,
    );
  });

  it('names a wrong flag, and starts nothing', async () => {
    const { code, err } = await runCli('serve', '--set', 'headTimeoutMs=-5');
    expect(code).toBe(2);
    expect(err).toBe('bytescope: headTimeoutMs cannot be -5: it starts at 10. Choose a number from 10 to 3600000.\n');
  });

  it('helps', async () => {
    const { code, out, err } = await runCli('--help');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('headTimeoutMs=10000');
  });

  it('tells its version', async () => {
    expect((await runCli('--version')).out).toMatch(/^bytescope \d+\.\d+\.\d+\n$/);
  });
});

describe('a run', () => {
  it('is the same everywhere: no settings file is read or written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    const child = spawnCli(['serve', '--json', '--listen', '127.0.0.1:0'], { HOME: folder, XDG_CONFIG_HOME: folder });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGTERM');
    await new Promise((resolve) => child.on('exit', resolve));
    expect(() => statSync(join(folder, 'bytescope'))).toThrow('ENOENT');
    rmSync(folder, { recursive: true });
  });
});

// Keeps a hung process from hanging the suite.
vi.setConfig({ testTimeout: 15_000 });
