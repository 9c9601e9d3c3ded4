/**
 * A fresh clone in a temporary folder with the real launcher and stand-ins for what it runs: npm, the build, the
 * command line, Electron's installer and Electron itself. Each stand-in appends what it was asked to `log`.
 */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const LAUNCH = resolve(import.meta.dirname, '../../src-main/launch');
const LOCK = JSON.stringify({
  packages: {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/other-os': { version: '1.0.0', optional: true },
    'node_modules/left-over': { version: '1.0.0', extraneous: true },
  },
});

const log = (name: string) => `
import { appendFileSync } from 'node:fs';
appendFileSync(process.env.CLONE_LOG, JSON.stringify(['${name}', ...process.argv.slice(2)]) + '\\n');
`;

/** What `npm ci` leaves, as a script of the clone. */
const NPM = `${log('npm')}
import { cpSync } from 'node:fs';
if (process.env.NPM_FAILS) { console.error('npm error: no network'); process.exit(7); }
cpSync(process.env.CLONE_MODULES, 'node_modules', { recursive: true });
`;
const BUILD = `${log('build')}
import { mkdirSync, writeFileSync } from 'node:fs';
if (process.env.BUILD_FAILS) { console.error('x.ts: Unexpected token'); process.exit(1); }
for (const path of ['main/cli.js', 'main/electron.js', 'preload/preload.cjs', 'renderer/index.html']) {
  mkdirSync('out/' + path.split('/')[0], { recursive: true });
  writeFileSync('out/' + path, '');
}
writeFileSync('out/main/cli.js', ${JSON.stringify(`${log('cli')}if (process.env.CLI_STAYS) { process.on('SIGTERM', () => { console.log('stopped by SIGTERM'); process.exit(0); }); setInterval(() => 0, 1000); } console.log('cli runs');`)});
`;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export class Clone {
  readonly root = mkdtempSync(join(tmpdir(), 'clone-'));
  readonly #log = join(this.root, '..', `${this.root.split('/').at(-1)}.log`);
  readonly #modules = mkdtempSync(join(tmpdir(), 'modules-'));

  constructor() {
    cpSync(LAUNCH, join(this.root, 'src-main/launch'), { recursive: true });
    this.write('package.json', '{"type":"module","engines":{"node":">=20.19"}}');
    this.write('package-lock.json', LOCK);
    this.write('src-renderer/index.html', '');
    this.write('npm-cli.js', NPM);
    this.#module('.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }));
    this.#module('electron-vite/bin/electron-vite.js', BUILD);
    this.#module('electron/package.json', '{"version":"45.0.0"}');
    this.installer('console.error("TypeError: fetch failed"); process.exit(1);');
  }

  /** Electron's installer; it runs in the clone's root. */
  installer(script: string): void {
    this.#module(
      'electron/install.js',
      `require('fs').appendFileSync(process.env.CLONE_LOG, '["installer"]\\n');${script}`,
    );
  }

  /** Puts a program where Electron's would be. */
  electron(script: string): void {
    this.#module('electron/path.txt', 'electron');
    this.#module(
      'electron/dist/electron',
      `#!/usr/bin/env node\nrequire('fs').appendFileSync(process.env.CLONE_LOG, JSON.stringify(['electron', ...process.argv.slice(2)]) + '\\n');\n${script}`,
    );
    chmodSync(join(this.#modules, 'electron/dist/electron'), 0o755);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  spawn(args: readonly string[] = [], env: Record<string, string> = {}): ChildProcess {
    return spawn(process.execPath, [this.#launcher, ...args], this.#options(env));
  }

  /** As npm does; the second command keeps the shell from becoming the first. */
  spawnInShell(args: readonly string[], env: Record<string, string>): ChildProcess {
    const command = [process.execPath, this.#launcher, ...args].map((part) => `'${part}'`).join(' ');
    return spawn('sh', ['-c', `${command}; exit $?`], this.#options(env));
  }

  start(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Ended> {
    return ending(this.spawn(args, env));
  }

  /** What the stand-ins were asked since the last time this was called. */
  asked(): string[][] {
    const lines = existsSync(this.#log) ? readFileSync(this.#log, 'utf8').trim().split('\n') : [];
    rmSync(this.#log, { force: true });
    return lines.map((line) => JSON.parse(line) as string[]);
  }

  remove(): void {
    for (const path of [this.root, this.#modules, this.#log]) rmSync(path, { recursive: true, force: true });
  }

  get #launcher(): string {
    return join(this.root, 'src-main/launch/start.mjs');
  }

  #options(env: Record<string, string>): SpawnOptions {
    const npm = { npm_execpath: join(this.root, 'npm-cli.js') };
    const own = { PATH: process.env['PATH'], CLONE_LOG: this.#log, CLONE_MODULES: this.#modules };
    return { cwd: this.root, env: { ...own, ...npm, ...env } };
  }

  #module(path: string, text: string): void {
    mkdirSync(dirname(join(this.#modules, path)), { recursive: true });
    writeFileSync(join(this.#modules, path), text);
  }
}

export function ending(child: ChildProcess): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (err += text.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}
