/** The requests that are measured. The address in Host need not be the real one: nobody looks it up. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../setup/step.mjs';

const FOLDER = join(ROOT, 'node_modules', '.cache', 'bytescope', 'bench', 'requests');

const HOST = 'Host: 127.0.0.1:8080';
const smallGet = `GET /health HTTP/1.1\r\n${HOST}\r\n\r\n`;

const BROWSER_FIELDS = [
  HOST,
  'Connection: keep-alive',
  'Cache-Control: max-age=0',
  'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"',
  'sec-ch-ua-mobile: ?0',
  'sec-ch-ua-platform: "Linux"',
  'sec-ch-ua-arch: "x86"',
  'Upgrade-Insecure-Requests: 1',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Sec-Fetch-Site: same-origin',
  'Sec-Fetch-Mode: navigate',
  'Sec-Fetch-User: ?1',
  'Sec-Fetch-Dest: document',
  'Referer: http://127.0.0.1:8080/',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9,de;q=0.8',
  'DNT: 1',
  'If-None-Match: "33a64df551425fcc55e4d42a148795d9f25f89d4"',
  'Cookie: session=8f2c1d7e90ab4c35; theme=dark; locale=en-GB; consent=analytics%3Dfalse',
];
export const browserGet = `GET /health HTTP/1.1\r\n${BROWSER_FIELDS.join('\r\n')}\r\n\r\n`;

/** A route that takes no body answers 405 once it has been read: no server has to keep it. */
const post = (/** @type {number} */ bytes) =>
  `POST /health HTTP/1.1\r\n${HOST}\r\nContent-Type: application/octet-stream\r\nContent-Length: ${bytes}\r\n\r\n` +
  'x'.repeat(bytes);

export { smallGet };

/** @typedef {{ name: string, request: string, pipelined: number, connections: number, net: number | null, http: number | null }} Workload `net` and `http`: the targets, × bare net and × node:http */

/** @type {readonly Workload[]} */
export const WORKLOADS = [
  { name: 'Small GET', request: smallGet, pipelined: 1, connections: 64, net: 0.7, http: 2.5 },
  { name: '20-field GET', request: browserGet, pipelined: 1, connections: 64, net: 0.6, http: 2.2 },
  { name: 'POST 1 KB', request: post(1_024), pipelined: 1, connections: 64, net: null, http: null },
  { name: 'POST 1 MB', request: post(1_048_576), pipelined: 1, connections: 16, net: null, http: 2 },
  { name: 'Small GET, 16 pipelined', request: smallGet, pipelined: 16, connections: 64, net: null, http: 8 },
];

/** What proxies pass on: a reply out of memory, and a file of 1 MB. */
export const PROXY_WORKLOADS = ['small', 'large'].map((path) => ({
  name: `proxy-${path}`,
  request: `GET /${path} HTTP/1.1\r\n${HOST}\r\n\r\n`,
  pipelined: 1,
}));

/**
 * Writes what wrk is to send to a file.
 *
 * @param {Pick<Workload, 'name' | 'request' | 'pipelined'>} workload
 */
export function requestFile({ name, request, pipelined }) {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${name.replaceAll(/\W+/g, '-').toLowerCase()}.http`);
  writeFileSync(path, request.repeat(pipelined), 'latin1');
  return path;
}
