/** Opens an address in the browser of the desktop, where there is one. It is a courtesy: failing is not an error. */
import { spawn } from 'node:child_process';

type Environment = Readonly<Record<string, string | undefined>>;

/** Null where there is no desktop to open a browser on. */
export function openerOf(
  platform: NodeJS.Platform,
  env: Environment,
): readonly [command: string, ...args: string[]] | null {
  if (platform === 'darwin') return ['open'];
  // `start` would read the & of an address as the end of the command.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open'] : null;
}

export function openBrowser(url: string): void {
  const opener = openerOf(process.platform, process.env);
  if (opener === null) return;
  const [command, ...args] = opener;
  const child = spawn(command, [...args, url], { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
}
