/** Where the desktop window keeps its settings when it runs in a browser, by the custom of each system. */
import { posix, win32 } from 'node:path';

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

export function settingsFilePath({ platform, env, home }: Surroundings): string {
  if (platform === 'win32') {
    return win32.join(env['APPDATA'] ?? win32.join(home, 'AppData', 'Roaming'), 'Bytescope', 'settings.json');
  }
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Bytescope', 'settings.json');
  const base = env['XDG_CONFIG_HOME'];
  // The base directory specification: a path that is not absolute is to be ignored.
  const folder = base !== undefined && posix.isAbsolute(base) ? base : posix.join(home, '.config');
  return posix.join(folder, 'bytescope', 'settings.json');
}
