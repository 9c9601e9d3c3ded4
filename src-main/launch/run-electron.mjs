// @ts-check
/** Runs the desktop window and tells whether it ever came up. */
import { spawn } from 'node:child_process';
import { reasonIn, supervise } from './child.mjs';

/** The line the main process prints when its window is there. */
const READY_MARK = 'bytescope:ready';

/**
 * Passes the lines of a stream on, except the mark.
 *
 * @param {import('node:stream').Readable} from
 * @param {() => void} onMark
 */
function passLines(from, onMark) {
  let rest = '';
  from.setEncoding('utf8');
  from.on('data', (/** @type {string} */ text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() === READY_MARK) onMark();
      else process.stdout.write(`${line}\n`);
    }
  });
  from.on('end', () => process.stdout.write(rest));
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, neverReady: string | null }>} neverReady: why, where no window came up
 */
export async function runElectron(program, args) {
  const env = { ...process.env };
  // Some editors set it for their terminals; Electron would be plain Node then.
  delete env['ELECTRON_RUN_AS_NODE'];
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let isReady = false;
  // What is said before the window is there is its reason if it never comes, and noise to hold back until then.
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    if (isReady) process.stderr.write(text);
    else complaint = (complaint + text).slice(-64 * 1024);
  });
  passLines(child.stdout, () => {
    isReady = true;
    process.stderr.write(complaint);
  });
  const { code, interrupted } = await supervise(child);
  const hasFailed = code !== 0 && !isReady && !interrupted;
  return { code, neverReady: hasFailed ? reasonIn(complaint) : null };
}
