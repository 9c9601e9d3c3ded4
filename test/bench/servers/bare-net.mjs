/**
 * The ceiling: node:net without parsing. It is told how long a request is and answers each time as many bytes have
 * come, all that are due in one write.
 *
 *   node bare-net.mjs REQUEST_BYTES
 */
import { createServer } from 'node:net';
import { BYTES } from './reply.mjs';

const requestBytes = Number(process.argv[2]);

/** The reply as often as it was ever due at once. */
const repeated = [Buffer.alloc(0), BYTES];
const replies = (/** @type {number} */ count) => (repeated[count] ??= Buffer.concat(Array(count).fill(BYTES)));

const server = createServer({ noDelay: true }, (socket) => {
  let received = 0;
  socket.on('data', (bytes) => {
    received += bytes.length;
    const due = Math.floor(received / requestBytes);
    if (due === 0) return;
    received -= due * requestBytes;
    socket.write(replies(due));
  });
  socket.on('error', () => socket.destroy());
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`Listening on http://127.0.0.1:${port}`);
});
