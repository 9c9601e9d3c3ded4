import { spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CloseCause } from '../../src-main/contract/connections';
import type { ErrorCode } from '../../src-main/contract/errors';
import type { ProxyChange } from '../../src-main/contract/proxy-state';
import { curl } from '../support/curl';
import { ProxyEngine } from '../support/proxy-engine';
import { NodeSite } from '../support/sites';
import { TcpClient } from '../support/tcp-client';
import { TcpServer } from '../support/tcp-server';

/** Bytes typed into nc, which closes its side after them; what came back. */
function nc(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn('nc', ['-N', '127.0.0.1', String(port)], { stdio: ['pipe', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString('latin1')));
    // It may have left before it has read all of it.
    child.stdin.on('error', () => undefined);
    child.on('close', () => resolve(output));
    child.stdin.end(Buffer.from(text, 'latin1'));
  });
}

/** Every byte there is, often, with the first ones in no order that means something. */
const NOISE = Array.from({ length: 4_096 }, (_, index) => String.fromCharCode((index * 197 + 13) & 0xff)).join('');
const TLS_HELLO = '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03';
const HTTP2_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const ESCAPES = '\x1b[2J\x1b]0;owned\x07<img src=x onerror=alert(1)>\r\n\r\n';
const EMPTY_LINES = '\r\n'.repeat(5_000);
const ENDLESS_LINE = 'A'.repeat(100_000);

type Rude = readonly [name: string, text: string, code: ErrorCode | null, status: number | null];

/** What a reader of HTTP says of them. */
const TO_HTTP: readonly Rude[] = [
  ['nothing', '', null, null],
  ['a zero', '\x00', 'H1_METHOD', 400],
  ['noise', NOISE, 'H1_BARE_CR', 400],
  ['terminal escapes and markup', ESCAPES, 'H1_METHOD', 400],
  ['a TLS handshake', TLS_HELLO, 'H1_TLS_ON_PLAIN_PORT', 400],
  ['the preface of HTTP/2', HTTP2_PREFACE, 'H1_HTTP2_PREFACE', 505],
  ['a SOCKS5 greeting', '\x05\x01\x00', 'H1_METHOD', 400],
  ['a line without an end', ENDLESS_LINE, 'H1_METHOD_LENGTH', 501],
  ['empty lines alone', EMPTY_LINES, null, null],
  ['half a request line', 'GET / HT', 'H1_INCOMPLETE', null],
  ['half a head', 'GET / HTTP/1.1\r\nHost: a\r\nX-Half', 'H1_INCOMPLETE', null],
  ['half of what opens a tunnel', 'CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost', 'H1_INCOMPLETE', null],
];

/** The same bytes to a reader of SOCKS5. */
const TO_SOCKS: readonly Rude[] = [
  ['nothing', '', null, null],
  ['a zero', '\x00', 'SOCKS_VERSION', null],
  ['noise', NOISE, 'SOCKS_VERSION', null],
  ['terminal escapes and markup', ESCAPES, 'SOCKS_VERSION', null],
  ['a TLS handshake', TLS_HELLO, 'SOCKS_VERSION', null],
  ['a line without an end', ENDLESS_LINE, 'SOCKS_VERSION', null],
  ['SOCKS4', '\x04\x01\x00\x50\x7f\x00\x00\x01\x00', 'SOCKS_VERSION', null],
  ['half a greeting', '\x05\x02\x00', 'SOCKS_INCOMPLETE', null],
  ['half a request', '\x05\x01\x00\x05\x01\x00\x01\x7f', 'SOCKS_INCOMPLETE', null],
  ['half a name', '\x05\x01\x00\x05\x01\x00\x03\xffexample', 'SOCKS_INCOMPLETE', null],
  ['a kind of address that is none', '\x05\x01\x00\x05\x01\x00\x09', 'SOCKS_ADDRESS', 8],
];

let site: NodeSite;
let engine: ProxyEngine;

beforeAll(async () => {
  site = await NodeSite.open();
});
afterEach(() => engine.close());
afterAll(() => site.close());

const own = (): string => `127.0.0.1:${engine.port}`;

/** The change that leads to each mode, and what curl is told of it. */
type Way = () => { readonly change: ProxyChange; readonly flags: () => readonly string[] };

const MODES: Readonly<Record<'reverse' | 'forward' | 'socks', Way>> = {
  reverse: () => ({ change: { mode: 'reverse', upstreams: [site.url] }, flags: () => [`${engine.url}/told`] }),
  forward: () => ({ change: { mode: 'forward' }, flags: () => ['-x', own(), `${site.url}/told`] }),
  socks: () => ({ change: { mode: 'socks' }, flags: () => ['--socks5', own(), `${site.url}/told`] }),
};

async function open(mode: keyof typeof MODES): Promise<void> {
  engine = await ProxyEngine.open(MODES[mode]().change);
}

/** The next client is served as if nothing had been. */
async function expectServing(mode: keyof typeof MODES): Promise<void> {
  const { body } = await curl(...MODES[mode]().flags());
  expect(body.toString()).toContain('"url":"/told"');
}

async function expectRow(code: ErrorCode | null, status: number | null, bytes: number): Promise<void> {
  await engine.fact('connection.closed', ({ connection }) => connection === 1);
  const { row } = await engine.call('connection.detail', { connection: 1 });
  const told = code === null || status === null ? 'client-closed' : 'fault-closed';
  const causes: readonly CloseCause[] = code?.startsWith('SOCKS') ? ['client-closed', 'fault-closed'] : [told];
  expect(causes).toContain(row.closeCause);
  expect(row).toMatchObject({ marks: code === null ? [] : [code], status, bytesIn: bytes });
}

describe.each(['reverse', 'forward'] as const)('to the %s mode', (mode) => {
  it.each(TO_HTTP)('nc sends %s', async (_, text, code, status) => {
    await open(mode);
    const reply = await nc(engine.port, text);
    expect(/^HTTP\/1\.1 (\d+) /.exec(reply)?.[1] ?? null).toBe(status === null ? null : String(status));
    await expectRow(code, status, text.length);
    await expectServing(mode);
  });

  it.each([
    ['a length', 'Content-Length: 10\r\n\r\nabc'],
    ['chunks', 'Transfer-Encoding: chunked\r\n\r\n5\r\nabc'],
  ])('nc sends a body that ends in the middle of %s, and the server hears of it', async (_, rest) => {
    const upstream = await TcpServer.open();
    const change = mode === 'reverse' ? { upstreams: [upstream.url] } : {};
    engine = await ProxyEngine.open({ mode, ...change });
    const target = mode === 'forward' ? `${upstream.url}/` : '/';
    const [peer] = await Promise.all([
      upstream.peer(0),
      nc(engine.port, `POST ${target} HTTP/1.1\r\nHost: a\r\n${rest}`),
    ]);
    await peer.when(() => peer.isClosed);
    expect(peer.received).toMatch(/abc/);
    expect(peer.received).not.toMatch(/\r\n0\r\n/);
    const { row } = await engine.call('connection.detail', { connection: 1 });
    expect(row.marks).toEqual(['H1_INCOMPLETE']);
    await upstream.close();
  });

  it('a client resets in the middle of its body, and the server hears of it', async () => {
    const upstream = await TcpServer.open();
    engine = await ProxyEngine.open({ mode, ...(mode === 'reverse' && { upstreams: [upstream.url] }) });
    const client = await TcpClient.open(engine.port);
    const target = mode === 'forward' ? `${upstream.url}/` : '/';
    await client.send(`POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc`);
    const peer = await upstream.peer(0);
    await peer.until(/abc$/);
    client.reset();
    await peer.when(() => peer.isClosed);
    expect((await engine.fact('connection.closed', ({ connection }) => connection === 1)).cause).toBe('client-reset');
    expect((await engine.fact('connection.closed', ({ connection }) => connection === 2)).cause).toBe('client-left');
    await upstream.close();
  });
});

it('what refused a request stays what stopped it, also where its body is then cut off', async () => {
  await open('forward');
  await nc(engine.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
  await engine.fact('connection.closed');
  const { row, exchanges } = await engine.call('connection.detail', { connection: 1 });
  expect(row.marks).toEqual(['FWD_NOT_ABSOLUTE', 'H1_INCOMPLETE']);
  expect(exchanges[0]).toMatchObject({ status: 400, failure: { code: 'FWD_NOT_ABSOLUTE' } });
});

describe('to the SOCKS mode', () => {
  it.each(TO_SOCKS)('nc sends %s', async (_, text, code, status) => {
    await open('socks');
    expect(await nc(engine.port, text)).not.toMatch(/HTTP/);
    await expectRow(code, status, text.length);
    await expectServing('socks');
  });
});

describe('to the tunnel mode', () => {
  it.each(TO_HTTP.map(([name, text]) => [name, text] as const))('nc sends %s, which arrive', async (_, text) => {
    const upstream = await TcpServer.open((peer) => peer.socket.on('end', () => peer.end()));
    engine = await ProxyEngine.open({ mode: 'tunnel', tunnelTo: `127.0.0.1:${upstream.port}` });
    expect(await nc(engine.port, text)).toBe('');
    expect((await upstream.peer(0)).received).toBe(text);
    await expectRow(null, null, text.length);
    await upstream.close();
  });
});

describe('in a tunnel that was opened', () => {
  it.each(['forward', 'socks'] as const)('rude bytes arrive as they are, in the %s mode', async (mode) => {
    const upstream = await TcpServer.open((peer) => peer.socket.on('end', () => peer.end()));
    await open(mode);
    const { port } = upstream;
    const asks = {
      forward: `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: a\r\n\r\n`,
      socks: `\x05\x01\x00\x05\x01\x00\x01\x7f\x00\x00\x01${String.fromCharCode(port >> 8, port & 0xff)}`,
    }[mode];
    await nc(engine.port, asks + NOISE);
    expect((await upstream.peer(0)).received).toBe(NOISE);
    await engine.fact('connection.closed', ({ connection }) => connection === 1);
    expect((await engine.call('connection.detail', { connection: 1 })).row.marks).toEqual([]);
    await upstream.close();
  });
});
