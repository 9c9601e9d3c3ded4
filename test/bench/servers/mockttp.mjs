/**
 * mockttp as HTTP Toolkit has it: everything passes through, and every exchange is told to a listener. It would by
 * itself also keep each of them for good; that is off, since HTTP Toolkit has it off and it is faster so.
 *
 *   node mockttp.mjs UPSTREAM_URL PORT
 */
import { comparedPackage } from '../compared-packages.mjs';

const { getLocal } = comparedPackage('mockttp');

const [upstream = '', port] = process.argv.slice(2);
// It tells of each connection that wrk drops at the end of a round.
console.error = () => undefined;

const server = getLocal({ recordTraffic: false });
await server.start(Number(port));
await server.forAnyRequest().thenForwardTo(upstream);
await server.on('request', () => undefined);
await server.on('response', () => undefined);
console.log(`Listening on http://127.0.0.1:${server.port}`);
