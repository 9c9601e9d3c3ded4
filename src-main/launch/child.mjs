// @ts-check
/** Children of the launcher: none outlives it, and none is left without the signals meant for it. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
/** Of what a child said, kept to tell why it failed. */
const MAX_KEPT_CHARACTERS = 64 * 1024;

/**
 * @typedef {object} Ending
 * @property {number} code the exit code as a shell shows it
 * @property {boolean} interrupted the launcher was asked to stop meanwhile
 */

/**
 * Passes signals on to a child until it ends.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<Ending>}
 */
export function supervise(child) {
  let interrupted = false;
  /** @param {NodeJS.Signals} signal */
  const pass = (signal) => {
    interrupted = true;
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  return new Promise((resolve) => {
    /** @param {number} code */
    const end = (code) => {
      for (const signal of SIGNALS) process.off(signal, pass);
      resolve({ code, interrupted });
    };
    child.on('error', () => end(127));
    child.on('close', (code, signal) => end(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

/**
 * Runs a command in silence and keeps the last of what it said.
 *
 * @param {readonly [string, ...string[]]} command
 * @param {{ cwd: string, timeoutMs?: number }} options
 * @returns {Promise<Ending & { output: string }>}
 */
export async function runQuietly([program, ...args], { cwd, timeoutMs }) {
  // A .cmd file (npm on Windows) can only be run by the shell.
  const shell = program.endsWith('.cmd');
  const child = spawn(program, args, { cwd, shell, timeout: timeoutMs, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-MAX_KEPT_CHARACTERS)));
  }
  return { ...(await supervise(child)), output };
}

/**
 * The one line of an output that tells most, without terminal escapes.
 *
 * @param {string} output
 */
export function reasonIn(output) {
  const lines = output.split('\n').map((line) => line.replace(/[\x00-\x1f\x7f-\x9f]/g, '').trim());
  const error = lines.map((line) => /(?:^|\s)\w*(?:Error|ERROR|FATAL)\S*:\s*(.+)/.exec(line)?.[1]).find(Boolean);
  return (error ?? lines.filter((line) => line !== '').at(-1) ?? 'no reason given').slice(0, 160);
}

const PARENT_CHECK_MS = 500;

/**
 * npm runs us in a shell and hands a SIGTERM to that shell, which dies without telling us. So where npm started us,
 * the end of the parent is taken for the signal.
 */
export function endWithParent() {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_CHECK_MS);
  timer.unref();
}
