import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { NativeProcess } from '../bench/native-process.mjs';
import { selfSigned } from '../support/certificates';
import { curl, replyLines, statuses, type CurlRun } from '../support/curl';
import { ProxyEngine } from '../support/proxy-engine';
import { reverseProxy } from '../support/reverse-proxy';
import { haproxyTo, nginxSite, NodeSite, sha256 } from '../support/sites';
import { TcpClient } from '../support/tcp-client';

const FILE = randomBytes(2_000_000);
const UPLOAD = randomBytes(5_000_000);
const TEXT = 'The quick brown fox jumps over the lazy dog.\n'.repeat(2_000);
const NO_LIMITS = { maxBodyBytes: null } as const;

let folder: string;
let uploadPath: string;
let node: NodeSite;
const engines: ProxyEngine[] = [];
const natives: NativeProcess[] = [];

async function before(url: string, more: object = {}): Promise<ProxyEngine> {
  const engine = await reverseProxy({ servers: [url], settings: NO_LIMITS, ...more });
  engines.push(engine);
  return engine;
}

async function haproxy(port: number, lines?: string): Promise<string> {
  const started = await haproxyTo(port, lines);
  natives.push(started);
  return started.address;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bytescope-upstreams-'));
  uploadPath = join(folder, 'upload');
  writeFileSync(uploadPath, UPLOAD);
  node = await NodeSite.open({
    '/closes': (_, response) => response.writeHead(200, { Connection: 'close' }).end('closed'),
    '/trailers': (request, response) => {
      request.resume().on('end', () => {
        response.writeHead(200, { Trailer: 'X-Sum' }).write('body');
        response.addTrailers({ 'X-Sum': `got ${request.trailers['x-sum']}` });
        response.end();
      });
    },
    '/hints': (_, response) =>
      response.writeEarlyHints({ link: '</a.css>; rel=preload' }, () => response.end('hinted')),
  });
});
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
  await Promise.all(natives.splice(0).map((native) => native.stop()));
});
afterAll(async () => {
  await node.close();
  rmSync(folder, { recursive: true });
});

/** The values of a field as the server at `/told` got it, a line each. */
function toldOf({ body }: CurlRun, name: string): readonly string[] {
  const { rawHeaders } = JSON.parse(body.toString()) as { rawHeaders: string[] };
  return rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === name && index % 2 === 1);
}

/** The same from a connection that curl keeps: both answers, one after the other. */
const twice = (url: string, ...args: string[]): Promise<CurlRun> => curl('-v', ...args, url, url);

describe('nginx behind us', () => {
  let nginx: NativeProcess;
  let engine: ProxyEngine;

  beforeAll(async () => {
    nginx = await nginxSite(`
      root {folder}/site;
      absolute_redirect off;
      gzip on;
      gzip_types text/plain;
      gzip_proxied any;
      location = /moved { return 302 /file; }
      location = /connection { default_type text/plain; return 200 "$connection $connection_requests"; }
      location = /upload { client_max_body_size 1m; return 200 "taken"; }
      location = /stored { client_max_body_size 1m; proxy_pass http://127.0.0.1:${node.port}/echo; }
    `);
    const site = join(nginx.folder, 'site');
    mkdirSync(site);
    writeFileSync(join(site, 'file'), FILE);
    writeFileSync(join(site, 'text.txt'), TEXT);
  });
  afterAll(() => nginx.stop());

  const through = async (more: object = {}): Promise<string> => {
    engine = await before(nginx.address, more);
    return engine.url;
  };

  it('serves a file, every byte of it', async () => {
    const { body } = await curl(`${await through()}/file`);
    expect(sha256(body)).toBe(sha256(FILE));
  });

  it('serves a part of a file', async () => {
    const run = await curl('-v', '-r', '1000000-1000999', `${await through()}/file`);
    expect(statuses(run)).toEqual([206]);
    expect(replyLines(run)).toContain('content-range: bytes 1000000-1000999/2000000');
    expect(run.body.equals(FILE.subarray(1_000_000, 1_001_000))).toBe(true);
  });

  it('says that a file is the one the client has, twice on one connection', async () => {
    const url = `${await through()}/file`;
    const etag = replyLines(await curl('-v', '-I', url))
      .find((line) => line.startsWith('etag: '))
      ?.slice(6);
    const run = await twice(url, '-H', `If-None-Match: ${etag}`);
    expect(statuses(run)).toEqual([304, 304]);
    expect(run.body).toHaveLength(0);
    expect(run.told).toContain('Re-using existing connection');
  });

  it('answers HEAD with the length of what it does not send, twice on one connection', async () => {
    const run = await twice(`${await through()}/file`, '-I');
    expect(statuses(run)).toEqual([200, 200]);
    expect(replyLines(run).filter((line) => line === 'content-length: 2000000')).toHaveLength(2);
    expect(run.told).toContain('Re-using existing connection');
  });

  it('compresses, in chunks', async () => {
    const run = await curl('-v', '-H', 'Accept-Encoding: gzip', `${await through()}/text.txt`);
    expect(replyLines(run)).toContain('content-encoding: gzip');
    expect(replyLines(run)).toContain('transfer-encoding: chunked');
    expect(gunzipSync(run.body).toString()).toBe(TEXT);
  });

  it('answers a client that speaks HTTP/1.0, without chunks', async () => {
    const run = await curl('-v', '-0', '-H', 'Accept-Encoding: gzip', `${await through()}/text.txt`);
    expect(replyLines(run).join('\n')).not.toContain('transfer-encoding');
    expect(gunzipSync(run.body).toString()).toBe(TEXT);
  });

  it('sends elsewhere, and curl goes there through us', async () => {
    const run = await curl('-v', '-L', `${await through()}/moved`);
    expect(statuses(run)).toEqual([302, 200]);
    expect(sha256(run.body)).toBe(sha256(FILE));
  });

  it('keeps one connection for clients that come one after the other, also those that close', async () => {
    const url = `${await through()}/connection`;
    const told = [await curl(url), await curl('-H', 'Connection: close', url), await curl('-0', url)];
    const [connection = ''] = told[0]!.body.toString().split(' ');
    expect(told.map(({ body }) => body.toString())).toEqual([1, 2, 3].map((count) => `${connection} ${count}`));
  });

  it.each([
    ['with its length', []],
    ['in chunks', ['-H', 'Transfer-Encoding: chunked']],
  ])('refuses an upload %s before it is there, and curl hears it', async (_, args) => {
    const url = await through();
    const run = await curl('-v', '-H', 'Expect:', ...args, '--data-binary', `@${uploadPath}`, `${url}/stored`);
    expect(statuses(run)).toEqual([413]);
    expect(run.body.toString()).toContain('413 Request Entity Too Large');
    expect((await curl(`${url}/connection`)).code).toBe(0);
  });

  it('refuses an upload that waits for leave, which then is not sent', async () => {
    const url = await through();
    const run = await curl('-v', '-H', 'Expect: 100-continue', '--data-binary', `@${uploadPath}`, `${url}/upload`);
    expect(statuses(run)).toEqual([413]);
    const { row } = await engine.call('connection.detail', { connection: 1 });
    expect(row.bytesIn).toBeLessThan(1_000);
  });
});

describe('nginx with TLS behind us', () => {
  const started = async (tls: object): Promise<ProxyEngine> => {
    const { certificatePath, keyPath } = selfSigned(folder, 'nginx', '-addext', 'subjectAltName=IP:127.0.0.1');
    const lines = `ssl_protocols TLSv1.3; ssl_certificate ${certificatePath}; ssl_certificate_key ${keyPath};`;
    const nginx = await nginxSite(`${lines} location / { return 200 "$ssl_protocol $connection_requests"; }`, 'ssl');
    natives.push(nginx);
    return before(`https://127.0.0.1:${nginx.port}`, { upstream: { tls } });
  };

  it('is asked over one connection, whose handshake its row tells', async () => {
    const engine = await started({ verify: false });
    expect((await curl(engine.url)).body.toString()).toBe('TLSv1.3 1');
    expect((await curl(engine.url)).body.toString()).toBe('TLSv1.3 2');
    const { row } = await engine.call('connection.detail', { connection: 2 });
    expect(row.tls).toMatchObject({ version: 'TLSv1.3', certificate: { subject: expect.stringContaining('nginx') } });
  });

  it('shows a certificate that nobody signed: 502', async () => {
    const run = await curl('-v', (await started({})).url);
    expect(statuses(run)).toEqual([502]);
    expect(run.body.toString()).toContain('TLS_UPSTREAM_SELF_SIGNED');
  });
});

describe("Node's http behind us", () => {
  const echo = (url: string, ...args: string[]): Promise<CurlRun> =>
    curl('-v', ...args, '--data-binary', `@${uploadPath}`, `${url}/echo`);

  it('gives leave to send 5 MB, gets them, and sends them back', async () => {
    const { url } = await before(node.url);
    const run = await echo(url, '-H', 'Expect: 100-continue');
    expect(statuses(run)).toEqual([100, 200]);
    expect(sha256(run.body)).toBe(sha256(UPLOAD));
  });

  it('gets 5 MB in chunks and sends them back', async () => {
    const { url } = await before(node.url);
    const run = await echo(url, '-H', 'Transfer-Encoding: chunked', '-H', 'Expect:');
    expect(statuses(run)).toEqual([200]);
    expect(sha256(run.body)).toBe(sha256(UPLOAD));
  });

  it('answers a client that speaks HTTP/1.0 with the connection for an end', async () => {
    const { url } = await before(node.url);
    const run = await echo(url, '-0', '-H', 'Expect:');
    expect(replyLines(run).join('\n')).not.toContain('transfer-encoding');
    expect(sha256(run.body)).toBe(sha256(UPLOAD));
  });

  it('closes its connection, and the one of the client stays', async () => {
    const { url } = await before(node.url);
    const connections = node.sockets.length;
    const run = await twice(`${url}/closes`);
    expect(run.body.toString()).toBe('closedclosed');
    expect(run.told).toContain('Re-using existing connection');
    expect(node.sockets).toHaveLength(connections + 2);
  });

  it('takes twenty requests of four clients on as many connections as there were at once', async () => {
    const { url } = await before(node.url);
    const connections = node.sockets.length;
    const client = () => curl(...Array.from({ length: 5 }, () => `${url}/told`));
    const runs = await Promise.all([client(), client(), client(), client()]);
    expect(runs.map(({ body }) => body.toString().match(/"method":"GET"/g)?.length)).toEqual([5, 5, 5, 5]);
    expect(node.sockets.length - connections).toBeLessThanOrEqual(4);
  });

  it('hints early, and then replies', async () => {
    const { url } = await before(node.url);
    const run = await curl('-v', `${url}/hints`);
    expect(statuses(run)).toEqual([103, 200]);
    expect(replyLines(run)).toContain('link: </a.css>; rel=preload');
  });

  it('gets the trailers of a request, and sends its own', async () => {
    const { port } = await before(node.url);
    const headers = { 'Transfer-Encoding': 'chunked', TE: 'trailers', Trailer: 'X-Sum' };
    const request = httpRequest({ port, host: '127.0.0.1', path: '/trailers', method: 'POST', headers });
    request.write('body');
    request.addTrailers({ 'X-Sum': '42' });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(await response.setEncoding('utf8').toArray()).toEqual(['body']);
    expect(response.trailers).toEqual({ 'x-sum': 'got 42' });
  });

  it('hears which way a request took, and nothing of the hop to us', async () => {
    const { url, port } = await before(node.url);
    const run = await curl('-H', 'Connection: X-Hop', '-H', 'X-Hop: 1', '-H', 'Keep-Alive: 5', `${url}/told?a=%20b`);
    expect(run.body.toString()).toContain('"url":"/told?a=%20b"');
    expect(toldOf(run, 'host')).toEqual([`127.0.0.1:${node.port}`]);
    expect(toldOf(run, 'x-forwarded-host')).toEqual([`127.0.0.1:${port}`]);
    expect(toldOf(run, 'x-forwarded-proto')).toEqual(['http']);
    expect(toldOf(run, 'x-hop')).toEqual([]);
    expect(toldOf(run, 'keep-alive')).toEqual([]);
  });

  it('keeps apart the replies to requests that many connections of one client make at once', async () => {
    const { port } = await before(node.url);
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const one = async (index: number): Promise<boolean> => {
      const headers = { 'Content-Length': 10 };
      const request = httpRequest({ port, host: '127.0.0.1', path: '/echo', method: 'PUT', agent, headers });
      const sent = String(index).padStart(10, '-');
      request.end(sent);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      return (await response.setEncoding('utf8').toArray()).join('') === sent;
    };
    const all = await Promise.all(Array.from({ length: 200 }, (_, index) => one(index)));
    agent.destroy();
    expect(all.every(Boolean)).toBe(true);
  });
});

describe('a WebSocket server behind us', () => {
  let server: WebSocketServer;

  beforeAll(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: { threshold: 0 } });
    server.on('connection', (socket) => {
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
    await once(server, 'listening');
  });
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const echoed = async (socket: WebSocket, sent: Buffer | string): Promise<[Buffer, boolean]> => {
    socket.send(sent);
    return (await once(socket, 'message')) as [Buffer, boolean];
  };

  it.each([true, false])(
    'speaks frames both ways and closes with its code (permessage-deflate: %s)',
    async (deflate) => {
      const engine = await before(url());
      const perMessageDeflate = deflate ? { threshold: 0 } : false;
      const socket = new WebSocket(`ws://127.0.0.1:${engine.port}/chat`, { perMessageDeflate });
      await once(socket, 'open');
      expect(socket.extensions).toBe(deflate ? 'permessage-deflate' : '');
      expect((await echoed(socket, TEXT))[0].toString()).toBe(TEXT);
      const [binary, isBinary] = await echoed(socket, FILE);
      expect([sha256(binary), isBinary]).toEqual([sha256(FILE), true]);
      const pong = once(socket, 'pong');
      socket.ping('are you there');
      expect(String((await pong)[0])).toBe('are you there');
      const [accepted] = server.clients;
      const [closed, heard] = [once(socket, 'close'), once(accepted!, 'close')];
      socket.close(4_001, 'enough');
      expect((await heard).map(String)).toEqual(['4001', 'enough']);
      expect((await closed).map(String)).toEqual(['4001', 'enough']);
      const detail = await engine.call('connection.detail', { connection: 1 });
      expect(detail.exchanges[0]).toMatchObject({ status: 101, switchedTo: 'websocket', failure: null });
      expect(detail.row.marks).toEqual([]);
    },
  );

  it('refuses a handshake, and the client hears why', async () => {
    const engine = await before(node.url);
    const socket = new WebSocket(`ws://127.0.0.1:${engine.port}/chat`);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(404);
    response.resume();
  });
});

describe('HAProxy', () => {
  it('behind us carries 5 MB both ways, and keeps its connection to us', async () => {
    const engine = await before(await haproxy(node.port));
    for (let asked = 0; asked < 2; asked += 1) {
      const run = await curl('-v', '--data-binary', `@${uploadPath}`, `${engine.url}/echo`);
      expect(statuses(run).at(-1)).toBe(200);
      expect(sha256(run.body)).toBe(sha256(UPLOAD));
    }
    const servers = engine.factsOf('connection.opened').filter(({ side }) => side === 'upstream');
    expect(servers).toHaveLength(1);
  });

  it.each([
    ['is added to', ['127.0.0.1/32'], '203.0.113.7, 127.0.0.2, 127.0.0.1'],
    ['is replaced', [], '127.0.0.1'],
  ])('in front of us says who asked, and its word %s where it is trusted for %j', async (_, trusted, expected) => {
    const engine = await before(node.url, { forwarding: { trusted } });
    const front = await haproxy(engine.port, 'option forwardfor');
    const forged = ['-H', 'X-Forwarded-For: 203.0.113.7'];
    const run = await curl('--interface', '127.0.0.2', ...forged, `${front}/told`);
    expect(toldOf(run, 'x-forwarded-for').join(', ')).toBe(expected);
  });

  it('in front of us carries 5 MB both ways', async () => {
    const engine = await before(node.url);
    const { body } = await curl('--data-binary', `@${uploadPath}`, `${await haproxy(engine.port)}/echo`);
    expect(sha256(body)).toBe(sha256(UPLOAD));
  });
});

describe('two Bytescopes', () => {
  it('in a row carry 5 MB both ways, with leave to send them, and both stand in Via', async () => {
    const inner = await before(node.url);
    const outer = await before(inner.url);
    const run = await curl('-v', '-H', 'Expect: 100-continue', '--data-binary', `@${uploadPath}`, `${outer.url}/echo`);
    expect(statuses(run)).toEqual([100, 200]);
    expect(sha256(run.body)).toBe(sha256(UPLOAD));
    const via = toldOf(await curl(`${outer.url}/told`), 'via').join(', ');
    expect(via).toMatch(/^1\.1 bytescope-\w+, 1\.1 bytescope-\w+$/);
    expect(new Set(via.split(', ')).size).toBe(2);
  });

  it('that lead to one another tell a request so, after one time round: 508 UP_LOOP', async () => {
    const first = await ProxyEngine.open({});
    engines.push(first);
    const second = await before(first.url);
    await first.call('proxy.change', { mode: 'reverse', upstreams: [second.url] });
    const run = await curl('-v', `${first.url}/`);
    expect(statuses(run)).toEqual([508]);
    expect(run.body.toString()).toContain('UP_LOOP');
    expect(first.factsOf('head').filter(({ relayOf }) => relayOf === null)).toHaveLength(2);
    expect(second.factsOf('head').filter(({ relayOf }) => relayOf === null)).toHaveLength(1);
  });
});

describe('a client that pipelines', () => {
  it('gets the replies of real servers in the order of its requests', async () => {
    const { port } = await before(node.url);
    const client = await TcpClient.open(port);
    const targets = Array.from({ length: 20 }, (_, index) => `/told?${index}`);
    await client.send(targets.map((target) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
    const replies = await client.until(/\?19"[^]*\}/);
    expect(replies.match(/"url":"([^"]+)"/g)).toEqual(targets.map((target) => `"url":"${target}"`));
    client.close();
  });
});
