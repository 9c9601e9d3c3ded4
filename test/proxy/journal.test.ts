import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { ProxyChange } from '../../src-main/contract/proxy-state';
import type { NativeProcess } from '../bench/native-process.mjs';
import { certificateFolder, removeCertificateFolders, selfSigned } from '../support/certificates';
import { curl } from '../support/curl';
import { ProxyEngine } from '../support/proxy-engine';
import { nginxSite, NodeSite } from '../support/sites';
import { TcpClient } from '../support/tcp-client';
import { TcpServer, type TcpPeer } from '../support/tcp-server';
import { tshark } from '../support/tshark';

const UPLOAD = randomBytes(3_000_000);

/** What was under the TLS of a client is shown at a port of its own, beside the records of the carrier. */
const SHOWN_FOR_TLS = 80;

let folder: string;
let site: NodeSite;
let nginx: NativeProcess;
let engine: ProxyEngine;

const journal = (): string => join(folder, 'session.pcapng');

async function record(change: ProxyChange): Promise<void> {
  engine = await ProxyEngine.open(change, { maxBodyBytes: null }, join(folder, 'ca'), '127.0.0.1', journal());
}

beforeAll(async () => {
  site = await NodeSite.open();
  const { certificatePath, keyPath } = selfSigned(
    certificateFolder(),
    'site',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
  );
  const lines = `ssl_certificate ${certificatePath}; ssl_certificate_key ${keyPath};`;
  nginx = await nginxSite(`${lines} location = / { return 200 "secret"; }`, 'ssl');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bytescope-journal-'));
  writeFileSync(join(folder, 'upload'), UPLOAD);
});
afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});
afterAll(async () => {
  await site.close();
  await nginx.stop();
  removeCertificateFolders();
});

const own = (): string => `127.0.0.1:${engine.port}`;

/** What tshark makes of a packet, in the columns below. */
interface Packet {
  readonly ports: readonly string[];
  readonly uri: string;
  readonly status: string;
  /** Of WebSocket frames. */
  readonly opcodes: readonly string[];
  readonly isReset: boolean;
  /** What Wireshark marks in red or black: lost, repeated or overlapping segments, broken packets. */
  readonly oddities: string;
  readonly comment: string;
}

const COLUMNS = [
  'tcp.port',
  'http.request.uri',
  'http.response.code',
  'websocket.opcode',
  'tcp.flags.reset',
  'tcp.analysis.flags',
  '_ws.malformed',
  'frame.comment',
].flatMap((field) => ['-e', field]);

/** `protocols`: of ports, `http` or `socks`. */
async function packets(protocols: Readonly<Record<number, string>>): Promise<readonly Packet[]> {
  await engine.close();
  const decode = Object.entries(protocols).flatMap(([port, protocol]) => ['-d', `tcp.port==${port},${protocol}`]);
  return tshark(journal(), ...decode, '-T', 'fields', ...COLUMNS).map((line) => {
    const [ports = '', uri = '', status = '', opcodes = '', reset = '', flags = '', malformed = '', comment = ''] =
      line.split('\t');
    return {
      ports: ports.split(','),
      uri,
      status,
      opcodes: opcodes.split(','),
      isReset: /^(1|True)$/.test(reset),
      oddities: flags + malformed,
      comment,
    };
  });
}

const odd = (all: readonly Packet[]): readonly Packet[] => all.filter(({ oddities }) => oddities !== '');

/** Targets and statuses that went over connections to this port. */
const messages = (all: readonly Packet[], port: number): string[] =>
  all.flatMap(({ ports, uri, status }) => (ports.includes(String(port)) ? [uri, status] : [])).filter(Boolean);

const comments = (all: readonly Packet[]): string => all.map(({ comment }) => comment).join('\n');

/** Resets on connections of this port. */
const resets = (all: readonly Packet[], port: number | undefined): number =>
  all.filter(({ isReset, ports }) => isReset && ports.includes(String(port))).length;

describe('tshark finds in the journal', () => {
  it('of the reverse mode both sides of each exchange, and nothing odd', async () => {
    await record({ mode: 'reverse', upstreams: [site.url] });
    await curl('-H', 'Expect:', '--data-binary', `@${join(folder, 'upload')}`, `${engine.url}/echo`);
    await curl('-H', 'Transfer-Encoding: chunked', '--data-binary', 'chunked', `${engine.url}/echo`);
    await curl(`${engine.url}/told`, `${engine.url}/missing`);
    const all = await packets({ [engine.port]: 'http', [site.port]: 'http' });
    const both = ['/echo', '200', '/echo', '200', '/told', '200', '/missing', '404'];
    expect([messages(all, engine.port), messages(all, site.port)]).toEqual([both, both]);
    expect(odd(all)).toEqual([]);
  });

  it('of the forward mode whole URLs at our side, paths at the other', async () => {
    await record({ mode: 'forward' });
    await curl('-x', own(), `${site.url}/told`, `${site.url}/missing`);
    const all = await packets({ [engine.port]: 'http', [site.port]: 'http' });
    expect(messages(all, engine.port)).toEqual([`${site.url}/told`, '200', `${site.url}/missing`, '404']);
    expect(messages(all, site.port)).toEqual(['/told', '200', '/missing', '404']);
    expect(odd(all)).toEqual([]);
  });

  it('of a tunnel CONNECT, and what went through it at the other side', async () => {
    await record({ mode: 'forward' });
    const flags = ['--proxytunnel', '-x', own(), '-H', 'Expect:'];
    await curl(...flags, '--data-binary', `@${join(folder, 'upload')}`, `${site.url}/echo`);
    const all = await packets({ [engine.port]: 'http', [site.port]: 'http' });
    expect(messages(all, engine.port).slice(0, 2)).toEqual([`127.0.0.1:${site.port}`, '200']);
    expect(messages(all, site.port)).toEqual(['/echo', '200']);
    expect(odd(all)).toEqual([]);
  });

  it('of the SOCKS mode the request behind the handshake', async () => {
    await record({ mode: 'socks' });
    await curl('--socks5', own(), `${site.url}/told`);
    const all = await packets({ [engine.port]: 'socks', [site.port]: 'http' });
    expect(messages(all, site.port)).toEqual(['/told', '200']);
    expect(odd(all)).toEqual([]);
  });

  it('of the tunnel mode the same at both sides', async () => {
    await record({ mode: 'tunnel', tunnelTo: `127.0.0.1:${site.port}` });
    await curl(`${engine.url}/told`);
    const all = await packets({ [engine.port]: 'http', [site.port]: 'http' });
    expect([messages(all, engine.port), messages(all, site.port)]).toEqual([
      ['/told', '200'],
      ['/told', '200'],
    ]);
    expect(odd(all)).toEqual([]);
  });

  it('of interception what was under the TLS of the client', async () => {
    await record({ mode: 'forward', forward: { intercept: ['*'] } });
    const run = await curl('-k', '-x', own(), `https://127.0.0.1:${nginx.port}/`);
    // Nobody this process trusts has signed the certificate of the server.
    expect(run.body.toString()).toContain('TLS_UPSTREAM_SELF_SIGNED');
    const all = await packets({ [engine.port]: 'http' });
    expect(messages(all, engine.port)).toEqual([`127.0.0.1:${nginx.port}`, '200']);
    expect(messages(all, SHOWN_FOR_TLS)).toEqual(['/', '502']);
    expect(odd(all)).toEqual([]);
  });

  it('of a client and a server that speak TLS what was under it', async () => {
    const servers = [{ url: `https://127.0.0.1:${nginx.port}` }];
    const config = JSON.stringify({ upstreams: { api: { servers, tls: { verify: false } } } });
    await record({ mode: 'reverse', config, tls: { kind: 'local-ca' } });
    await curl('-k', `https://${own()}/`, `https://${own()}/missing`);
    const all = await packets({ [nginx.port]: 'http' });
    const both = ['/', '200', '/missing', '404'];
    expect([messages(all, SHOWN_FOR_TLS), messages(all, nginx.port)]).toEqual([both, both]);
    expect(odd(all)).toEqual([]);
  });

  it('of a WebSocket the frames of both sides', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
    await once(server, 'listening');
    server.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
    const { port } = server.address() as AddressInfo;
    await record({ mode: 'reverse', upstreams: [`127.0.0.1:${port}`] });
    const socket = new WebSocket(`ws://${own()}/chat`);
    await once(socket, 'open');
    socket.send('hello');
    await once(socket, 'message');
    socket.close(1000);
    await once(socket, 'close');
    await new Promise<void>((resolve) => void server.close(() => resolve()));
    const all = await packets({ [engine.port]: 'http', [port]: 'http' });
    const frames = (at: number) =>
      all.flatMap(({ ports, opcodes }) => (ports.includes(String(at)) ? opcodes : [])).filter(Boolean);
    // Text, the same back as binary, close from both.
    const both = ['1', '2', '8', '8'];
    expect([frames(engine.port), frames(port)]).toEqual([both, both]);
    expect(odd(all)).toEqual([]);
  });
});

describe('tshark finds a connection that was', () => {
  let server: TcpServer;

  beforeEach(async () => {
    server = await TcpServer.open();
  });
  afterEach(() => server.close());

  it('reset by its server in the middle of a reply, and what that led to', async () => {
    await record({ mode: 'reverse', upstreams: [server.url] });
    const client = await TcpClient.open(engine.port);
    await client.send('GET /cut HTTP/1.1\r\nHost: a\r\n\r\n');
    const peer = await server.peer(0);
    await peer.until(/\r\n\r\n/);
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc');
    await client.until(/abc$/);
    peer.reset();
    await client.untilEnd();
    client.close();
    const all = await packets({ [engine.port]: 'http', [server.port]: 'http' });
    expect([resets(all, server.port), resets(all, engine.port)]).toEqual([1, 0]);
    expect(comments(all)).toMatch(/UP_CUT_SHORT/);
    expect(odd(all)).toEqual([]);
  });

  it('reset by its client in the middle of a body, and by us at the server', async () => {
    await record({ mode: 'reverse', upstreams: [server.url] });
    const client = await TcpClient.open(engine.port);
    await client.send('POST /cut HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc');
    const peer = await server.peer(0);
    await peer.until(/abc$/);
    client.reset();
    await peer.when(() => peer.isClosed);
    const all = await packets({ [engine.port]: 'http', [server.port]: 'http' });
    expect([resets(all, engine.port), resets(all, server.port)]).toEqual([1, 1]);
    expect(odd(all)).toEqual([]);
  });

  it('refused: no packet is made up for it, and the client is told by 502', async () => {
    const { port, url } = server;
    await server.close();
    await record({ mode: 'forward' });
    await curl('-x', own(), `${url}/refused`);
    const all = await packets({ [engine.port]: 'http' });
    expect(messages(all, engine.port)).toEqual([`${url}/refused`, '502']);
    expect(all.filter(({ ports }) => ports.includes(String(port)))).toEqual([]);
    expect(comments(all)).toMatch(/UP_CONNECT/);
    expect(odd(all)).toEqual([]);
  });

  it.each(['client', 'server'])('a tunnel that its %s reset, and the other side of it', async (side) => {
    await record({ mode: 'tunnel', tunnelTo: `127.0.0.1:${server.port}` });
    const client = await TcpClient.open(engine.port);
    await client.send('to and');
    const peer = await server.peer(0);
    await peer.until(/to and$/);
    peer.send('fro');
    await client.until(/fro$/);
    if (side === 'client') client.reset();
    else peer.reset();
    await Promise.all([client.untilClosed(), peer.when(() => peer.isClosed)]);
    const all = await packets({});
    expect([resets(all, engine.port), resets(all, server.port)]).toEqual([1, 1]);
    expect(odd(all)).toEqual([]);
  });

  it('failed in any other way, with its note at one of its packets', async () => {
    const config = (scheme: string): string =>
      JSON.stringify({
        upstreams: { api: { servers: [{ url: `${scheme}://127.0.0.1:${server.port}` }], retry: null } },
      });
    await record({ mode: 'reverse', config: config('http') });
    const asked = async (index: number, answer: (peer: TcpPeer) => void, method = 'GET'): Promise<void> => {
      const client = await TcpClient.open(engine.port);
      await client.send(`${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      const peer = await server.peer(index);
      answer(peer);
      await client.untilEnd();
      client.close();
    };
    await asked(0, (peer) => peer.send('SSH-2.0\r\n'));
    await asked(1, (peer) => peer.end(), 'POST');
    await asked(2, (peer) => peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'));
    await asked(3, (peer) => peer.send('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
    await engine.call('settings.set', { name: 'replyTimeoutMs', value: 50 });
    await asked(4, () => undefined);
    await engine.call('settings.set', { name: 'connectTimeoutMs', value: 50 });
    await engine.call('proxy.change', { config: config('https') });
    await asked(5, () => undefined);
    await asked(6, (peer) => peer.send('HTTP/1.1 400 No TLS\r\n\r\n'));
    await asked(7, (peer) => peer.reset());
    const rude = await TcpClient.open(engine.port);
    await rude.send('GET / HT');
    rude.end();
    await rude.untilEnd();
    const all = await packets({ [engine.port]: 'http' });
    for (const code of ['UP_MALFORMED', 'UP_CLOSED', 'UP_CODED', 'UP_SWITCHED', 'H1_INCOMPLETE']) {
      expect(comments(all)).toContain(code);
    }
    for (const code of ['LIM_REPLY_TIMEOUT', 'LIM_CONNECT_TIMEOUT', 'TLS_UPSTREAM_PLAIN']) {
      expect(comments(all)).toContain(code);
    }
    expect(odd(all)).toEqual([]);
  });
});
