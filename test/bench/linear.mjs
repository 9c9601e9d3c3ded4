/**
 * Work that hostile clients make for a server, once and twice as much of it: the time must be twice as much too, and
 * the loop of the engine must never be held for long.
 */
import { connect } from 'node:net';
import { once } from 'node:events';
import { ENGINE_ARGS, ServerProcess } from './server-process.mjs';
import { median } from './statistics.mjs';

const ROUNDS = 3;
const OFF = ['maxTargetBytes', 'maxBodyBytes', 'bodyTimeoutMs'].flatMap((name) => ['--set', `${name}=off`]);
const WIDE = [...OFF, '--set', 'maxHeadBytes=1048576'];

const HOST = 'Host: a\r\n';
const tinyChunks = (/** @type {number} */ count) =>
  `POST /health HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n${'1\r\nx\r\n'.repeat(count)}0\r\n\r\n`;
const fields = (/** @type {number} */ count) => `GET / HTTP/1.1\r\n${HOST}${'a: b\r\n'.repeat(count)}\r\n`;
const longTarget = (/** @type {number} */ bytes) =>
  `GET /anything/${'x'.repeat(bytes)} HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;
const pipelined = (/** @type {number} */ count) =>
  `GET /health HTTP/1.1\r\n${HOST}\r\n`.repeat(count - 1) + `GET /health HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;

/** @typedef {{ name: string, size: number, status: number, request: (size: number) => string, piece?: number }} Case */

/** @type {readonly Case[]} */
const CASES = [
  { name: 'head in 1-byte writes, bytes', size: 8_000, status: 200, request: longTarget, piece: 1 },
  { name: 'fields, refused at the 101st', size: 100_000, status: 431, request: fields },
  { name: 'target, bytes', size: 64 * 1_024, status: 200, request: longTarget },
  { name: 'pipelined requests in one write', size: 10_000, status: 200, request: pipelined },
  { name: 'chunks of one byte', size: 1_000_000, status: 405, request: tinyChunks },
];

/** Milliseconds from the first byte sent to the end of the connection. */
async function send(
  /** @type {number} */ port,
  /** @type {Case} */ { request, status, piece },
  /** @type {number} */ size,
) {
  const bytes = Buffer.from(request(size), 'latin1');
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let first = '';
  socket.on('data', (data) => (first ||= data.toString('latin1', 0, 12)));
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  const start = performance.now();
  if (piece === undefined) socket.write(bytes);
  else for (let at = 0; at < bytes.length; at += piece) await written(socket, bytes.subarray(at, at + piece));
  await closed;
  if (first !== `HTTP/1.1 ${status}`) throw new Error(`expected ${status}, got ${first || 'nothing'}`);
  return performance.now() - start;
}

/** @param {import('node:net').Socket} socket @param {Buffer} bytes */
const written = (socket, bytes) => new Promise((done) => socket.write(bytes, done));

export async function measureLinear(/** @type {{ cli: string }} */ { cli }) {
  const server = await ServerProcess.start(cli, [...ENGINE_ARGS, ...WIDE]);
  try {
    const rows = [];
    for (const kind of CASES) {
      await send(server.port, kind, kind.size / 4);
      await server.longestHold();
      const half = [];
      const whole = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        half.push(await send(server.port, kind, kind.size / 2));
        whole.push(await send(server.port, kind, kind.size));
      }
      const heldMs = await server.longestHold();
      rows.push({ name: kind.name, size: kind.size, halfMs: median(half), wholeMs: median(whole), heldMs });
    }
    return rows;
  } finally {
    await server.stop();
  }
}
