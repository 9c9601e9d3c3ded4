/**
 * What a normal client notices while others hurt the server: 1,000 slow heads, slow bodies and slow readers of
 * slowhttptest for 20 s each, then 10,000 connections held open; and whether memory comes back afterwards.
 */
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import { LOAD_CORE, onCore } from './machine.mjs';
import { ENGINE_ARGS, ServerProcess } from './server-process.mjs';
import { quantile } from './statistics.mjs';

const run = promisify(execFile);

const ATTACKERS = 1_000;
const SECONDS = 20;
const CROWD = 10_000;
const ASK_EVERY_MS = 20;
/** Lingering connections are gone by then. */
const SETTLE_MS = 8_000;
const HOLDER = join(import.meta.dirname, 'servers', 'hold-open.mjs');

/** With the defaults most attackers would be cut after 10 s; here all of them stay to the end. */
const PATIENT = ['headTimeoutMs=60s', 'bodyTimeoutMs=60s', 'minBodyBytesPerSec=off'].flatMap((text) => ['--set', text]);

/** What slow readers are sent repeats their target, so that it does not fit in the buffers of the kernel. */
const ATTACKS = [
  { name: 'slow heads', flags: ['-H', '-i', '1'], path: '/anything' },
  { name: 'slow bodies', flags: ['-B', '-i', '1', '-s', '100000'], path: '/echo' },
  {
    name: 'slow readers',
    flags: ['-X', '-n', '1', '-z', '32', '-w', '512', '-y', '1024', '-k', '10'],
    path: `/anything/${'x'.repeat(7_900)}`,
  },
];

/** One request on a connection of its own, as curl would make it. Milliseconds until its reply is whole. */
async function ask(/** @type {number} */ port) {
  const start = performance.now();
  const socket = connect(port, '127.0.0.1', () =>
    socket.write('GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'),
  );
  let reply = '';
  socket.setEncoding('latin1').on('data', (text) => (reply += text));
  await once(socket, 'close');
  if (!reply.startsWith('HTTP/1.1 200 ')) throw new Error(`a normal client got: ${reply.slice(0, 60) || 'nothing'}`);
  return performance.now() - start;
}

/** Asks until the work is done; every answer has to be a 200. */
async function askDuring(/** @type {number} */ port, /** @type {Promise<unknown>} */ work) {
  let isOver = false;
  const over = work.finally(() => (isOver = true));
  const delays = [];
  while (!isOver) {
    delays.push(await ask(port));
    await setTimeout(ASK_EVERY_MS);
  }
  await over;
  return {
    answers: delays.length,
    p50: quantile(delays, 0.5),
    p99: quantile(delays, 0.99),
    worst: Math.max(...delays),
  };
}

/** What slowhttptest says at its end: how many it had open, and whether the service was there. */
async function attack(/** @type {number} */ port, /** @type {(typeof ATTACKS)[number]} */ { flags, path }) {
  const url = `http://127.0.0.1:${port}${path}`;
  const args = [...flags, '-c', String(ATTACKERS), '-r', String(ATTACKERS), '-l', String(SECONDS), '-u', url];
  const [program, ...rest] = onCore(LOAD_CORE, 'slowhttptest', args);
  const { stdout } = await run(program, rest, { maxBuffer: 1e8, timeout: (SECONDS + 30) * 1_000 });
  // Colours come between the words.
  const text = stdout.replaceAll(/\x1b\[[\d;]*m/g, '');
  const most = Math.max(0, ...[...text.matchAll(/connected:\s+(\d+)/g)].map(([, count]) => Number(count)));
  const isHurt = /service available:\s+NO/.test(text);
  return { most, isHurt };
}

/** Empties the list, as a person does in the window: what is kept to be looked at is no leak. */
async function clearList(/** @type {string} */ url) {
  const { origin, host, hash } = new URL(url);
  const socket = new WebSocket(`ws://${host}/ws?${hash.slice(1)}`, { origin });
  await once(socket, 'open');
  socket.send(JSON.stringify({ id: 1, call: 'connections.clear', params: {} }));
  await once(socket, 'message');
  socket.terminate();
}

/** Resident and used memory once closed connections are gone, on the server's side too, and out of the list. */
async function memoryAtRest(/** @type {ServerProcess} */ server) {
  await setTimeout(SETTLE_MS);
  await clearList(server.addresses[1] ?? '');
  const { rss, heapUsed, arrayBuffers } = await server.memory();
  return { resident: rss, used: heapUsed + arrayBuffers };
}

async function underAttack(/** @type {ServerProcess} */ server, /** @type {(typeof ATTACKS)[number]} */ kind) {
  const before = await memoryAtRest(server);
  const attacking = attack(server.port, kind);
  const noticed = await askDuring(server.port, attacking);
  const { most, isHurt } = await attacking;
  return { name: `${kind.name}, ${SECONDS} s`, most, isHurt, ...noticed, before, after: await memoryAtRest(server) };
}

/** Connections of a process of its own, each with one reply, held open while a normal client asks. */
async function underCrowd(/** @type {ServerProcess} */ server) {
  const before = await memoryAtRest(server);
  const [execPath, ...execArgv] = onCore(LOAD_CORE, process.execPath);
  const holder = fork(HOLDER, [String(server.port), String(CROWD)], { execPath, execArgv });
  const opening = once(holder, 'message');
  const noticed = await askDuring(
    server.port,
    opening.then(() => setTimeout(2_000)),
  );
  const [most] = await opening;
  const ended = once(holder, 'exit');
  holder.kill('SIGTERM');
  await ended;
  return {
    name: 'held open',
    most: Number(most),
    isHurt: false,
    ...noticed,
    before,
    after: await memoryAtRest(server),
  };
}

export async function measureSiege(/** @type {{ cli: string }} */ { cli }) {
  const server = await ServerProcess.start(cli, [...ENGINE_ARGS, ...PATIENT, '--ui=127.0.0.1:0'], { addresses: 2 });
  try {
    // What is made once, at the first connections, is no leak.
    for (let count = 0; count < 200; count += 1) await ask(server.port);
    const rows = [];
    for (const kind of ATTACKS) rows.push(await underAttack(server, kind));
    rows.push(await underCrowd(server));
    return rows;
  } finally {
    await server.stop();
  }
}
