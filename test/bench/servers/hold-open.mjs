/** Opens so many connections to a port, waits for one reply on each, tells how many there are, and holds them. */
import { connect } from 'node:net';
import { once } from 'node:events';

const [port, count] = process.argv.slice(2).map(Number);
const AT_ONCE = 200;
const REQUEST = 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n';

async function open() {
  const socket = connect(port ?? 0, '127.0.0.1', () => socket.write(REQUEST));
  await once(socket, 'data');
  return socket;
}

const sockets = [];
while (sockets.length < (count ?? 0)) {
  sockets.push(...(await Promise.all(Array.from({ length: AT_ONCE }, open))));
}
process.send?.(sockets.length);
