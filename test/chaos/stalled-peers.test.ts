/**
 * Many transfers whose receiver reads nothing: the sender behind the proxy must be stopped, and the proxy must
 * hold little of each. Then one receiver reads on, and gets everything.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BODY_BYTES, EndlessSender, expectedHash } from './endless';
import { startProxy, type ProxyUnderTest } from './proxy-under-test';

/** The kernels hold some 9 MB of each, and all of them together have to stay below what Linux lets sockets take. */
const TRANSFERS = 100;
const KILOBYTE = 1024;
const MAX_HELD_BYTES = 256 * KILOBYTE;
/** What the kernels hold of one: 9 to 20 MB have been seen, with nginx and HAProxy as with Bytescope. */
const MAX_TAKEN_BYTES = 48 * KILOBYTE * KILOBYTE;
/** Without a further byte for so long, nobody sends any more. */
const STILL_MS = 1_000;

const LENGTH = `Content-Length: ${BODY_BYTES}\r\n`;
const DOWNLOAD = 'GET /download HTTP/1.1\r\nHost: a\r\n\r\n';
const UPLOAD = `POST /upload HTTP/1.1\r\nHost: a\r\n${LENGTH}\r\n`;
const SMALL = 'GET /small HTTP/1.1\r\nHost: a\r\n\r\n';

let clients: Socket[] = [];
let senders: EndlessSender[] = [];
/** Connections of the proxy whose body the upstream does not read. */
let unread: Socket[] = [];
const upstreamSockets = new Set<Socket>();
let upstream: Server;
let proxy: ProxyUnderTest;

function serve(socket: Socket): void {
  upstreamSockets.add(socket);
  socket.on('close', () => upstreamSockets.delete(socket));
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    const [, target] = /^[A-Z]+ \/(\w+) /.exec(bytes.toString('latin1', 0, 40)) ?? [];
    if (target === 'small') socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    if (target === 'download') sendDownload(socket);
    if (target === 'upload') unread.push(socket.pause());
  });
}

function sendDownload(socket: Socket): void {
  socket.write(`HTTP/1.1 200 OK\r\n${LENGTH}\r\n`);
  const sender = new EndlessSender(socket);
  senders.push(sender);
  sender.start();
}

/** A client that reads nothing, not even into the buffers of Node. */
async function stalledClient(request: string): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1').pause();
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  socket.write(request);
  return socket;
}

async function uploadingClient(): Promise<Socket> {
  const socket = await stalledClient(UPLOAD);
  const sender = new EndlessSender(socket);
  senders.push(sender);
  sender.start();
  return socket;
}

async function smallReply(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1', () => socket.write(SMALL));
  await once(socket, 'data');
  return socket;
}

const all = <Item>(make: () => Promise<Item>): Promise<Item[]> =>
  Promise.all(Array.from({ length: TRANSFERS }, () => make()));

const takenBytes = (): number => senders.reduce((sum, { taken }) => sum + taken, 0);

async function untilStill(): Promise<void> {
  for (let before = -1; before !== takenBytes();) {
    before = takenBytes();
    await delay(STILL_MS);
  }
}

/** Reads what a paused socket still brings, from after the head on. */
async function bodyHash(socket: Socket): Promise<string> {
  const hash = createHash('sha1');
  let left = BODY_BYTES;
  let isInHead = true;
  socket.on('data', (bytes: Buffer) => {
    const start = isInHead ? bytes.indexOf('\r\n\r\n') + 4 : 0;
    isInHead = false;
    hash.update(bytes.subarray(start));
    left -= bytes.length - start;
    if (left <= 0) socket.destroy();
  });
  socket.resume();
  await once(socket, 'close');
  return left === 0 ? hash.digest('hex') : `${left} bytes are missing`;
}

interface Memory {
  readonly held: number;
  readonly resident: number;
}

async function memoryNow(): Promise<Memory> {
  const held = await proxy.heldBytes();
  return { held, resident: proxy.residentBytes() };
}

/** The memory that many transfers take which do not move, each; what many idle connections take is not counted. */
async function takenByEach(makeTransfers: () => Promise<unknown>, begun: readonly unknown[]): Promise<Memory> {
  const idle = await all(smallReply);
  const before = await memoryNow();
  await makeTransfers();
  await expect.poll(() => begun.length, { timeout: 10_000 }).toBe(TRANSFERS);
  await untilStill();
  const after = await memoryNow();
  for (const socket of idle) socket.destroy();
  return {
    held: (after.held - before.held) / TRANSFERS,
    resident: (after.resident - before.resident) / TRANSFERS,
  };
}

function report({ held, resident }: Memory, taken: number): void {
  const [heldKb, residentKb, takenKb] = [held, resident, taken].map((bytes) => Math.round(bytes / KILOBYTE));
  console.log(
    `held ${heldKb} KB of each (resident memory grew by ${residentKb} KB); taken from the sender ${takenKb} KB`,
  );
}

beforeAll(async () => {
  upstream = createServer({ noDelay: true }, serve).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  proxy = await startProxy([(upstream.address() as AddressInfo).port], { isPatient: true });
  // What passing many bytes takes once, such as a journal's buffers and compiled code, is not what stalling takes.
  expect(await bodyHash(await stalledClient(DOWNLOAD))).toBe(expectedHash());
}, 30_000);

afterEach(() => {
  for (const socket of clients) socket.destroy();
});

afterAll(async () => {
  await proxy.stop();
  for (const socket of upstreamSockets) socket.destroy();
  upstream.close();
  proxy.remove();
});

describe(`${TRANSFERS} bodies of ${BODY_BYTES / KILOBYTE ** 2} MB`, () => {
  it('that clients do not read stop the server that sends them, and take little memory', async () => {
    senders = [];
    const memory = await takenByEach(async () => (clients = await all(() => stalledClient(DOWNLOAD))), senders);
    const most = Math.max(...senders.map(({ taken }) => taken));
    report(memory, most);
    expect(most).toBeLessThan(MAX_TAKEN_BYTES);
    expect(memory.held).toBeLessThan(MAX_HELD_BYTES);
    const [reader] = clients;
    expect(reader === undefined ? '' : await bodyHash(reader)).toBe(expectedHash());
  }, 60_000);

  it('that the server does not read stop the clients that send them, and take little memory', async () => {
    senders = [];
    unread = [];
    const memory = await takenByEach(async () => (clients = await all(uploadingClient)), unread);
    const most = Math.max(...senders.map(({ taken }) => taken));
    report(memory, most);
    expect(most).toBeLessThan(MAX_TAKEN_BYTES);
    expect(memory.held).toBeLessThan(MAX_HELD_BYTES);
  }, 60_000);

  it('leave no connection to the server once their clients are gone', async () => {
    await expect.poll(() => [...upstreamSockets].filter((socket) => !socket.isPaused()).length).toBeLessThan(TRANSFERS);
    for (const socket of unread) socket.resume();
    await expect.poll(() => upstreamSockets.size, { timeout: 20_000 }).toBeLessThanOrEqual(32);
  }, 30_000);
});
