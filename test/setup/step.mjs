import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The folder of the project; every step runs there. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** No step takes a tenth of this on a slow machine: reaching it means that something hangs. */
const STEP_LIMIT_MS = 10 * 60_000;

/** A command of this machine, such as npm or apt-get, is a name; a script of ours or of a package is a `.js` or `.mjs` path. */
const isScript = (/** @type {string} */ command) => /\.m?js$/.test(command);

/**
 * Runs one command with this very Node and the terminal's output, without input: nothing may wait for an answer.
 *
 * @param {readonly string[]} commandLine
 * @param {Readonly<Record<string, string>>} [env]
 * @returns {string | null} null when it succeeded, otherwise why it did not
 */
export function run([command = '', ...args], env = {}) {
  const [file, ...rest] = isScript(command) ? [process.execPath, join(ROOT, command), ...args] : [command, ...args];
  const done = spawnSync(file, rest, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: STEP_LIMIT_MS,
    shell: process.platform === 'win32' && !isScript(command),
  });
  if (done.error !== undefined) return done.error.message;
  if (done.signal !== null) return `ended by ${done.signal}`;
  return done.status === 0 ? null : `exit code ${done.status}`;
}

/**
 * Runs the named work, with its name before and its verdict and duration after it.
 *
 * @param {string} name
 * @param {() => string | null} work
 * @returns {boolean} did it succeed?
 */
export function step(name, work) {
  console.log(`\n── ${name}`);
  const startedAt = performance.now();
  const problem = work();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(problem === null ? `── ${name}: ok, ${seconds} s` : `── ${name}: FAILED after ${seconds} s (${problem})`);
  return problem === null;
}
