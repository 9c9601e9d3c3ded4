// @ts-check
/**
 * Electron's program, which is not in its package but fetched on demand. It is looked for by its files alone:
 * requiring the package would start a download that nobody asked for and that nothing bounds.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reasonIn, runQuietly } from './child.mjs';

const FETCH_LIMIT_MS = 180_000;
/** After a failure (no network, a proxy) starts are quick for this long. */
const FAILURE_HOLDS_MS = 24 * 3_600_000;

/** @param {string} root */
const packageFolder = (root) => join(root, 'node_modules', 'electron');
/** @param {string} root */
const failurePath = (root) => join(root, 'node_modules', '.cache', 'bytescope', 'electron-failure.json');

/** @param {string} root */
function wantedVersion(root) {
  try {
    return String(JSON.parse(readFileSync(join(packageFolder(root), 'package.json'), 'utf8')).version);
  } catch {
    return null;
  }
}

/**
 * Null where it is not there.
 *
 * @param {string} root
 */
export function findElectron(root) {
  const replaced = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const named = join(packageFolder(root), 'path.txt');
  const program = existsSync(named) ? readFileSync(named, 'utf8').trim() : replaced ? 'electron' : null;
  if (program === null) return null;
  const path = join(replaced || join(packageFolder(root), 'dist'), program);
  return existsSync(path) ? path : null;
}

/** Why a window cannot be shown here; null where it can. */
export function missingDisplay() {
  if (process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']) return null;
  return 'there is no display';
}

/** The reason of a failure that still holds; null where fetching may be tried. @param {string} root */
export function recentFailure(root) {
  try {
    const { version, atMs, reason } = JSON.parse(readFileSync(failurePath(root), 'utf8'));
    return version === wantedVersion(root) && Date.now() - atMs < FAILURE_HOLDS_MS ? String(reason) : null;
  } catch {
    return null;
  }
}

/** @param {string} root @param {string} reason */
function rememberFailure(root, reason) {
  mkdirSync(dirname(failurePath(root)), { recursive: true });
  writeFileSync(failurePath(root), JSON.stringify({ version: wantedVersion(root), atMs: Date.now(), reason }));
}

/**
 * Runs Electron's own installer once.
 *
 * @param {string} root
 * @returns {Promise<{ reason: string | null, interrupted: boolean }>} reason: why it is still not there
 */
export async function fetchElectron(root) {
  const installer = join(packageFolder(root), 'install.js');
  const ending = await runQuietly([process.execPath, installer], { cwd: root, timeoutMs: FETCH_LIMIT_MS });
  if (findElectron(root) !== null) return { reason: null, interrupted: ending.interrupted };
  const reason = ending.code === 0 ? 'its installer left no program' : reasonIn(ending.output);
  if (!ending.interrupted) rememberFailure(root, reason);
  return { reason, interrupted: ending.interrupted };
}
