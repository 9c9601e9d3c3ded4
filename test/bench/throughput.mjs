/**
 * Requests per second of every server under every workload. All servers run for the whole time and take turns, so
 * that a machine that slows down slows all of them; a figure is the median of its rounds.
 */
import { join } from 'node:path';
import { ENGINE_ARGS, ServerProcess } from './server-process.mjs';
import { median } from './statistics.mjs';
import { requestFile, WORKLOADS } from './workloads.mjs';
import { requestsPerSec } from './wrk.mjs';

const server = (/** @type {string} */ name) => join(import.meta.dirname, 'servers', name);

/**
 * @param {ServerName} name
 * @param {string} script
 * @param {readonly string[]} args
 * @returns {Promise<[ServerName, ServerProcess]>}
 */
const started = async (name, script, args) => [name, await ServerProcess.start(script, args)];

/** @typedef {'engine' | 'silent' | 'http' | 'net'} ServerName */
/** @typedef {{ workload: import('./workloads.mjs').Workload, rates: Record<ServerName, number> }} Throughput */

/**
 * @param {import('./workloads.mjs').Workload} workload
 * @param {{ cli: string, silentCli: string }} bundles
 * @returns {Promise<[ServerName, ServerProcess][]>}
 */
const startAll = ({ request }, { cli, silentCli }) =>
  Promise.all([
    started('engine', cli, ENGINE_ARGS),
    started('silent', silentCli, ENGINE_ARGS),
    started('http', server('node-http.mjs'), []),
    started('net', server('bare-net.mjs'), [String(request.length)]),
  ]);

/**
 * @param {import('./workloads.mjs').Workload} workload
 * @param {{ cli: string, silentCli: string }} bundles
 * @param {{ rounds: number, seconds: number }} effort
 * @returns {Promise<Throughput>}
 */
async function measure(workload, bundles, { rounds, seconds }) {
  const file = requestFile(workload);
  const { connections } = workload;
  const servers = await startAll(workload, bundles);
  try {
    const rates = /** @type {Record<ServerName, number[]>} */ ({ engine: [], silent: [], http: [], net: [] });
    // The first round is for the compiler.
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, { address }] of servers) {
        const rate = await requestsPerSec(address, file, { seconds, connections });
        if (round > 0) rates[name].push(rate);
      }
    }
    const medians = Object.entries(rates).map(([name, values]) => [name, median(values)]);
    return { workload, rates: Object.fromEntries(medians) };
  } finally {
    await Promise.all(servers.map(([, process]) => process.stop()));
  }
}

/**
 * @param {{ cli: string, silentCli: string }} bundles
 * @param {{ rounds: number, seconds: number }} effort
 */
export async function measureThroughput(bundles, effort) {
  const measured = [];
  for (const workload of WORKLOADS) measured.push(await measure(workload, bundles, effort));
  return measured;
}
