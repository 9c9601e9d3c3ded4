// @ts-check
/**
 * `npm run dev`: builds, watches and serves the page with hot reload, and runs the engine behind it as the command
 * line does, started anew when its sources change. No Electron is needed: Node takes its place.
 */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');
const ELECTRON_VITE = resolve(ROOT, 'node_modules/electron-vite/bin/electron-vite.js');
/** Where the page's dev server looks for the engine (electron.vite.config.ts). */
const ENGINE_ADDRESS = '127.0.0.1:4174';

console.log('Open the printed address with port 5173 in place of 4174: that page follows your edits.');
const child = spawn(
  process.execPath,
  [ELECTRON_VITE, 'dev', '--watch', '--', 'serve', '--ui', ENGINE_ADDRESS, ...process.argv.slice(2)],
  {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ELECTRON_EXEC_PATH: process.execPath, ELECTRON_ENTRY: 'out/main/cli.js' },
  },
);
child.on('exit', (code) => process.exit(code ?? 0));
