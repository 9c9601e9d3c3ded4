/**
 * Listens, tells its port, and never accepts: its kernel takes a few connections, and drops what asks for more. That is
 * what a connection meets whose packets go nowhere.
 */
import { writeSync } from 'node:fs';
import { createServer } from 'node:net';

const server = createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  writeSync(1, `${port}\n`);
  // The loop is held for good, so that nothing is accepted.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
