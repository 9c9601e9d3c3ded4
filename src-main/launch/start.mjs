// @ts-check
/**
 * `npm start`: from a fresh clone to a running window. Installs and builds where that is needed, then opens Electron,
 * or the same window in a browser where Electron cannot run. It runs before anything is installed, so it uses
 * Node's own modules alone.
 */
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, isBuilt } from './build.mjs';
import { endWithParent } from './child.mjs';
import { fetchElectron, findElectron, missingDisplay, recentFailure } from './electron-binary.mjs';
import { install, isInstalled } from './install.mjs';
import { nodeProblem } from './node-version.mjs';
import { runElectron } from './run-electron.mjs';

const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');
const INTERRUPTED = 130;

const HELP = `npm start -- [flags]
  --web              Use a browser even where Electron is there
  --retry-electron   Try again to fetch Electron after it failed
Other flags are those of "bytescope serve":
`;

/** Prints what went wrong and ends. @param {string} text @returns {never} */
function giveUp(text, code = 1) {
  console.error(text);
  process.exit(code);
}

/**
 * @param {string} what
 * @param {() => Promise<{ code: number, output: string, interrupted: boolean }>} work
 */
async function prepare(what, work) {
  console.log(`${what} …`);
  const { code, output, interrupted } = await work();
  if (interrupted) process.exit(INTERRUPTED);
  if (code !== 0) giveUp(`${output.trim()}\n${what} failed; the reason stands above.`, code);
}

/**
 * Electron's program, fetched if need be; or why there is none.
 *
 * @param {boolean} retry
 * @returns {Promise<{ program: string } | { reason: string }>}
 */
async function obtainElectron(retry) {
  const noDisplay = missingDisplay();
  if (noDisplay !== null) return { reason: noDisplay };
  const present = findElectron(ROOT);
  if (present !== null) return { program: present };
  const earlier = retry ? null : recentFailure(ROOT);
  if (earlier !== null) {
    return { reason: `fetching Electron failed before: ${earlier}; npm start -- --retry-electron tries again` };
  }
  console.log('Fetching Electron (about 100 MB, once) …');
  const { reason, interrupted } = await fetchElectron(ROOT);
  if (interrupted) process.exit(INTERRUPTED);
  const fetched = findElectron(ROOT);
  return fetched === null ? { reason: `fetching Electron failed: ${reason}` } : { program: fetched };
}

/** The command line runs in this very process, so there is no child to lose. @param {readonly string[]} args */
async function runCommandLine(args) {
  const cli = join(ROOT, 'out', 'main', 'cli.js');
  process.argv = [process.execPath, cli, ...args];
  await import(pathToFileURL(cli).href);
}

/**
 * Opens the desktop window and ends with it; returns why where that cannot be.
 *
 * @param {readonly string[]} flags
 * @param {boolean} retry
 */
async function openDesktop(flags, retry) {
  const electron = await obtainElectron(retry);
  if ('reason' in electron) return electron.reason;
  const { code, neverReady } = await runElectron(electron.program, [ROOT, ...flags]);
  if (neverReady === null) process.exit(code);
  return `Electron did not start: ${neverReady}`;
}

async function main() {
  const problem = nodeProblem(ROOT);
  if (problem !== null) giveUp(`${problem} Install a newer Node, then start again.`);
  endWithParent();
  const args = process.argv.slice(2);
  const own = ['--web', '--retry-electron'];
  const flags = args.filter((argument) => !own.includes(argument));
  if (!isInstalled(ROOT)) await prepare('Installing packages (npm ci)', () => install(ROOT));
  if (!isBuilt(ROOT)) await prepare('Building', () => build(ROOT));
  if (flags.includes('--help') || flags.includes('-h')) {
    console.log(HELP);
    return runCommandLine(['--help']);
  }
  if (!args.includes('--web')) {
    const reason = await openDesktop(flags, args.includes('--retry-electron'));
    console.log(`The window opens in a browser (${reason}).`);
  }
  await runCommandLine(['serve', '--ui', '--open', '--settings', '--quiet', ...flags]);
}

await main();
