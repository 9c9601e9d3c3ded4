/**
 * `npm run bench`: how fast the engine is, side by side with a bare node:net server and node:http, and as a reverse
 * proxy with those people use. Writes RESULTS.md beside this file. Judges nothing: times depend on the machine, and
 * whoever else uses it.
 *
 *   npm run bench                        about ten minutes
 *   npm run bench -- --quick             about two minutes, written to standard output alone
 *   npm run bench -- --only proxy        one section, or several: --only parser,linear; to standard output alone
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureTools } from './tools.mjs';

const RESULTS = join(import.meta.dirname, 'RESULTS.md');
const FULL = { rounds: 5, seconds: 1, proxySeconds: 2, memorySeconds: 20, samples: 200 };
const QUICK = { rounds: 1, seconds: 1, proxySeconds: 1, memorySeconds: 4, samples: 40 };

/** @typedef {Awaited<ReturnType<typeof import('./bundles.mjs').bundleAll>>} Bundles */
/** @typedef {import('./report.mjs').SectionName} SectionName */

/**
 * Loaded once the tools are there: the bundler is one of them.
 *
 * @satisfies {Record<SectionName, (bundles: Bundles, effort: typeof FULL) => Promise<unknown>>}
 */
const SECTIONS = {
  throughput: async (/** @type {Bundles} */ bundles, /** @type {typeof FULL} */ effort) =>
    (await import('./throughput.mjs')).measureThroughput(bundles, effort),
  parser: async (/** @type {Bundles} */ bundles, /** @type {typeof FULL} */ effort) =>
    (await import('./parser-speed.mjs')).measureParser(bundles.parser, effort),
  memory: async (/** @type {Bundles} */ bundles) => (await import('./idle-memory.mjs')).measureIdleMemory(bundles),
  feed: async (/** @type {Bundles} */ bundles, /** @type {typeof FULL} */ effort) =>
    (await import('./feed-delay.mjs')).measureFeedDelay(bundles, effort),
  linear: async (/** @type {Bundles} */ bundles) => (await import('./linear.mjs')).measureLinear(bundles),
  proxy: async (/** @type {Bundles} */ bundles, /** @type {typeof FULL} */ effort) =>
    (await import('./proxy.mjs')).measureProxies(bundles, effort),
  siege: async (/** @type {Bundles} */ bundles) => (await import('./siege.mjs')).measureSiege(bundles),
};

const SECTION_NAMES = /** @type {readonly SectionName[]} */ (Object.keys(SECTIONS));

/** @template Value @param {string} name @param {() => Promise<Value>} work */
async function timed(name, work) {
  const start = performance.now();
  const value = await work();
  console.error(`${name}: ${((performance.now() - start) / 1_000).toFixed(0)} s`);
  return value;
}

/** A section that cannot be measured for want of something leaves the others alone. */
async function measureAll(/** @type {readonly SectionName[]} */ names, /** @type {typeof FULL} */ effort) {
  const { bundleAll } = await import('./bundles.mjs');
  const bundles = await timed('bundles', bundleAll);
  /** @type {import('./report.mjs').Measured} */
  const measured = {};
  for (const name of names) {
    try {
      Object.assign(measured, {
        [name]: await timed(name, /** @returns {Promise<unknown>} */ () => SECTIONS[name](bundles, effort)),
      });
    } catch (thrown) {
      process.exitCode = 1;
      console.error(`${name}: ${thrown instanceof Error ? thrown.message : thrown}`);
    }
  }
  return measured;
}

/** The sections asked for; without a word all of them, but for the siege where it has to be quick. */
function chosenSections(/** @type {{ quick: boolean, only?: string | undefined }} */ { quick, only }) {
  const names = only?.split(',') ?? SECTION_NAMES.filter((name) => !quick || name !== 'siege');
  const unknown = names.find((name) => !Object.hasOwn(SECTIONS, name));
  if (unknown === undefined) return /** @type {readonly SectionName[]} */ (names);
  throw new Error(`there is no section "${unknown}"; the sections are ${SECTION_NAMES.join(', ')}`);
}

async function main() {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
  const names = chosenSections(values);
  const problem = ensureTools();
  if (problem !== null) throw new Error(problem);
  const { describeMachine } = await import('./machine.mjs');
  const { toMarkdown } = await import('./report.mjs');
  const { format } = await import('prettier');
  const flags = [...(values.quick ? ['--quick'] : []), ...(values.only === undefined ? [] : ['--only', values.only])];
  const command = ['npm run bench', ...(flags.length === 0 ? [] : ['--', ...flags])].join(' ');
  const measured = await measureAll(names, values.quick ? QUICK : FULL);
  const page = await format(toMarkdown(describeMachine(), command, measured), { parser: 'markdown' });
  // What stands in the repository is whole, or it is not touched.
  if (flags.length === 0 && process.exitCode === undefined) writeFileSync(RESULTS, page);
  console.log(page);
}

try {
  await main();
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
}
