/** The load: wrk on a core of its own, sending the bytes it is given. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LOAD_CORE, onCore } from './machine.mjs';

const SCRIPT = join(import.meta.dirname, 'request.lua');
const run = promisify(execFile);

/** wrk writes a time with the unit that fits it. */
const MILLISECONDS = /** @type {Record<string, number>} */ ({ us: 0.001, ms: 1, s: 1_000, m: 60_000 });

/** @param {string} report @param {string} percentile `99%` */
function delayMs(report, percentile) {
  const [, value, unit] = new RegExp(`^\\s+${percentile}\\s+([\\d.]+)(us|ms|s|m)$`, 'm').exec(report) ?? [];
  return Number(value) * (MILLISECONDS[unit ?? ''] ?? Number.NaN);
}

/** Replies that are no success, and connections that broke. A reply that took too long is in the delays already. */
function failures(/** @type {string} */ report) {
  const [, connecting, reading, writing] = /errors: connect (\d+), read (\d+), write (\d+)/.exec(report) ?? [];
  const refused = /Non-2xx or 3xx responses: (\d+)/.exec(report)?.[1];
  return [connecting, reading, writing, refused].reduce((sum, count) => sum + Number(count ?? 0), 0);
}

/**
 * @param {string} address
 * @param {string} requestPath the file with the request
 * @param {{ seconds: number, connections: number }} load
 */
export async function load(address, requestPath, { seconds, connections }) {
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '5s', '--latency'];
  const [program, ...args] = onCore(LOAD_CORE, 'wrk', [...options, '-s', SCRIPT, address, '--', requestPath]);
  const { stdout } = await run(program, args, { timeout: (seconds + 10) * 1_000 });
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  if (!(rate > 0)) throw new Error(`wrk got no reply from ${address}:\n${stdout}`);
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  return { rate, requests, p50: delayMs(stdout, '50%'), p99: delayMs(stdout, '99%'), failed: failures(stdout) };
}

/** @type {(...args: Parameters<typeof load>) => Promise<number>} requests per second */
export const requestsPerSec = async (...args) => (await load(...args)).rate;
