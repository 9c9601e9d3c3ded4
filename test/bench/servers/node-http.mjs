/** node:http as most people use it: the same reply once the body, which nobody keeps, has been read. */
import { createServer } from 'node:http';
import { BODY, FIELDS } from './reply.mjs';

const fields = { ...FIELDS, 'Content-Length': BODY.length };

const server = createServer((request, response) => {
  request.on('end', () => response.writeHead(200, fields).end(BODY));
  request.resume();
});
server.keepAliveTimeout = 60_000;
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`Listening on http://127.0.0.1:${port}`);
});
