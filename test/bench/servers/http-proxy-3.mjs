/**
 * http-proxy-3 as its documents show it, with kept connections upstream.
 *
 *   node http-proxy-3.mjs UPSTREAM_URL
 */
import { Agent, createServer } from 'node:http';
import { comparedPackage } from '../compared-packages.mjs';

const { createProxyServer } = comparedPackage('http-proxy-3');

const agent = new Agent({ keepAlive: true });
const proxy = createProxyServer({ target: process.argv[2] ?? '', agent });
proxy.on(
  'error',
  (/** @type {Error} */ _error, /** @type {unknown} */ _request, /** @type {import('node:net').Socket} */ response) =>
    void response.destroy(),
);

const server = createServer((request, response) => void proxy.web(request, response));
server.keepAliveTimeout = 60_000;
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`Listening on http://127.0.0.1:${port}`);
});
