// @ts-check
/** The build: is it newer than the sources, and if not, making it. */
import { existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './child.mjs';

const RESULTS = ['main/cli.js', 'main/electron.js', 'preload/preload.cjs', 'renderer/index.html'];
const FOLDERS = ['src-main', 'src-renderer'];
const FILES = ['package.json', 'package-lock.json', 'electron.vite.config.ts'];

/** Carries the time the build began as its own. @param {string} root */
const stampPath = (root) => join(root, 'out', '.built');

/** Folders count too: deleting a file changes the time of its folder. @param {string} root */
function newestSourceMs(root) {
  const below = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  );
  const paths = [...FILES, ...FOLDERS, ...below].map((path) => join(root, path));
  return Math.max(...paths.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0));
}

/** @param {string} root */
export function isBuilt(root) {
  if (!RESULTS.every((path) => existsSync(join(root, 'out', path)))) return false;
  const stamp = statSync(stampPath(root), { throwIfNoEntry: false });
  return stamp !== undefined && stamp.mtimeMs >= newestSourceMs(root);
}

/**
 * @param {string} root
 * @returns {ReturnType<typeof runQuietly>}
 */
export async function build(root) {
  const began = new Date();
  rmSync(stampPath(root), { force: true });
  const tool = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const ending = await runQuietly([process.execPath, tool, 'build', '--logLevel=warn'], { cwd: root });
  if (ending.code === 0) {
    writeFileSync(stampPath(root), '');
    utimesSync(stampPath(root), began, began);
  }
  return ending;
}
