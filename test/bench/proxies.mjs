/** The reverse proxies that are measured side by side, each a process on the server's core, in front of one nginx. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVER_CORE } from './machine.mjs';
import { freePort, NativeProcess } from './native-process.mjs';
import { residentBytes } from './process-figures.mjs';
import { haproxy, nginxProxy } from './proxy-configs.mjs';
import { ENGINE_ARGS, ServerProcess } from './server-process.mjs';

const script = (/** @type {string} */ name) => join(import.meta.dirname, 'servers', name);

/** @typedef {'bytescope' | 'nginx' | 'haproxy' | 'httpProxy3' | 'mockttp'} ProxyName */
/** @typedef {{ port: number, address: string }} Upstream */

/** Connections to the server are kept for good, as the other proxies do here: by default each is made anew in the end. */
const configFor = (/** @type {Upstream} */ { address }) => ({
  upstreams: { measured: { servers: [{ url: address }], pool: { maxRequestsPerConnection: null } } },
});

/** @param {Upstream} upstream @param {string} cli */
async function startBytescope(upstream, cli) {
  const folder = mkdtempSync(join(tmpdir(), 'bytescope-bench-'));
  const config = join(folder, 'proxy.json');
  writeFileSync(config, JSON.stringify(configFor(upstream)));
  const started = await ServerProcess.start(cli, [...ENGINE_ARGS, '--mode', 'reverse', '--config', config]);
  rmSync(folder, { recursive: true });
  return started;
}

/** @type {Record<ProxyName, (upstream: Upstream, cli: string) => Promise<ServerProcess | NativeProcess>>} */
const STARTS = {
  bytescope: startBytescope,
  nginx: ({ port }) => NativeProcess.start('nginx', SERVER_CORE, (place) => nginxProxy(place, port)),
  haproxy: ({ port }) => NativeProcess.start('haproxy', SERVER_CORE, (place) => haproxy(place, port)),
  httpProxy3: ({ address }) => ServerProcess.start(script('http-proxy-3.mjs'), [address]),
  mockttp: async ({ address }) => ServerProcess.start(script('mockttp.mjs'), [address, String(await freePort())]),
};

export const PROXY_NAMES = /** @type {readonly ProxyName[]} */ (Object.keys(STARTS));

/** What every proxy is asked for, with the bytes that must come back. */
export const LARGE_BYTES = 1_048_576;
const REPLIES = /** @type {const} */ ([
  ['/small', 3],
  ['/large', LARGE_BYTES],
]);

/** A proxy that answers something else, or less, must not look fast. */
async function check(/** @type {string} */ address) {
  for (const [path, bytes] of REPLIES) {
    const reply = await fetch(`${address}${path}`);
    const body = await reply.arrayBuffer();
    if (reply.status === 200 && body.byteLength === bytes) continue;
    throw new Error(`answers ${path} with ${reply.status} and ${body.byteLength} bytes`);
  }
}

/** @typedef {{ name: ProxyName, process: ServerProcess | NativeProcess, pid: number, residentAtStart: number }} Proxy */

/**
 * @param {ProxyName} name
 * @param {Upstream} upstream
 * @param {string} cli
 * @returns {Promise<Proxy>}
 */
async function start(name, upstream, cli) {
  const process = await STARTS[name](upstream, cli);
  const pid = process.child.pid ?? 0;
  const residentAtStart = residentBytes(pid);
  try {
    await check(process.address);
  } catch (thrown) {
    await process.stop();
    throw thrown;
  }
  return { name, process, pid, residentAtStart };
}

/**
 * Those that can be started; what became of the others is told at once, and they are left out.
 *
 * @param {Upstream} upstream
 * @param {string} cli
 */
export async function startProxies(upstream, cli) {
  /** @type {Proxy[]} */
  const proxies = [];
  for (const name of PROXY_NAMES) {
    try {
      proxies.push(await start(name, upstream, cli));
    } catch (thrown) {
      console.error(`${name}: ${thrown instanceof Error ? thrown.message : thrown}`);
    }
  }
  return proxies;
}
