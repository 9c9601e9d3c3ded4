/** The load: wrk on a core of its own, sending the bytes it is given. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LOAD_CORE, onCore } from './machine.mjs';

const SCRIPT = join(import.meta.dirname, 'request.lua');
const run = promisify(execFile);

/**
 * @param {string} address
 * @param {string} requestPath the file with the request
 * @param {{ seconds: number, connections: number }} load
 * @returns {Promise<number>} requests per second
 */
export async function requestsPerSec(address, requestPath, { seconds, connections }) {
  const load = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '5s'];
  const [program, ...args] = onCore(LOAD_CORE, 'wrk', [...load, '-s', SCRIPT, address, '--', requestPath]);
  const { stdout } = await run(program, args, { timeout: (seconds + 10) * 1_000 });
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  if (!(rate > 0)) throw new Error(`wrk got no reply from ${address}:\n${stdout}`);
  return rate;
}
