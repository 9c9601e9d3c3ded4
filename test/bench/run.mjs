/**
 * `npm run bench`: how fast the engine is, side by side with a bare node:net server and node:http. Writes
 * RESULTS.md beside this file. Judges nothing: times depend on the machine, and whoever else uses it.
 *
 *   npm run bench                 about six minutes
 *   npm run bench -- --quick      about one minute, written to standard output alone
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureTools } from './tools.mjs';

const RESULTS = join(import.meta.dirname, 'RESULTS.md');
const FULL = { rounds: 5, seconds: 1, samples: 200, besieged: true };
const QUICK = { rounds: 1, seconds: 1, samples: 40, besieged: false };

/** @template Value @param {string} name @param {() => Promise<Value>} work */
async function timed(name, work) {
  const start = performance.now();
  const value = await work();
  console.error(`${name}: ${((performance.now() - start) / 1_000).toFixed(0)} s`);
  return value;
}

/** Loaded once the tools are there: the bundler is one of them. */
async function measureAll(/** @type {typeof FULL} */ effort) {
  const { bundleAll } = await import('./bundles.mjs');
  const { describeMachine } = await import('./machine.mjs');
  const { measureThroughput } = await import('./throughput.mjs');
  const { measureParser } = await import('./parser-speed.mjs');
  const { measureIdleMemory } = await import('./idle-memory.mjs');
  const { measureFeedDelay } = await import('./feed-delay.mjs');
  const { measureLinear } = await import('./linear.mjs');
  const { measureSiege } = await import('./siege.mjs');
  const bundles = await timed('bundles', bundleAll);
  return {
    machine: describeMachine(),
    throughput: await timed('requests/s', () => measureThroughput(bundles, effort)),
    parser: await timed('parser', () => measureParser(bundles.parser, effort)),
    memory: await timed('memory', () => measureIdleMemory(bundles)),
    feed: await timed('feed', () => measureFeedDelay(bundles, effort)),
    linear: await timed('hostile work', () => measureLinear(bundles)),
    siege: effort.besieged ? await timed('siege', () => measureSiege(bundles)) : [],
  };
}

async function main() {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
  const problem = ensureTools();
  if (problem !== null) throw new Error(problem);
  const { toMarkdown } = await import('./report.mjs');
  const { format } = await import('prettier');
  const command = values.quick ? 'npm run bench -- --quick' : 'npm run bench';
  const page = toMarkdown({ command, ...(await measureAll(values.quick ? QUICK : FULL)) });
  if (!values.quick) writeFileSync(RESULTS, await format(page, { parser: 'markdown' }));
  console.log(page);
}

try {
  await main();
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
}
