/**
 * The product as a person starts it, for the end-to-end tests: the web host with Chromium, or Electron itself. A
 * test takes the fixture `bytescope` and does not know which of the two it is in.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { _electron, test as base, type Page } from '@playwright/test';
import { findElectron } from '../../src-main/launch/electron-binary.mjs';

export { expect } from '@playwright/test';

const ROOT = resolve(import.meta.dirname, '../..');
const CLI = join(ROOT, 'out/main/cli.js');
const START_LIMIT_MS = 20_000;
/** A host has 3 s to finish what is under way; a test waits a little longer before it ends it by force. */
const STOP_LIMIT_MS = 6_000;

export interface HostOptions {
  hostKind: 'web' | 'electron';
  /** More command-line flags, for example `['--set', 'headTimeoutMs=500']`. */
  hostFlags: string[];
  /** More of the environment, for example `{ NODE_EXTRA_CA_CERTS: … }`. */
  hostEnv: Record<string, string>;
}

export interface Bytescope {
  readonly page: Page;
  /** Where the engine listens on 127.0.0.1. */
  readonly port: number;
  /** Where the page was opened. */
  readonly url: string;
  /** Asks the host to end, as a signal or the quit menu does; the exit code, null when it had to be killed. */
  close(): Promise<number | null>;
}

type Started = Pick<HostOptions, 'hostFlags' | 'hostEnv'>;

interface WebHost {
  readonly port: number;
  readonly url: string;
  close(): Promise<number | null>;
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  const [code] = (await ended) as [number | null];
  clearTimeout(kill);
  return code;
}

/** Reads the host's lines until both addresses are known. */
function addressesOf(child: ChildProcess): Promise<{ port: number; url: string }> {
  return new Promise((found, reject) => {
    let complaint = '';
    const limit = setTimeout(
      () => reject(new Error(`the host named no addresses in time. ${complaint}`)),
      START_LIMIT_MS,
    );
    let port = 0;
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const event = JSON.parse(line) as { event: string; port?: number; url?: string };
      if (event.event === 'listening') port = event.port ?? 0;
      if (event.event !== 'ui') return;
      clearTimeout(limit);
      found({ port, url: event.url ?? '' });
    });
    child.stderr!.on('data', (text: Buffer) => (complaint += text.toString()));
    child.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`the host ended with code ${code}. ${complaint}`));
    });
  });
}

async function startWebHost({ hostFlags, hostEnv }: Started): Promise<WebHost> {
  if (!existsSync(CLI)) throw new Error('out/main/cli.js is missing: run npm run build');
  const addresses = ['--listen', '127.0.0.1:0', '--ui', '127.0.0.1:0'];
  const child = spawn(process.execPath, [CLI, 'serve', ...addresses, '--json', ...hostFlags], {
    cwd: ROOT,
    env: { ...process.env, ...hostEnv },
  });
  try {
    return { ...(await addressesOf(child)), close: () => stop(child) };
  } catch (thrown) {
    await stop(child);
    throw thrown;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** As root Chromium has no sandbox; without a display it draws into memory. */
function electronSwitches(): string[] {
  const isRoot = process.getuid?.() === 0;
  const hasDisplay = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
  return [...(isRoot ? ['--no-sandbox'] : []), ...(hasDisplay ? [] : ['--ozone-platform=headless'])];
}

async function startElectron({ hostFlags, hostEnv }: Started): Promise<Bytescope> {
  const executablePath = findElectron(ROOT);
  if (executablePath === null) throw new Error("Electron's binary is not installed");
  const userData = mkdtempSync(join(tmpdir(), 'bytescope-e2e-'));
  const port = await freePort();
  const own = [ROOT, `--user-data-dir=${userData}`, '--listen', `127.0.0.1:${port}`];
  const args = [...electronSwitches(), ...own, ...hostFlags];
  const env = { ...(process.env as Record<string, string>), ...hostEnv };
  const app = await _electron.launch({ executablePath, args, env });
  const child = app.process();
  const page = await app.firstWindow();
  return {
    page,
    port,
    url: page.url(),
    close: async () => {
      await app.close();
      rmSync(userData, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}

export const test = base.extend<HostOptions & { bytescope: Bytescope }>({
  hostKind: ['web', { option: true }],
  hostFlags: [[], { option: true }],
  hostEnv: [{}, { option: true }],
  bytescope: async ({ hostKind, hostFlags, hostEnv, page }, use) => {
    if (hostKind === 'electron') {
      const app = await startElectron({ hostFlags, hostEnv });
      await use(app);
      await app.close();
      return;
    }
    const host = await startWebHost({ hostFlags, hostEnv });
    await page.goto(host.url);
    await use({ page, ...host });
    await host.close();
  },
});
