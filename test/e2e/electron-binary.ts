import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Electron's program where it was fetched; null where it was not. Found by its files: requiring it would fetch it. */
export function electronBinary(): string | null {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist');
  const named = join(folder, 'path.txt');
  if (!existsSync(named)) return null;
  const binary = join(dist, readFileSync(named, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}
