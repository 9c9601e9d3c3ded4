/**
 * Reverse proxies in front of one nginx, side by side: requests per second, how long they take, processor time, and
 * the memory that many requests leave behind. The proxy has one core; wrk and the upstream share the other, whichever
 * proxy it is. Rounds take turns; a figure is the median of its rounds.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOAD_CORE } from './machine.mjs';
import { NativeProcess } from './native-process.mjs';
import { processorTimeOf, residentBytes } from './process-figures.mjs';
import { LARGE_BYTES, startProxies } from './proxies.mjs';
import { nginxUpstream } from './proxy-configs.mjs';
import { median } from './statistics.mjs';
import { PROXY_WORKLOADS, requestFile } from './workloads.mjs';
import { load } from './wrk.mjs';

const CONNECTIONS = 32;
/** How many small requests memory is looked at after; a slow proxy is given a limit of time instead. */
const MEMORY_REQUESTS = 100_000;
const SLICE_SECONDS = 2;

/** @typedef {import('./proxies.mjs').ProxyName} ProxyName */
/** @typedef {import('./proxies.mjs').Proxy} Proxy */
/** @typedef {{ requests: number, failed: number, rate: number, p50: number, p99: number, cpu: number }} ProxyRun milliseconds; microseconds of processor time a request */
/** @typedef {{ before: number, after: number, requests: number }} ProxyMemory */
/** @typedef {{ small: ProxyRun, large: ProxyRun, memory: ProxyMemory }} ProxyFigures */
/** @typedef {{ rounds: number, proxySeconds: number, memorySeconds: number }} ProxyEffort */

/**
 * @param {Proxy} proxy
 * @param {string} file
 * @param {number} seconds
 * @returns {Promise<ProxyRun>}
 */
async function runOnce({ process, pid }, file, seconds) {
  const before = processorTimeOf(pid);
  const loaded = await load(process.address, file, { seconds, connections: CONNECTIONS });
  return { ...loaded, cpu: (processorTimeOf(pid) - before) / loaded.requests };
}

/**
 * @param {Proxy} proxy
 * @param {string} file
 * @param {ProxyEffort} effort
 * @returns {Promise<ProxyMemory>}
 */
async function memoryOf(proxy, file, { memorySeconds }) {
  let requests = 0;
  for (let spent = 0; requests < MEMORY_REQUESTS && spent < memorySeconds; spent += SLICE_SECONDS) {
    requests += (await runOnce(proxy, file, SLICE_SECONDS)).requests;
  }
  return { before: proxy.residentAtStart, after: residentBytes(proxy.pid), requests };
}

const sum = (/** @type {readonly number[]} */ values) => values.reduce((total, value) => total + value, 0);

/** @param {readonly ProxyRun[]} runs @returns {ProxyRun} */
const middle = (runs) => ({
  requests: sum(runs.map(({ requests }) => requests)),
  failed: sum(runs.map(({ failed }) => failed)),
  rate: median(runs.map(({ rate }) => rate)),
  p50: median(runs.map(({ p50 }) => p50)),
  p99: median(runs.map(({ p99 }) => p99)),
  cpu: median(runs.map(({ cpu }) => cpu)),
});

/**
 * @param {readonly Proxy[]} proxies
 * @param {string} file
 * @param {ProxyEffort} effort
 * @returns {Promise<(proxy: Proxy) => ProxyRun>}
 */
async function measureRounds(proxies, file, { rounds, proxySeconds }) {
  /** @type {Map<Proxy, ProxyRun[]>} */
  const runs = new Map(proxies.map((proxy) => [proxy, []]));
  // The first round is for the compiler.
  for (let round = 0; round <= rounds; round += 1) {
    for (const proxy of proxies) {
      const run = await runOnce(proxy, file, proxySeconds);
      if (round > 0) runs.get(proxy)?.push(run);
    }
  }
  return (proxy) => middle(runs.get(proxy) ?? []);
}

/**
 * @param {readonly Proxy[]} proxies
 * @param {ProxyEffort} effort
 * @returns {Promise<Partial<Record<ProxyName, ProxyFigures>>>}
 */
async function measureEach(proxies, effort) {
  const [smallFile = '', largeFile = ''] = PROXY_WORKLOADS.map(requestFile);
  /** @type {Map<Proxy, ProxyMemory>} */
  const memory = new Map();
  for (const proxy of proxies) memory.set(proxy, await memoryOf(proxy, smallFile, effort));
  const small = await measureRounds(proxies, smallFile, effort);
  const large = await measureRounds(proxies, largeFile, effort);
  return Object.fromEntries(
    proxies.map((proxy) => [
      proxy.name,
      { small: small(proxy), large: large(proxy), memory: memory.get(proxy) ?? { before: 0, after: 0, requests: 0 } },
    ]),
  );
}

/** Fails where nginx is missing, which all of them ask. @param {{ cli: string }} bundles @param {ProxyEffort} effort */
export async function measureProxies({ cli }, effort) {
  const upstream = await NativeProcess.start('nginx', LOAD_CORE, nginxUpstream);
  try {
    writeFileSync(join(upstream.folder, 'large'), Buffer.alloc(LARGE_BYTES, 'x'));
    const proxies = await startProxies(upstream, cli);
    try {
      return { connections: CONNECTIONS, figures: await measureEach(proxies, effort) };
    } finally {
      await Promise.all(proxies.map(({ process }) => process.stop()));
    }
  } finally {
    await upstream.stop();
  }
}
