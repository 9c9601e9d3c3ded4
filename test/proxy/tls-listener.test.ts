import { copyFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ListenerTls, ProxyChange } from '../../src-main/contract/proxy-state';
import { certificateFolder, ended, removeCertificateFolders, selfSigned } from '../support/certificates';
import { ProxyEngine } from '../support/proxy-engine';
import { TcpClient } from '../support/tcp-client';
import { TcpServer } from '../support/tcp-server';

let folder: string;
let engine: ProxyEngine;

const open = (change: ProxyChange = {}): Promise<ProxyEngine> =>
  ProxyEngine.open({ mode: 'server', tls: { kind: 'local-ca' }, ...change }, {}, folder);

beforeEach(async () => {
  folder = certificateFolder();
  engine = await open();
});
afterEach(() => engine.close());
afterAll(removeCertificateFolders);

const ca = (): string => engine.engine.proxy.ca?.pem ?? '';
const curl = (path: string, ...args: string[]) =>
  ended('curl', [
    '-sS',
    '--noproxy',
    '',
    '--cacert',
    join(folder, 'ca.pem'),
    ...args,
    `https://localhost:${engine.port}${path}`,
  ]);

function node(options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect(
      { port: engine.port, host: '127.0.0.1', servername: 'localhost', ca: ca(), ...options },
      () => resolve(socket),
    );
    socket.on('error', reject);
  });
}

const openSsl = (...args: string[]) =>
  ended('openssl', ['s_client', '-connect', `127.0.0.1:${engine.port}`, '-servername', 'localhost', ...args]);

const exchangeOf = async (connection: number) => (await engine.call('connection.detail', { connection })).exchanges[0];

describe('a request over TLS', () => {
  it('of curl is answered, in a connection that another one carries', async () => {
    expect(await curl('/anything/x')).toMatchObject({ code: 0, out: expect.stringContaining('"/anything/x"') });
    const { row } = await engine.call('connection.detail', { connection: 2 });
    expect(row).toMatchObject({
      side: 'client',
      carrier: 1,
      method: 'GET',
      status: 200,
      tls: { version: 'TLSv1.3', alpn: 'http/1.1', serverName: 'localhost', certificate: null },
    });
    expect(await exchangeOf(2)).toMatchObject({ target: '/anything/x', status: 200 });
    expect(await engine.bytes(2, 'in')).toMatch(/^GET \/anything\/x HTTP\/1\.1\r\n/);
    const carrier = await engine.call('connection.detail', { connection: 1 });
    expect(carrier.row).toMatchObject({ carrier: null, requestCount: 0, client: row.client });
    expect(await engine.bytes(1, 'in')).toMatch(/^\x16\x03/);
  });

  it('with a long body both ways comes through whole', async () => {
    const body = Buffer.alloc(8 * 1024 * 1024, 'abcdefg');
    await engine.call('settings.set', { name: 'maxBodyBytes', value: null });
    const got = await new Promise<number>((resolve, reject) => {
      const asked = request({ port: engine.port, host: 'localhost', path: '/anything', method: 'POST', ca: ca() });
      asked.on('response', (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      asked.on('error', reject);
      asked.end(body);
    });
    expect(got).toBe(200);
    expect((await exchangeOf(2))?.bodyBytes).toBe(body.length);
  });

  it('to an address, without a name, is shown a certificate of that address', async () => {
    const { code } = await ended('curl', [
      '-sS',
      '--noproxy',
      '',
      '--cacert',
      join(folder, 'ca.pem'),
      `https://127.0.0.1:${engine.port}/`,
    ]);
    expect(code).toBe(0);
  });

  it('ends as it should: the reply is whole, then close_notify and FIN', async () => {
    const socket = await node();
    socket.write('GET /anything HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const bytes of socket) text += String(bytes);
    expect(text).toMatch(/^HTTP\/1\.1 200 [^]*\}\n$/);
    const causes = async (connection: number) =>
      (await engine.fact('connection.closed', (closed) => closed.connection === connection)).cause;
    expect(await causes(2)).toBe('server-closed');
    expect(await causes(1)).toBe('client-closed');
  });

  it('goes on to the servers of the reverse mode, which are told of https', async () => {
    const upstream = await TcpServer.open();
    await engine.call('proxy.change', { mode: 'reverse', upstreams: [upstream.url] });
    const reply = curl('/up');
    const peer = await upstream.peer(0);
    expect(await peer.until(/\r\n\r\n/)).toMatch(/X-Forwarded-Proto: https\r\n/);
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nup');
    expect((await reply).out).toBe('up');
    await upstream.close();
  });

  it('is counted in once', async () => {
    await engine.call('settings.set', { name: 'maxConnections', value: 1 });
    expect((await curl('/health', '--fail')).code).toBe(0);
  });
});

describe('a stop', () => {
  it('ends connections that are idle under their TLS', async () => {
    const socket = await node();
    socket.write('GET /health HTTP/1.1\r\nHost: a\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    const ended = new Promise((resolve) => socket.once('end', resolve));
    const stopped = engine.call('listener.stop', {});
    await ended;
    await stopped;
    expect((await engine.fact('connection.closed', ({ connection }) => connection === 2)).cause).toBe('stopped');
  });
});

describe('a handshake that fails', () => {
  it.each([
    ['TLS_CLIENT_DISTRUSTS', () => ended('curl', ['-sS', '--noproxy', '', `https://localhost:${engine.port}/`])],
    ['TLS_CLIENT_ALPN', () => openSsl('-alpn', 'h2')],
    ['TLS_CLIENT_VERSION', () => openSsl('-tls1_1', '-cipher', 'ALL@SECLEVEL=0')],
    ['TLS_CLIENT_LEFT', () => node({ ca: '' }).catch(() => undefined)],
    ['TLS_HOST', () => openSsl('-servername', 'a..b')],
  ] as const)('says why in the row that carries it: %s', async (code, client) => {
    const done = client();
    expect(await engine.fact('fault')).toMatchObject({ connection: 1, code });
    await done;
    await engine.fact('connection.closed', ({ connection }) => connection === 1);
    expect(engine.factsOf('connection.opened')).toHaveLength(1);
  });

  it('tells the client by an alert', async () => {
    const { err } = await openSsl('-alpn', 'h2');
    expect(err).toMatch(/alert no application protocol/);
  });

  it('that takes too long is ended', async () => {
    await engine.call('settings.set', { name: 'headTimeoutMs', value: 50 });
    const client = await TcpClient.open(engine.port);
    await client.send('\x16\x03\x01\x02\x00\x01');
    await client.untilEnd();
    expect(await engine.fact('fault')).toMatchObject({ code: 'TLS_CLIENT_SLOW', connection: 1 });
    client.close();
  });

  it('runs under the head timeout, which its row counts down, and a changed one holds for it at once', async () => {
    const armed = async () => (await engine.call('connection.detail', { connection: 1 })).row.armed;
    const client = await TcpClient.open(engine.port);
    await client.send('\x16\x03\x01\x02\x00\x01');
    await engine.fact('connection.opened');
    await expect.poll(armed).toMatchObject({ guard: 'headTimeoutMs' });
    const before = await armed();
    await engine.call('settings.set', { name: 'headTimeoutMs', value: 20_000 });
    expect(await armed()).toEqual({ ...before, atMs: (before?.startedAtMs ?? 0) + 20_000 });
    await engine.call('settings.set', { name: 'tunnelIdleTimeoutMs', value: 15_000 });
    expect(await armed()).toMatchObject({ guard: 'tunnelIdleTimeoutMs' });
    await engine.call('settings.set', { name: 'headTimeoutMs', value: 50 });
    await client.untilEnd();
    expect(engine.factsOf('fault').map(({ code }) => code)).toEqual(['TLS_CLIENT_SLOW']);
    expect(engine.factsOf('trip')).toEqual([]);
    client.close();
  });

  it('has no time to keep once it is complete', async () => {
    await engine.call('settings.set', { name: 'headTimeoutMs', value: 500 });
    const socket = await node();
    await engine.fact('connection.secured');
    const { row } = await engine.call('connection.detail', { connection: 1 });
    expect(row.armed).toMatchObject({ guard: 'tunnelIdleTimeoutMs' });
    await delay(600);
    socket.write('GET /health HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(String(await new Promise((resolve) => socket.once('data', resolve)))).toMatch(/^HTTP\/1\.1 200 /);
    expect(engine.factsOf('fault')).toEqual([]);
    socket.destroy();
  });

  it('whose client resets it is told as well', async () => {
    const client = await TcpClient.open(engine.port);
    await client.send('\x16\x03\x01\x02\x00\x01');
    await engine.fact('connection.opened');
    client.reset();
    expect(await engine.fact('fault')).toMatchObject({ code: 'TLS_CLIENT_LEFT', connection: 1 });
  });

  it('by a client that quits after TLS 1.2, as Node does without trust, is told in its connection', async () => {
    await node({ ca: '', maxVersion: 'TLSv1.2' }).catch(() => undefined);
    expect(await engine.fact('fault')).toMatchObject({ code: 'TLS_CLIENT_QUIT', connection: 2 });
  });
});

describe('a client without TLS', () => {
  it('that speaks HTTP is told so in plain HTTP', async () => {
    const { out } = await ended('curl', ['-sS', '-i', '--noproxy', '', `http://localhost:${engine.port}/`]);
    expect(out).toMatch(/^HTTP\/1\.1 400 [^]*TLS_CLIENT_PLAIN/);
    expect((await engine.fact('fault')).code).toBe('TLS_CLIENT_PLAIN');
  });

  it('that speaks something else is told by the alert of TLS, and the row says why', async () => {
    const client = await TcpClient.open(engine.port);
    await client.send('\x05\x01\x00\x00\x00');
    await client.untilEnd();
    expect((await engine.fact('fault')).code).toBe('TLS_CLIENT_PLAIN');
    client.close();
  });

  it('that says nothing is closed in time', async () => {
    await engine.call('settings.set', { name: 'firstByteTimeoutMs', value: 50 });
    const client = await TcpClient.open(engine.port);
    await client.untilEnd();
    expect((await engine.fact('trip')).guard).toBe('firstByteTimeoutMs');
    client.close();
  });
});

describe('a certificate of one’s own', () => {
  const shown = async (): Promise<string> => {
    const socket = await node({ rejectUnauthorized: false });
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return String(subject.CN);
  };

  it('is shown, and read again when the change is made again', async () => {
    const first = selfSigned(folder, 'first');
    const second = selfSigned(folder, 'second');
    const tls: ListenerTls = { kind: 'own', ...first };
    await engine.call('proxy.change', { tls });
    expect(await shown()).toBe('first');
    copyFileSync(second.certificatePath, first.certificatePath);
    await expect(engine.call('proxy.change', { tls })).rejects.toThrow('TLS_KEY_MISMATCH');
    expect(await shown()).toBe('first');
    copyFileSync(second.keyPath, first.keyPath);
    await engine.call('proxy.change', { tls });
    expect(await shown()).toBe('second');
  });

  it('gives way to none: then the port speaks plain HTTP', async () => {
    await engine.call('proxy.change', { tls: { kind: 'off' } });
    const client = await TcpClient.open(engine.port);
    await client.send('GET /health HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.until(/^HTTP\/1\.1 200 /);
    client.close();
  });
});
