import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type * as Tls from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { chromium, type Browser } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { CHROMIUM_ARGS, CHROMIUM_PATH } from '../chromium';
import { certificateFolder, removeCertificateFolders, selfSigned } from '../support/certificates';
import { ProxyEngine } from '../support/proxy-engine';

/** Which authorities upstream connections trust cannot be said within a process: NODE_EXTRA_CA_CERTS is read at its start. */
const trusted = vi.hoisted(() => ({ ca: [] as string[] }));
vi.mock('node:tls', async (original) => {
  const tls = await original<typeof Tls>();
  const connect = (options: ConnectionOptions) => tls.connect({ ...options, ca: trusted.ca });
  return { ...tls, connect };
});

const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const PAGE = `<!doctype html><title>site</title><link rel="icon" href="data:,"><img src="/pixel.gif" alt="">
<script src="/script.js"></script>`;
const SCRIPT = `
const socket = new WebSocket('wss://' + location.host + '/socket');
socket.onopen = () => socket.send('hello');
const answered = new Promise((resolve) => (socket.onmessage = ({ data }) => resolve(data)));
const loaded = new Promise((resolve) => addEventListener('load', resolve));
window.done = (async () => [
  await (await fetch('/data', { method: 'POST', body: 'x'.repeat(300000) })).text(),
  await answered,
  await loaded.then(() => document.images[0].naturalWidth),
])();`;

const REPLIES: Readonly<Record<string, readonly [string, string | Buffer]>> = {
  '/': ['text/html', PAGE],
  '/script.js': ['text/javascript', SCRIPT],
  '/pixel.gif': ['image/gif', PIXEL],
};

let folder: string;
let site: Server;
let sockets: WebSocketServer;
let engine: ProxyEngine;
let browser: Browser;

beforeAll(async () => {
  folder = certificateFolder();
  const files = selfSigned(folder, 'site', '-addext', 'subjectAltName=DNS:localhost');
  const cert = readFileSync(files.certificatePath, 'utf8');
  trusted.ca.push(cert);
  site = createServer({ cert, key: readFileSync(files.keyPath) }, (request, response) => {
    const [type, body] = REPLIES[request.url ?? ''] ?? ['text/plain', ''];
    response.setHeader('Content-Type', type);
    if (request.url !== '/data') return void response.end(body);
    let length = 0;
    request.on('data', (bytes: Buffer) => (length += bytes.length));
    request.on('end', () => response.end(`took ${length}`));
  });
  sockets = new WebSocketServer({ server: site });
  sockets.on('connection', (socket) => socket.on('message', (message) => socket.send(`echo ${String(message)}`)));
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  sockets.close();
  site.closeAllConnections();
  site.close();
  removeCertificateFolders();
});
beforeEach(async () => {
  engine = await ProxyEngine.open({ mode: 'forward', forward: { intercept: ['localhost'] } }, {}, folder);
  const spki = engine.engine.proxy.ca?.spkiSha256 ?? '';
  browser = await chromium.launch({
    executablePath: CHROMIUM_PATH,
    args: [
      ...CHROMIUM_ARGS,
      `--proxy-server=${engine.url}`,
      '--proxy-bypass-list=<-loopback>',
      `--ignore-certificate-errors-spki-list=${spki}`,
    ],
  });
});
afterEach(async () => {
  await browser.close();
  await engine.close();
});

describe('Chromium behind the forward proxy', () => {
  it('browses an https site that is intercepted: page, script, image, fetch and WebSocket', async () => {
    const page = await browser.newPage();
    await page.goto(`https://localhost:${(site.address() as AddressInfo).port}/`);
    expect(await page.evaluate('window.done')).toEqual(['took 300000', 'echo hello', 1]);

    const inner = engine.factsOf('connection.secured').map(({ connection }) => connection);
    const details = await Promise.all(inner.map((connection) => engine.call('connection.detail', { connection })));
    const clients = details.filter(({ row }) => row.side === 'client');
    const requests = clients.flatMap(({ exchanges }) => exchanges);
    expect(requests.map(({ method, target, status }) => `${method} ${target} ${status}`).sort()).toEqual([
      'GET / 200',
      'GET /pixel.gif 200',
      'GET /script.js 200',
      'GET /socket 101',
      'POST /data 200',
    ]);
    expect(requests.find(({ target }) => target === '/socket')?.switchedTo).toBe('websocket');
    expect(clients.every(({ row }) => row.carrier !== null && row.tls?.alpn === 'http/1.1')).toBe(true);
  });
});
