/**
 * `npm run fuzz`: a million mutated inputs through the parser, or as many as are asked for.
 *
 *   npm run fuzz -- --inputs 5000000 --seed 7
 *
 * The same seed gives the same inputs. A finding is printed with the input in Base64 and ends with exit code 1.
 */
import { parseArgs } from 'node:util';
import { createServer } from 'vite';

const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
});

const vite = await createServer({
  configFile: false,
  root: new URL('../..', import.meta.url).pathname,
  server: { middlewareMode: true, watch: null },
  appType: 'custom',
  optimizeDeps: { noDiscovery: true, include: [] },
  logLevel: 'error',
});
const { fuzzParser } = await vite.ssrLoadModule('/test/fuzz/fuzz-parser.ts');
const startedMs = performance.now();
const result = fuzzParser({
  inputs: Number(values.inputs),
  seed: Number(values.seed),
  onProgress: (/** @type {number} */ done) => console.log(`${done.toLocaleString('en-US')} inputs`),
});
const seconds = (performance.now() - startedMs) / 1000;
await vite.close();

if (result.finding === null) {
  const count = result.inputs.toLocaleString('en-US');
  const share = Math.round((result.faults / result.inputs) * 100);
  console.log(
    `${count} inputs, ${(result.bytes / 1e6).toFixed(0)} MB, ${share} % refused, in ${seconds.toFixed(0)} s: no finding`,
  );
} else {
  const { what, role, input } = result.finding;
  console.log(`input ${result.inputs} (${role}): ${what}\n${Buffer.from(input).toString('base64')}`);
  process.exitCode = 1;
}
