import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ended } from '../support/certificates';
import { ProxyEngine } from '../support/proxy-engine';
import { TcpClient } from '../support/tcp-client';
import { TcpServer } from '../support/tcp-server';

const GREETING = '\x05\x01\x00';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok';
const SUCCEEDED = '\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00';

let site: TcpServer;
let engine: ProxyEngine;
let client: TcpClient;

beforeEach(async () => {
  site = await TcpServer.open();
  engine = await ProxyEngine.open({ mode: 'socks' });
  client = await TcpClient.open(engine.port);
});
afterEach(async () => {
  client.close();
  await engine.close();
  await site.close();
});

const portBytes = (port: number): string => String.fromCharCode(port >> 8, port & 0xff);
const toAddress = (port: number, address = '\x7f\x00\x00\x01'): string =>
  `\x05\x01\x00\x01${address}${portBytes(port)}`;
const toName = (name: string, port: number): string =>
  `\x05\x01\x00\x03${String.fromCharCode(name.length)}${name}${portBytes(port)}`;

/** What comes back after the choice of the method. */
async function replyTo(request: string): Promise<string> {
  await client.send(GREETING + request);
  return (await client.until(/^\x05\x00[^]{10}/)).slice(2, 12);
}

describe('curl', () => {
  it.each(['--socks5', '--socks5-hostname'])('goes through with %s', async (flag) => {
    const reply = ended('curl', [
      '-sS',
      '--noproxy',
      '',
      flag,
      `127.0.0.1:${engine.port}`,
      `http://localhost:${site.port}/a`,
    ]);
    const peer = await site.peer(0);
    expect(await peer.until(/\r\n\r\n/)).toMatch(/^GET \/a HTTP/);
    peer.send(OK);
    expect(await reply).toMatchObject({ code: 0, out: 'ok' });
    const [exchange] = (await engine.call('connection.detail', { connection: 2 })).exchanges;
    expect(exchange).toMatchObject({ method: 'CONNECT', version: 'SOCKS5', status: 0, switchedTo: 'tunnel' });
    expect(exchange?.target).toBe(flag === '--socks5' ? `127.0.0.1:${site.port}` : `localhost:${site.port}`);
    const other = await engine.call('connection.detail', { connection: exchange?.relay?.connection ?? 0 });
    expect(other.row).toMatchObject({ side: 'upstream', carrier: 2 });
    const bytes = await engine.bytes(2, 'in');
    expect(bytes.slice(exchange?.requestEnd ?? 0)).toMatch(/^GET \/a /);
    const out = await engine.bytes(2, 'out');
    expect(out.slice(exchange?.replyStart ?? 0, exchange?.replyEnd ?? 0)).toBe(SUCCEEDED);
    expect(out.slice(exchange?.replyEnd ?? 0)).toBe(OK);
  });

  it('is told that nobody listens there', async () => {
    const { port } = site;
    await site.close();
    const { code, err } = await ended('curl', [
      '-sS',
      '--noproxy',
      '',
      '--socks5',
      `127.0.0.1:${engine.port}`,
      `http://127.0.0.1:${port}/`,
    ]);
    expect([code, err]).toEqual([97, expect.stringContaining('(5)')]);
  });
});

describe('a request', () => {
  it('that comes at once with what is for the server is answered before it', async () => {
    await client.send(`${GREETING}${toAddress(site.port)}ahead`);
    const peer = await site.peer(0);
    await peer.until(/^ahead$/);
    peer.send('hello');
    expect(await client.until(/hello$/)).toBe(`\x05\x00${SUCCEEDED}hello`);
  });

  it('to an IPv6 address goes there', async () => {
    // Mapped: the site listens for IPv4 alone.
    await client.send(`${GREETING}\x05\x01\x00\x04${'\x00'.repeat(10)}\xff\xff\x7f\x00\x00\x01${portBytes(site.port)}`);
    await site.peer(0);
    expect((await engine.fact('head')).target).toBe(`127.0.0.1:${site.port}`);
  });

  it('to this proxy itself is not allowed', async () => {
    expect(await replyTo(toName('localhost', engine.port))).toMatch(/^\x05\x02/);
    const fault = await engine.fact('fault', ({ connection }) => connection === 1);
    expect(fault).toMatchObject({ code: 'FWD_LOOP', status: 2 });
    await client.untilEnd();
  });

  it('to a name that is not known cannot reach the host', async () => {
    expect(await replyTo(toName('no.such.host.invalid', 80))).toMatch(/^\x05\x04/);
    const detail = await engine.call('connection.detail', { connection: 1 });
    expect(detail.exchanges[0]).toMatchObject({ status: 4, failure: { code: 'UP_CONNECT' } });
    expect(detail).toMatchObject({ row: { status: 4 }, faults: [{ code: 'UP_CONNECT', status: 4 }] });
  });

  it('to a name that cannot be one is told so', async () => {
    expect(await replyTo(toName('a..b', 80))).toMatch(/^\x05\x01/);
    expect((await engine.fact('fault')).code).toBe('FWD_HOST');
  });

  it('to a port that nobody listens on is refused', async () => {
    const { port } = site;
    await site.close();
    expect(await replyTo(toAddress(port))).toMatch(/^\x05\x05/);
  });

  it('of another kind than CONNECT is not supported', async () => {
    expect(await replyTo(`\x05\x02\x00\x01\x7f\x00\x00\x01${portBytes(site.port)}`)).toMatch(/^\x05\x07/);
    expect(await engine.fact('fault')).toMatchObject({ code: 'SOCKS_COMMAND', offset: 4, status: 7 });
    await client.untilEnd();
    const { row, exchanges } = await engine.call('connection.detail', { connection: 1 });
    expect(row).toMatchObject({ status: 7, requestCount: 0 });
    expect(exchanges).toMatchObject([{ version: 'SOCKS5', method: '', status: 7, failure: { code: 'SOCKS_COMMAND' } }]);
  });
});

describe('a client', () => {
  it('that speaks HTTP is closed, and the row says why', async () => {
    await client.send('GET / HTTP/1.1\r\n\r\n');
    expect(await client.untilEnd()).toBe('');
    expect(await engine.fact('fault')).toMatchObject({ code: 'SOCKS_VERSION', offset: 0 });
  });

  it('that wants to give a password finds no way in', async () => {
    await client.send('\x05\x01\x02');
    expect(await client.untilEnd()).toBe('\x05\xff');
    expect(await engine.fact('fault')).toMatchObject({ code: 'SOCKS_METHOD', offset: 1 });
  });

  it('that leaves in the middle is told apart', async () => {
    await client.send(`${GREETING}\x05\x01`);
    await client.until(/\x00$/);
    client.end();
    expect(await engine.fact('fault')).toMatchObject({ code: 'SOCKS_INCOMPLETE', offset: 5 });
    const { timeline } = await engine.call('connection.detail', { connection: 1 });
    expect(timeline[0]?.phase).toBe('greeting');
  });

  it.each([
    ['firstByteTimeoutMs', ''],
    ['headTimeoutMs', GREETING],
  ] as const)('that is slow trips %s', async (name, said) => {
    await engine.call('settings.set', { name, value: 50 });
    const slow = await TcpClient.open(engine.port);
    await slow.send(said);
    await slow.untilEnd();
    expect((await engine.fact('trip', ({ guard }) => guard === name)).guard).toBe(name);
    slow.close();
  });
});

describe('a client from elsewhere', () => {
  it('may not use it', async () => {
    const outside = Object.values((await import('node:os')).networkInterfaces())
      .flat()
      .find((found) => found !== undefined && found.family === 'IPv4' && !found.internal);
    if (outside === undefined) return;
    const open = await ProxyEngine.open({ mode: 'socks' }, {}, null, '0.0.0.0');
    const stranger = await TcpClient.open(open.port, outside.address);
    await stranger.send(GREETING + toAddress(site.port));
    expect((await stranger.until(/^\x05\x00[^]{10}/)).slice(2, 4)).toBe('\x05\x02');
    expect((await open.fact('fault')).code).toBe('FWD_CLIENT');
    stranger.close();
    await open.close();
  });
});
