import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { CHROMIUM_ARGS, CHROMIUM_PATH } from './chromium.ts';

const root = resolve(import.meta.dirname, '..');
const resolveOptions = {
  alias: {
    '@contract': resolve(root, 'src-main/contract'),
    '@http1': resolve(root, 'src-main/http1'),
    '@tls': resolve(root, 'src-main/tls'),
    '@websocket': resolve(root, 'src-main/websocket'),
  },
};
const svelteFiles = svelte({ configFile: false });

/** Tests wait for facts, not for time; on a loaded machine those take a while. */
const testTimeout = 30_000;

/**
 * `node` for the engine and pure view maths, `dom` for runes modules and components in
 * happy-dom (`svelteTesting()` makes runes run as in a browser), `browser` for what needs real layout,
 * `siege` and `chaos` for what needs the machine for itself: steps of their own, one file after the other.
 */
export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        resolve: resolveOptions,
        test: {
          name: 'node',
          testTimeout,
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/renderer/{model,panels,kit,views}/**',
            'test/**/*.svelte.test.ts',
            'test/e2e/**',
            'test/siege/**',
            'test/chaos/**',
            '**/*.browser.test.ts',
          ],
        },
      },
      {
        root,
        resolve: resolveOptions,
        plugins: [svelteFiles, svelteTesting()],
        test: {
          name: 'dom',
          testTimeout,
          environment: 'happy-dom',
          include: ['test/renderer/{model,panels,kit,views}/**/*.test.ts', 'test/**/*.svelte.test.ts'],
          exclude: ['**/*.browser.test.ts'],
        },
      },
      {
        root,
        resolve: resolveOptions,
        plugins: [svelteFiles],
        optimizeDeps: { include: ['pako', 'valibot', 'vitest-browser-svelte'] },
        test: {
          name: 'browser',
          testTimeout,
          include: ['test/renderer/**/*.browser.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath: CHROMIUM_PATH, args: CHROMIUM_ARGS } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        root,
        resolve: resolveOptions,
        test: { name: 'siege', testTimeout, fileParallelism: false, include: ['test/siege/**/*.test.ts'] },
      },
      {
        root,
        resolve: resolveOptions,
        test: { name: 'chaos', testTimeout, fileParallelism: false, include: ['test/chaos/**/*.test.ts'] },
      },
    ],
  },
});
