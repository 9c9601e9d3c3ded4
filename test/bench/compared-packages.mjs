/**
 * Proxies that are npm packages, to compare with: installed when they are measured, in a folder of their own beside this
 * project, which would otherwise carry their hundred dependencies for a table of the bench.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../setup/step.mjs';

const PACKAGES = ['http-proxy-3@2.0.1', 'mockttp@4.6.5'];
const FOLDER = join(tmpdir(), `bytescope-bench-${PACKAGES.join('-')}`);

/** What kept them from being installed, for who reads along; null: they are there. */
export function ensureComparedPackages() {
  if (existsSync(join(FOLDER, 'node_modules', 'mockttp'))) return null;
  mkdirSync(FOLDER, { recursive: true });
  // No scripts: none of them is needed to pass requests on.
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  return run(['npm', 'install', `--prefix=${FOLDER}`, ...quiet, ...PACKAGES]);
}

/** @param {string} name */
export const comparedPackage = (name) => createRequire(join(FOLDER, 'index.js'))(name);
