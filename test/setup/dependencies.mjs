import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from './step.mjs';

/** @typedef {{ version?: string, resolved?: string, optional?: boolean, devOptional?: boolean }} LockedPackage */

/** @returns {Record<string, LockedPackage> | null} */
function lockedPackages(/** @type {string} */ path) {
  try {
    return JSON.parse(readFileSync(join(ROOT, path), 'utf8')).packages;
  } catch {
    return null;
  }
}

/**
 * npm leaves a lock file of what it installed inside node_modules. What is locked for another platform is not in
 * it, so an absent optional package is no difference.
 */
function isInstalled() {
  const wanted = lockedPackages('package-lock.json');
  const installed = lockedPackages('node_modules/.package-lock.json');
  if (wanted === null || installed === null) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? optional === true || devOptional === true : found.version === version;
  });
}

/** Installs what package-lock.json names, where it is missing or differs. Null when it is there. */
export function ensureDependencies() {
  if (isInstalled()) return null;
  const problem = run(['npm', 'ci', '--no-audit', '--no-fund']);
  return problem === null ? null : `npm ci: ${problem}`;
}
