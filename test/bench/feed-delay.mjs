/**
 * From the first byte of a connection's request to the moment its row is in the hands of a viewer, over the
 * WebSocket a browser tab would use. Sent at odd times, so that they fall anywhere between two batches.
 */
import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { ENGINE_ARGS, ServerProcess } from './server-process.mjs';
import { quantile } from './statistics.mjs';

const FIRST_BYTES = 'GET /first-byte';

/** A tab: takes batches, acknowledges each, and tells the port of every client whose bytes it has seen. */
async function openViewer(/** @type {string} */ url, /** @type {(port: number) => void} */ seen) {
  const { origin, host, hash } = new URL(url);
  const socket = new WebSocket(`ws://${host}/ws?${hash.slice(1)}`, { origin });
  await once(socket, 'open');
  let calls = 0;
  const call = (/** @type {string} */ name, /** @type {object} */ params) =>
    socket.send(JSON.stringify({ id: (calls += 1), call: name, params }));
  socket.on('message', (data) => {
    const { topic, payload } = JSON.parse(String(data));
    if (topic !== 'feed') return;
    call('feed.acknowledge', { sequence: payload.sequence });
    for (const { client, bytesIn } of payload.rows ?? []) if (bytesIn > 0) seen(Number(client.split(':').at(-1)));
  });
  call('feed.snapshot', {});
  await once(socket, 'message');
  return socket;
}

/** @param {{ cli: string }} bundles @param {{ samples: number }} effort */
export async function measureFeedDelay({ cli }, { samples }) {
  const server = await ServerProcess.start(cli, [...ENGINE_ARGS, '--ui=127.0.0.1:0'], { addresses: 2 });
  /** @type {Map<number, number>} when the first byte of the client on a port was sent */
  const sentAt = new Map();
  /** @type {number[]} */
  const delays = [];
  const viewer = await openViewer(server.addresses[1] ?? '', (port) => {
    const sent = sentAt.get(port);
    if (sent === undefined) return;
    delays.push(performance.now() - sent);
    sentAt.delete(port);
  });
  try {
    for (let sample = 0; sample < samples; sample += 1) {
      const client = connect(server.port, '127.0.0.1');
      await once(client, 'connect');
      // The row of the opened connection leaves first; and no two samples wait alike.
      await setTimeout(60 + ((sample * 7) % 40));
      sentAt.set(client.localPort ?? 0, performance.now());
      client.write(FIRST_BYTES);
      while (sentAt.size > 0) await once(viewer, 'message');
      client.destroy();
    }
    return { samples, p50: quantile(delays, 0.5), p95: quantile(delays, 0.95) };
  } finally {
    viewer.terminate();
    await server.stop();
  }
}
