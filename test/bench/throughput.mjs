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
/** @typedef {{ rate: number, cpu: number }} Run requests per second, and processor microseconds of each */
/** @typedef {{ workload: import('./workloads.mjs').Workload } & Record<ServerName, Run>} Throughput */

/**
 * @param {ServerProcess} process
 * @param {string} file
 * @param {{ seconds: number, connections: number }} load
 * @returns {Promise<Run>}
 */
async function runOnce(process, file, load) {
  const before = await process.processorTime();
  const rate = await requestsPerSec(process.address, file, load);
  return { rate, cpu: ((await process.processorTime()) - before) / (rate * load.seconds) };
}

/** @param {readonly Run[]} runs @returns {Run} */
const middle = (runs) => ({ rate: median(runs.map(({ rate }) => rate)), cpu: median(runs.map(({ cpu }) => cpu)) });

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
    const runs = /** @type {Record<ServerName, Run[]>} */ ({ engine: [], silent: [], http: [], net: [] });
    // The first round is for the compiler.
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, process] of servers) {
        const run = await runOnce(process, file, { seconds, connections });
        if (round > 0) runs[name].push(run);
      }
    }
    return {
      workload,
      engine: middle(runs.engine),
      silent: middle(runs.silent),
      http: middle(runs.http),
      net: middle(runs.net),
    };
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
