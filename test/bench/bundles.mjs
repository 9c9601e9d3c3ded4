/**
 * The engine as it ships, bundled from the sources so that what is measured is what is there now, and beside it the
 * same program with a journal that keeps nothing: what recording costs is the difference. No flag of the product
 * switches the journal off, for then the bytes that explain a failure would be the ones nobody kept.
 */
import { join } from 'node:path';
import { build } from 'vite';
import { ROOT } from '../setup/step.mjs';

const OUT = join(ROOT, 'node_modules', '.cache', 'bytescope', 'bench');
const SILENT_JOURNAL = join(import.meta.dirname, 'servers', 'silent-journal.mjs');

const withSilentJournal = {
  name: 'silent-journal',
  enforce: /** @type {const} */ ('pre'),
  resolveId: (/** @type {string} */ id) => (id.endsWith('/capture/journal') ? SILENT_JOURNAL : null),
};

/**
 * @param {string} name
 * @param {string} entry
 * @param {import('vite').Plugin[]} [plugins]
 * @returns {Promise<string>} the path of the bundle
 */
async function bundle(name, entry, plugins = []) {
  const outDir = join(OUT, name);
  await build({
    configFile: false,
    logLevel: 'warn',
    root: ROOT,
    plugins,
    ssr: { noExternal: true },
    build: {
      ssr: join(ROOT, 'src-main', entry),
      target: 'node20',
      outDir,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'main.mjs', codeSplitting: false } },
    },
  });
  return join(outDir, 'main.mjs');
}

export const bundleAll = async () => ({
  cli: await bundle('cli', 'cli.ts'),
  silentCli: await bundle('cli-silent', 'cli.ts', [withSilentJournal]),
  parser: await bundle('parser', 'http1/parser.ts'),
});
