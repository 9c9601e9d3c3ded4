import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProxyEngine } from '../support/proxy-engine';
import { TcpClient } from '../support/tcp-client';
import { TcpServer } from '../support/tcp-server';

const run = promisify(execFile);

let site: TcpServer;
let engine: ProxyEngine;

beforeEach(async () => {
  site = await TcpServer.open();
  engine = await ProxyEngine.open({ mode: 'forward' });
});
afterEach(async () => {
  await engine.close();
  await site.close();
});

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

async function answer(index: number): Promise<string> {
  const peer = await site.peer(index);
  const received = await peer.until(/\r\n\r\n/);
  peer.send(OK);
  return received;
}

const curl = async (...args: string[]): Promise<string> =>
  (await run('curl', ['-sS', '--max-time', '10', '--noproxy', '', ...args])).stdout;

async function ask(text: string): Promise<string> {
  const client = await TcpClient.open(engine.port);
  await client.send(text);
  const reply = await client.until(/\r\n\r\n[^]+$/);
  client.close();
  return reply;
}

describe('a request with an absolute target', () => {
  it('of curl goes where it says, in origin-form, with the Host of the target', async () => {
    const reply = curl('-x', engine.url, '-H', 'Host: other.example', `${site.url}/path?q=1`);
    const lines = (await answer(0)).split('\r\n');
    expect(lines[0]).toBe('GET /path?q=1 HTTP/1.1');
    expect(lines).toContain(`Host: 127.0.0.1:${site.port}`);
    expect(lines.some((line) => line.startsWith('X-Forwarded'))).toBe(false);
    expect(lines.some((line) => line.startsWith('Proxy-Connection'))).toBe(false);
    expect(await reply).toBe('ok');
    const { connection } = (await engine.fact('relay')).relay;
    const { row } = await engine.call('connection.detail', { connection });
    expect(row.target).toBe('/path?q=1');
  });

  it('to a name that is not known is 502', async () => {
    const reply = await ask('GET http://no.such.host.invalid/ HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(reply).toMatch(/^HTTP\/1\.1 502 [^]*UP_CONNECT/);
  });

  it('to this proxy itself is told that it goes round in a circle', async () => {
    expect(await ask(`GET ${engine.url}/ HTTP/1.1\r\nHost: a\r\n\r\n`)).toMatch(/^HTTP\/1\.1 508 [^]*FWD_LOOP/);
    expect(await ask(`GET http://localhost:${engine.port}/ HTTP/1.1\r\nHost: a\r\n\r\n`)).toMatch(/FWD_LOOP/);
  });
});

describe('a request that says no way', () => {
  it('names no URL', async () => {
    expect(await ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [^]*FWD_NOT_ABSOLUTE/);
  });

  it('names another scheme', async () => {
    expect(await ask('GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [^]*FWD_SCHEME/);
  });

  it('names a port that is none', async () => {
    expect(await ask('GET http://a:99999/ HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('CONNECT', () => {
  it('of curl opens a tunnel that both sides are rows of', async () => {
    const reply = curl('--proxytunnel', '-x', engine.url, `${site.url}/in-tunnel`);
    expect(await answer(0)).toMatch(/^GET \/in-tunnel HTTP\/1\.1\r\n/);
    expect(await reply).toBe('ok');
    const { relay } = await engine.fact('relay');
    expect((await engine.fact('switched')).to).toBe('tunnel');
    const detail = await engine.call('connection.detail', { connection: 1 });
    const [exchange] = detail.exchanges;
    expect(exchange).toMatchObject({ method: 'CONNECT', status: 200, switchedTo: 'tunnel' });
    const inTunnel = (await engine.bytes(1, 'in')).slice(exchange?.requestEnd ?? 0);
    expect(inTunnel).toMatch(/^GET \/in-tunnel /);
    expect(await engine.bytes(relay.connection, 'in')).toBe(inTunnel);
    const { row } = await engine.call('connection.detail', { connection: relay.connection });
    expect(row.carrier).toBe(1);
  });

  it('passes what was sent ahead of the answer, FIN both ways, and what follows it', async () => {
    const client = await TcpClient.open(engine.port);
    await client.send(`CONNECT 127.0.0.1:${site.port} HTTP/1.1\r\nHost: a\r\n\r\nahead`);
    const peer = await site.peer(0);
    await peer.until(/ahead$/);
    client.end();
    await peer.when(() => peer.hasEnded);
    peer.send('after');
    peer.end();
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\nafter$/);
  });

  it('passes a reset on', async () => {
    const client = await TcpClient.open(engine.port);
    await client.send(`CONNECT 127.0.0.1:${site.port} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const peer = await site.peer(0);
    await client.until(/200/);
    peer.reset();
    await client.untilClosed();
    expect(client.error?.code).toBe('ECONNRESET');
  });

  it('to a port that nobody listens on is 502', async () => {
    const { port } = site;
    await site.close();
    expect(await ask(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: a\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 502 [^]*UP_CONNECT/,
    );
  });
});

describe('an idle connection to a site', () => {
  it('is used again for the next request', async () => {
    const first = ask(`GET ${site.url}/1 HTTP/1.1\r\nHost: a\r\n\r\n`);
    await answer(0);
    await first;
    const second = ask(`GET ${site.url}/2 HTTP/1.1\r\nHost: a\r\n\r\n`);
    const peer = await site.peer(0);
    await peer.until(/GET \/2 /);
    peer.send(OK);
    await second;
    expect(site.peers).toHaveLength(1);
  });
});
