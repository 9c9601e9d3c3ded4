import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type * as Tls from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import type { CallParams } from '../../src-main/contract/calls';
import { certificateFolder, ended, removeCertificateFolders, selfSigned } from '../support/certificates';
import { ProxyEngine } from '../support/proxy-engine';
import { TcpClient } from '../support/tcp-client';
import { TcpServer } from '../support/tcp-server';

/** Which authorities upstream connections trust cannot be said within a process: NODE_EXTRA_CA_CERTS is read at its start. */
const trusted = vi.hoisted(() => ({ ca: [] as string[] }));
vi.mock('node:tls', async (original) => {
  const tls = await original<typeof Tls>();
  const connect = (options: ConnectionOptions) =>
    tls.connect({ ...options, ca: [...tls.rootCertificates, ...trusted.ca] });
  return { ...tls, connect };
});

let folder: string;
let site: Server;
let sockets: WebSocketServer;
let engine: ProxyEngine;
const seen: string[] = [];

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function siteOf(names: string): Promise<Server> {
  const files = selfSigned(folder, `site-${names.length}`, '-addext', `subjectAltName=${names}`);
  const cert = readFileSync(files.certificatePath, 'utf8');
  const server = createServer({ cert, key: readFileSync(files.keyPath) }, (request, response) => {
    seen.push(`${request.method} ${request.headers.host} ${request.url}`);
    response.end(`reply to ${request.url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  trusted.ca.push(cert);
  return server;
}

beforeAll(async () => {
  folder = certificateFolder();
  site = await siteOf('DNS:localhost,IP:127.0.0.1');
  sockets = new WebSocketServer({ server: site });
  sockets.on('connection', (socket) => socket.on('message', (message) => socket.send(`echo ${String(message)}`)));
});
afterAll(() => {
  sockets.close();
  site.closeAllConnections();
  site.close();
  removeCertificateFolders();
});
beforeEach(async () => {
  seen.length = 0;
  engine = await ProxyEngine.open({ mode: 'forward', forward: { intercept: ['localhost', '*.test'] } }, {}, folder);
});
afterEach(() => engine.close());

const curl = (...args: string[]) =>
  ended('curl', [
    '-sS',
    '--noproxy',
    '',
    '--max-time',
    '10',
    '-x',
    engine.url,
    '--cacert',
    join(folder, 'ca.pem'),
    ...args,
  ]);
const detail = (connection: number) => engine.call('connection.detail', { connection });
const inner = async (): Promise<number> => (await engine.fact('connection.secured', () => true)).connection;

describe('a host that is intercepted', () => {
  it('shows requests and replies in a connection that the tunnel carries, and takes them there over TLS', async () => {
    const url = `https://localhost:${portOf(site)}`;
    expect(await curl(`${url}/a`, `${url}/b`)).toMatchObject({ code: 0, out: 'reply to /areply to /b' });
    expect(seen).toEqual([`GET localhost:${portOf(site)} /a`, `GET localhost:${portOf(site)} /b`]);
    const tunnel = await detail(1);
    expect(tunnel.exchanges[0]).toMatchObject({ method: 'CONNECT', status: 200, switchedTo: 'tunnel' });
    const { row, exchanges } = await detail(await inner());
    expect(row).toMatchObject({ carrier: 1, side: 'client', tls: { serverName: 'localhost' }, upstream: url });
    expect(exchanges.map(({ target, status }) => [target, status])).toEqual([
      ['/a', 200],
      ['/b', 200],
    ]);
    const relay = exchanges[0]?.relay;
    expect(relay).toMatchObject({ server: url, connection: expect.any(Number), securedAtMs: expect.any(Number) });
    const upstream = await detail(relay?.connection ?? 0);
    expect(upstream.row).toMatchObject({ side: 'upstream', tls: { certificate: { subject: 'site-26' } } });
  });

  it('is one with a target in absolute-form too, and one of its own port alone', async () => {
    const { out } = await curl('--request-target', '/only', `https://localhost:${portOf(site)}/`);
    expect(out).toBe('reply to /only');
  });

  it('is not taken for another one: the others pass as they are', async () => {
    const { out } = await curl('-k', `https://127.0.0.1:${portOf(site)}/blind`);
    expect(out).toBe('reply to /blind');
    expect(engine.factsOf('connection.secured')).toHaveLength(0);
  });

  it('passes a client that speaks no TLS as it is', async () => {
    const plain = await TcpServer.open();
    const reply = curl('--proxytunnel', `http://localhost:${plain.port}/plain`);
    const peer = await plain.peer(0);
    expect(await peer.until(/\r\n\r\n/)).toMatch(/^GET \/plain HTTP/);
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');
    expect((await reply).out).toBe('ok');
    await plain.close();
  });

  it('takes TLS that was sent ahead of the answer to CONNECT', async () => {
    const client = await TcpClient.open(engine.port);
    // A ServerHello, which no client sends: it is answered by an alert, so it was read.
    const hello = '\x16\x03\x01\x00\x04\x02\x00\x00\x00';
    await client.send(`CONNECT localhost:${portOf(site)} HTTP/1.1\r\nHost: a\r\n\r\n${hello}`);
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n\x15\x03/);
    expect((await engine.fact('fault')).connection).toBe(1);
    client.close();
  });
});

describe('a handshake within a tunnel', () => {
  it('runs under the head timeout, which the row of the tunnel counts down, and a changed one holds for it', async () => {
    const armed = async () => (await detail(1)).row.armed;
    const client = await TcpClient.open(engine.port);
    await client.send(`CONNECT localhost:${portOf(site)} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await client.until(/200 [^]*\r\n\r\n/);
    expect(await armed()).toMatchObject({ guard: 'tunnelIdleTimeoutMs' });
    await client.send('\x16\x03\x01\x02\x00\x01');
    await expect.poll(armed).toMatchObject({ guard: 'headTimeoutMs' });
    await engine.call('settings.set', { name: 'headTimeoutMs', value: 50 });
    await client.untilEnd();
    expect(await engine.fact('fault')).toMatchObject({ code: 'TLS_CLIENT_SLOW', connection: 1 });
    client.close();
  });
});

describe('a client that does not trust the local CA', () => {
  it('ends the handshake, and the row of the tunnel says why', async () => {
    const { code } = await ended('curl', [
      '-sS',
      '--noproxy',
      '',
      '-x',
      engine.url,
      `https://localhost:${portOf(site)}/`,
    ]);
    expect(code).toBe(60);
    expect(await engine.fact('fault')).toMatchObject({ connection: 1, code: 'TLS_CLIENT_DISTRUSTS' });
  });
});

describe('a server behind it', () => {
  const ask = (port: number, name = 'localhost') => curl('-i', `https://${name}:${port}/`);

  it('with a certificate that nobody trusts is 502 with the reason', async () => {
    const other = await siteOf('DNS:localhost');
    trusted.ca.pop();
    expect((await ask(portOf(other))).out).toMatch(/\r\n\r\nHTTP\/1\.1 502 [^]*TLS_UPSTREAM_SELF_SIGNED/);
    other.close();
  });

  it('with a certificate of another name is 502 with the reason', async () => {
    const other = await siteOf('DNS:other.example');
    expect((await ask(portOf(other))).out).toMatch(/502 [^]*TLS_UPSTREAM_NAME/);
    other.close();
  });

  it('that speaks no TLS is 502 with the reason', async () => {
    const plain = await TcpServer.open((peer) => peer.send('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await ask(plain.port)).out).toMatch(/502 [^]*TLS_UPSTREAM_PLAIN/);
    await plain.close();
  });

  it('that nobody is at is 502', async () => {
    const gone = await TcpServer.open();
    const { port } = gone;
    await gone.close();
    expect((await ask(port)).out).toMatch(/502 [^]*UP_CONNECT/);
  });

  it('is reset where its client leaves in the middle of a reply', async () => {
    const hanging = await siteOf('DNS:localhost,DNS:more');
    hanging.removeAllListeners('request');
    const closed = new Promise<void>((resolve) => {
      hanging.on('request', (request, response) => {
        response.writeHead(200, { 'Content-Length': 100 });
        response.write('some');
        request.socket.on('close', () => resolve());
      });
    });
    const client = await TcpClient.open(engine.port);
    await client.send(`CONNECT localhost:${portOf(hanging)} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await client.until(/\r\n\r\n/);
    client.socket.removeAllListeners('data');
    const secure = connect({ socket: client.socket, servername: 'localhost', rejectUnauthorized: false });
    secure.on('error', () => undefined);
    secure.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await new Promise((resolve) => secure.once('data', resolve));
    client.reset();
    await closed;
    hanging.close();
  });
});

describe('a server whose certificate need not be verified', () => {
  const statusOf = async (port: number) => {
    const { out } = await curl('-i', '-w', '%{http_code}', `https://localhost:${port}/`);
    return { status: out.slice(-3), out };
  };
  const change = (proxy: CallParams<'proxy.change'>) => engine.call('proxy.change', proxy);
  /** What is said of the certificates that were taken from servers, in the order of their connections. */
  const distrusts = () =>
    engine.factsOf('connection.secured').flatMap(({ tls: { certificate } }) => certificate?.distrust ?? []);

  async function untrustedSite(names: string): Promise<Server> {
    const server = await siteOf(names);
    trusted.ca.pop();
    return server;
  }

  it('is asked from the change of the rules on, and no more once it is changed back', async () => {
    const site = await untrustedSite('DNS:localhost');
    const refused = await statusOf(portOf(site));
    expect(refused).toMatchObject({ status: '502', out: expect.stringContaining('--insecure') });
    await change({ forward: { insecure: ['localhost'] } });
    expect((await statusOf(portOf(site))).status).toBe('200');
    expect(distrusts()).toEqual(['TLS_UPSTREAM_SELF_SIGNED']);
    // The connection to it would have been kept.
    await change({ forward: { insecure: ['*.localhost'] } });
    expect((await statusOf(portOf(site))).status).toBe('502');
    expect(distrusts()).toHaveLength(1);
    site.close();
  });

  it('tells of its row that it was not', async () => {
    const site = await untrustedSite('DNS:other.example');
    await change({ forward: { insecure: ['*'] } });
    expect((await statusOf(portOf(site))).status).toBe('200');
    const { exchanges } = await detail(await inner());
    const { row } = await detail(exchanges[0]?.relay?.connection ?? 0);
    expect(row.tls?.certificate).toMatchObject({ subject: 'site-17', distrust: 'TLS_UPSTREAM_SELF_SIGNED' });
    site.close();
  });

  it('is verified all the same, and told so where nothing is wrong', async () => {
    await change({ forward: { insecure: ['*'] } });
    expect((await statusOf(portOf(site))).status).toBe('200');
    expect(distrusts()).toEqual([]);
    const named = await siteOf('DNS:other.example');
    expect((await statusOf(portOf(named))).status).toBe('200');
    expect(distrusts()).toEqual(['TLS_UPSTREAM_NAME']);
    named.close();
  });

  it('of an upstream is one until its configuration says otherwise: no kept connection is used again', async () => {
    const site = await untrustedSite('DNS:localhost');
    const servers = [{ url: `https://localhost:${portOf(site)}` }];
    const asked = async () => (await ended('curl', ['-sS', '--noproxy', '*', `${engine.url}/`])).out;
    const configOf = (tls: object) => JSON.stringify({ upstreams: { api: { servers, tls } } });
    await change({ mode: 'reverse', config: configOf({ verify: false }) });
    expect([await asked(), await asked()]).toEqual(['reply to /', 'reply to /']);
    await change({ config: configOf({ verify: false }) });
    expect(await asked()).toBe('reply to /');
    expect(distrusts()).toHaveLength(1);
    await change({ config: configOf({ verify: true }) });
    expect(await asked()).toMatch(/^TLS_UPSTREAM_SELF_SIGNED/);
    site.close();
  });

  it('of an upstream is one for the reverse mode alone, and the connections to it are', async () => {
    const site = await untrustedSite('DNS:localhost');
    const servers = [{ url: `https://localhost:${portOf(site)}` }];
    const config = JSON.stringify({ upstreams: { api: { servers, tls: { verify: false } } } });
    await change({ mode: 'reverse', config });
    expect((await ended('curl', ['-sS', '--noproxy', '*', `${engine.url}/`])).out).toBe('reply to /');
    expect(distrusts()).toEqual(['TLS_UPSTREAM_SELF_SIGNED']);
    await change({ mode: 'forward' });
    expect((await statusOf(portOf(site))).status).toBe('502');
    expect(distrusts()).toHaveLength(1);
    site.close();
  });
});

describe('WebSocket under the TLS', () => {
  it('passes, and its connection says so', async () => {
    const key = 'dGhlIHNhbXBsZSBub25jZQ==';
    const fields = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${key}`,
    ];
    const args = fields.flatMap((field) => ['-H', field]);
    await curl('--max-time', '1', '--http1.1', '-i', ...args, `https://localhost:${portOf(site)}/ws`);
    const connection = await inner();
    await engine.fact('switched', (fact) => fact.to === 'websocket' && fact.connection === connection);
  });
});

describe('a side that does not read', () => {
  const PIECE = Buffer.alloc(1024 * 1024);
  /** More than the kernels on the way hold, of which there are three pairs of sockets. */
  const ROUNDS = 128;

  /** Writes until nothing more is taken for a while. False: all of it was taken. */
  async function isStopped(socket: Writable): Promise<boolean> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const taken = new Promise<true>((resolve) => socket.write(PIECE, () => resolve(true)));
      if (!(await Promise.race([taken, delay(700, false)]))) return true;
    }
    return false;
  }

  async function openTunnel(port: number): Promise<TLSSocket> {
    const client = await TcpClient.open(engine.port);
    await client.send(`CONNECT localhost:${port} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await client.until(/\r\n\r\n/);
    client.socket.removeAllListeners('data');
    const secure = connect({ socket: client.socket, servername: 'localhost', rejectUnauthorized: false });
    secure.on('error', () => undefined);
    return secure;
  }

  it('stops the other: a site under an upload', async () => {
    const busy = await siteOf('DNS:localhost,DNS:upload');
    busy.removeAllListeners('request');
    await engine.call('settings.set', { name: 'maxBodyBytes', value: null });
    const asked = new Promise((resolve) => busy.on('request', (request) => resolve(request.pause())));
    const client = await openTunnel(portOf(busy));
    client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${PIECE.length * ROUNDS}\r\n\r\n`);
    await asked;
    expect(await isStopped(client)).toBe(true);
    client.destroy();
    busy.closeAllConnections();
    busy.close();
  });

  it('stops the other: a client under a download', async () => {
    const busy = await siteOf('DNS:localhost,DNS:download');
    busy.removeAllListeners('request');
    const asked = new Promise<Writable>((resolve) => busy.on('request', (_, response) => resolve(response)));
    const client = await openTunnel(portOf(busy));
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await isStopped(await asked)).toBe(true);
    client.destroy();
    busy.closeAllConnections();
    busy.close();
  });
});

describe('long transfers', () => {
  it('come through whole', async () => {
    const long = await siteOf('DNS:localhost,DNS:longer');
    const bytes = 32 * 1024 * 1024;
    long.removeAllListeners('request');
    long.on('request', (_, response) => response.end(Buffer.alloc(bytes)));
    const { out } = await curl('-o', '/dev/null', '-w', '%{size_download}', `https://localhost:${portOf(long)}/`);
    expect(out).toBe(String(bytes));
    long.close();
  });
});
