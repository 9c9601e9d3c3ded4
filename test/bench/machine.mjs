import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** The server on one core, the load on another: else they take each other's time. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

const versionOf = (/** @type {string} */ program, /** @type {string[]} */ args) => {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    // wrk tells its version and ends with 1.
    return String(/** @type {{ stdout?: string }} */ (error).stdout ?? '');
  }
};

/** What the figures depend on. */
export function describeMachine() {
  const [cpu] = cpus();
  const wrk = /wrk (?:debian\/)?(\S+)/.exec(versionOf('wrk', ['--version']))?.[1] ?? 'unknown';
  return {
    machine: `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 1024 ** 3)} GB`,
    system: versionOf('uname', ['-sr']).trim(),
    node: process.version,
    wrk,
    date: new Date().toISOString().slice(0, 10),
  };
}

/**
 * A command line that runs on one core alone, threads and children included.
 *
 * @param {number} core
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {[string, ...string[]]}
 */
export const onCore = (core, program, args = []) =>
  cpus().length > 1 ? ['taskset', '-c', String(core), program, ...args] : [program, ...args];
