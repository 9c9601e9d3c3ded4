import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';

const at = (path: string) => resolve(import.meta.dirname, path);

export default defineConfig({
  main: {
    build: {
      // The default follows Electron's own Node; the same files also run on plain Node 20.
      target: 'node20',
      outDir: 'out/main',
      // Everything is bundled, so out/ runs without node_modules.
      externalizeDeps: false,
      sourcemap: true,
      rolldownOptions: { input: { electron: at('src-main/electron.ts'), cli: at('src-main/cli.ts') } },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: at('src-main/preload/preload.ts') },
        // A sandboxed preload can only be CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src-renderer'),
    base: './',
    plugins: [svelte({ configFile: false })],
    resolve: {
      alias: {
        '@contract': at('src-main/contract'),
        '@http1': at('src-main/http1'),
        '@tls': at('src-main/tls'),
        '@websocket': at('src-main/websocket'),
      },
    },
    server: {
      host: '127.0.0.1',
      port: 5173,
      strictPort: true,
      proxy: { '/ws': { target: 'http://127.0.0.1:4174', ws: true, changeOrigin: true, rewriteWsOrigin: true } },
    },
    build: {
      outDir: 'out/renderer',
      minify: true,
      // A font inlined as `data:` would break the page's own content policy.
      assetsInlineLimit: 0,
      sourcemap: true,
      rolldownOptions: { input: { index: at('src-renderer/index.html') } },
    },
  },
});
