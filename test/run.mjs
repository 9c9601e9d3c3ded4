/**
 * `npm test`: sets up what is missing, then types, lint, build, unit tests, end-to-end tests, a siege by hostile
 * clients and chaos among upstream servers, stopping at the first step that fails. Uses Node's own modules alone, since
 * it has to start in a fresh clone with nothing installed.
 *
 *   npm test                          everything
 *   npm test -- --only unit           one step, or several: --only types,lint
 *   npx -y node@24 test/run.mjs       everything under another Node
 */
import { parseArgs } from 'node:util';
import { nodeProblem } from '../src-main/launch/node-version.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ROOT, run, step } from './setup/step.mjs';
import { ensureSystemTools } from './setup/system-tools.mjs';
import { freshReport, playwrightTally, vitestTally } from './setup/tally.mjs';

const total = { passed: 0, failed: 0 };

/**
 * Runs a test runner that leaves a JSON report, and adds what it counted.
 *
 * @param {string} name
 * @param {(path: string) => import('./setup/tally.mjs').Tally | null} tallyOf
 * @param {(path: string) => string | null} runner
 */
function counted(name, tallyOf, runner) {
  const path = freshReport(name);
  const problem = runner(path);
  const tally = tallyOf(path);
  if (tally === null) return problem ?? 'it left no report';
  total.passed += tally.passed;
  total.failed += tally.failed;
  if (tally.skipped > 0) console.log(`${tally.skipped} tests were skipped`);
  return problem;
}

const vitest = (/** @type {string} */ name, /** @type {readonly string[]} */ projects) =>
  counted(name, vitestTally, (path) =>
    run([
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config=test/vitest.config.ts',
      ...projects.map((project) => `--project=${project}`),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${path}`,
    ]),
  );

const unit = () => vitest('unit', ['node', 'dom', 'browser']);
const siege = () => vitest('siege', ['siege']);
const chaos = () => vitest('chaos', ['chaos']);

const e2e = () =>
  counted('e2e', playwrightTally, (path) =>
    run(
      ['node_modules/@playwright/test/cli.js', 'test', '--config=test/playwright.config.ts', '--reporter=list,json'],
      {
        PLAYWRIGHT_JSON_OUTPUT_FILE: path,
      },
    ),
  );

/** @type {Record<string, () => string | null>} */
const STEPS = {
  types: () => run(['npm', 'run', '--silent', 'check']),
  lint: () => run(['npm', 'run', '--silent', 'lint']),
  build: () => run(['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel=warn']),
  unit,
  e2e,
  siege,
  chaos,
};

/** The steps asked for; a name that is none of them ends the run. */
function chosenSteps() {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const names = values.only?.split(',') ?? Object.keys(STEPS);
  const unknown = names.filter((name) => !Object.hasOwn(STEPS, name));
  if (unknown.length === 0) return names;
  throw new Error(`there is no step "${unknown[0]}"; the steps are ${Object.keys(STEPS).join(', ')}`);
}

function main() {
  const names = chosenSteps();
  const needsTools = names.some((name) => ['unit', 'e2e', 'siege', 'chaos'].includes(name));
  const setup = () => nodeProblem(ROOT) ?? ensureDependencies() ?? (needsTools ? ensureSystemTools() : null);
  const succeeded = step('setup', setup) && names.every((name) => step(name, STEPS[name] ?? (() => null)));
  // A step can fail without a failed test (a type error, a file that does not load): that is a failure too.
  if (!succeeded && total.failed === 0) total.failed = 1;
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = succeeded ? 0 : 1;
}

try {
  main();
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 2;
}
