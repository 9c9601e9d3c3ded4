/** What a connection costs that had its reply and waits: resident memory after garbage is collected. */
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ENGINE_ARGS, ServerProcess } from './server-process.mjs';
import { smallGet } from './workloads.mjs';

const CONNECTIONS = 10_000;
const AT_ONCE = 100;
/** Until closed connections are gone on the server's side too. */
const SETTLE_MS = 500;

/** Opens a connection and, once its reply is there, leaves it. */
async function open(/** @type {number} */ port) {
  const socket = connect(port, '127.0.0.1', () => socket.write(smallGet));
  await once(socket, 'data');
  return socket;
}

async function openAll(/** @type {number} */ port, /** @type {number} */ count) {
  const sockets = [];
  while (sockets.length < count) {
    sockets.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => open(port)))));
  }
  return sockets;
}

/** @returns {Promise<number>} bytes a connection */
async function measure(/** @type {string} */ script, /** @type {readonly string[]} */ args) {
  const server = await ServerProcess.start(script, args);
  try {
    // What is made once, at the first connections, is not theirs.
    for (const socket of await openAll(server.port, AT_ONCE)) socket.destroy();
    await setTimeout(SETTLE_MS);
    const before = await server.memory();
    const sockets = await openAll(server.port, CONNECTIONS);
    const after = await server.memory();
    for (const socket of sockets) socket.destroy();
    return (after.rss - before.rss) / CONNECTIONS;
  } finally {
    await server.stop();
  }
}

export const measureIdleMemory = async (/** @type {{ cli: string }} */ { cli }) => ({
  connections: CONNECTIONS,
  engine: await measure(cli, ENGINE_ARGS),
  net: await measure(join(import.meta.dirname, 'servers', 'bare-net.mjs'), [String(smallGet.length)]),
});
