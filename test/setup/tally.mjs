import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './step.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/** Where a runner leaves its JSON report; a report of an earlier run is removed. */
export function freshReport(/** @type {string} */ name) {
  const path = join(ROOT, 'node_modules', '.cache', 'bytescope', `${name}.json`);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  return path;
}

/** What a runner counted; null where it left no report, or one that is not its own. */
function readReport(/** @type {string} */ path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** @returns {Tally | null} */
export function vitestTally(/** @type {string} */ path) {
  const report = readReport(path);
  if (typeof report?.numTotalTests !== 'number') return null;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numTotalTests - report.numPassedTests - report.numFailedTests,
  };
}

/** @returns {Tally | null} */
export function playwrightTally(/** @type {string} */ path) {
  const stats = readReport(path)?.stats;
  if (typeof stats?.expected !== 'number') return null;
  // A test that passed only when repeated has failed once too often.
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
}
