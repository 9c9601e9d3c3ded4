// @ts-check
/** The packages: are they those of the lock file, and if not, installing them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './child.mjs';

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, extraneous?: boolean }} LockedPackage */

/**
 * @param {string} path
 * @returns {Record<string, LockedPackage> | null}
 */
function lockedPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

/**
 * npm leaves a lock file of what it installed in node_modules. Its contents are compared, since a checkout changes
 * times without changing packages. Packages for other systems are missing there, and those the lock file itself calls
 * extraneous.
 *
 * @param {string} root
 */
export function isInstalled(root) {
  const wanted = lockedPackages(join(root, 'package-lock.json'));
  const installed = lockedPackages(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === null || installed === null) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional, extraneous }]) => {
    const found = installed[path];
    if (path === '') return true;
    return found === undefined ? (optional ?? devOptional ?? extraneous) === true : found.version === version;
  });
}

/** npm as it was started, else the one of the path. @returns {[string, ...string[]]} */
function npm() {
  const script = process.env['npm_execpath'];
  if (script !== undefined && /npm-cli\.c?js$/.test(script)) return [process.execPath, script];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

/**
 * @param {string} root
 * @returns {ReturnType<typeof runQuietly>}
 */
export function install(root) {
  // Everything is bundled, so what the build needs counts as development: it has to be there all the same.
  return runQuietly([...npm(), 'ci', '--include=dev', '--no-audit', '--no-fund'], { cwd: root });
}
