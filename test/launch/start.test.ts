import { existsSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Clone, ending } from '../support/clone';

const DISPLAY = { DISPLAY: ':0' };
const SERVE = ['cli', 'serve', '--ui', '--open', '--settings', '--quiet'];
let clone: Clone;

beforeEach(() => {
  clone = new Clone();
});
afterEach(() => clone.remove());

/** A second start finds everything done. */
async function startOnce(...args: Parameters<Clone['start']>): Promise<void> {
  await clone.start(...args);
  clone.asked();
}

/** Makes a file newer than anything a start may have written. */
function touch(path: string): void {
  const later = new Date(Date.now() + 5_000);
  utimesSync(join(clone.root, path), later, later);
}

describe('a fresh clone', () => {
  it('is installed, built and run', async () => {
    const { code, out } = await clone.start(['--web']);
    expect(code).toBe(0);
    expect(clone.asked()).toEqual([
      ['npm', 'ci', '--include=dev', '--no-audit', '--no-fund'],
      ['build', 'build', '--logLevel=warn'],
      SERVE,
    ]);
    expect(out).toBe('Installing packages (npm ci) …\nBuilding …\ncli runs\n');
  });

  it('is left alone by a Node older than the package asks for', async () => {
    clone.write('package.json', '{"type":"module","engines":{"node":">=99.5"}}');
    const { code, err } = await clone.start(['--web']);
    expect(code).toBe(1);
    expect(err).toBe(
      `Node 99.5 or newer is needed; this is ${process.versions.node}. Install a newer Node, then start again.\n`,
    );
    expect(clone.asked()).toEqual([]);
  });

  it('says what npm said when it cannot be installed', async () => {
    const { code, err } = await clone.start(['--web'], { NPM_FAILS: '1' });
    expect(code).toBe(7);
    expect(err).toBe('npm error: no network\nInstalling packages (npm ci) failed; the reason stands above.\n');
  });

  it('says what the build said when it fails, and builds again next time', async () => {
    const { code, err } = await clone.start(['--web'], { BUILD_FAILS: '1' });
    expect(code).toBe(1);
    expect(err).toContain('x.ts: Unexpected token\nBuilding failed');
    clone.asked();
    await clone.start(['--web']);
    expect(clone.asked().map(([name]) => name)).toEqual(['build', 'cli']);
  });
});

describe('a second start', () => {
  beforeEach(() => startOnce(['--web']));
  const steps = async () => {
    await clone.start(['--web']);
    return clone.asked().map(([name]) => name);
  };

  it('neither installs nor builds', async () => {
    expect(await steps()).toEqual(['cli']);
  });

  it('installs when the lock file names another version', async () => {
    clone.write('package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.1' } } }));
    expect(await steps()).toEqual(['npm', 'build', 'cli']);
  });

  it.each(['src-main/launch/build.mjs', 'src-renderer/index.html', 'package.json'])(
    'builds when %s changed',
    async (path) => {
      touch(path);
      expect(await steps()).toEqual(['build', 'cli']);
    },
  );

  it('builds when a source is gone', async () => {
    clone.write('src-renderer/old.ts', '');
    await startOnce(['--web']);
    rmSync(join(clone.root, 'src-renderer/old.ts'));
    touch('src-renderer');
    expect(await steps()).toEqual(['build', 'cli']);
  });

  it('builds when a part of the result is gone', async () => {
    rmSync(join(clone.root, 'out/preload/preload.cjs'));
    expect(await steps()).toEqual(['build', 'cli']);
  });
});

describe('flags', () => {
  it('are passed on to the command line', async () => {
    await clone.start(['--web', '--listen', '0', '--set', 'maxBodyBytes=1']);
    expect(clone.asked().at(-1)).toEqual([...SERVE, '--listen', '0', '--set', 'maxBodyBytes=1']);
  });

  it('are explained by --help, those of the command line included', async () => {
    const { out } = await clone.start(['--help'], DISPLAY);
    expect(out).toContain('--retry-electron');
    expect(clone.asked().at(-1)).toEqual(['cli', '--help']);
  });
});

describe('without Electron', () => {
  it('says in one line that there is no display, and fetches nothing', async () => {
    const { code, out } = await clone.start();
    expect(code).toBe(0);
    expect(out).toContain('The window opens in a browser (there is no display).\ncli runs\n');
    expect(clone.asked().map(([name]) => name)).toEqual(['npm', 'build', 'cli']);
  });

  it('says in one line that it could not be fetched', async () => {
    const { out } = await clone.start([], DISPLAY);
    expect(out).toContain('The window opens in a browser (fetching Electron failed: fetch failed).\ncli runs\n');
    expect(clone.asked().map(([name]) => name)).toEqual(['npm', 'build', 'installer', 'cli']);
  });

  it('does not try again soon, unless told to', async () => {
    await startOnce([], DISPLAY);
    const { out } = await clone.start([], DISPLAY);
    expect(out).toContain('fetching Electron failed before: fetch failed; npm start -- --retry-electron tries again');
    expect(clone.asked()).toEqual([SERVE]);
    await clone.start(['--retry-electron'], DISPLAY);
    expect(clone.asked()).toEqual([['installer'], SERVE]);
  });

  it('tries again the next day', async () => {
    await startOnce([], DISPLAY);
    const yesterday = { version: '45.0.0', atMs: Date.now() - 25 * 3_600_000, reason: 'fetch failed' };
    writeFileSync(join(clone.root, 'node_modules/.cache/bytescope/electron-failure.json'), JSON.stringify(yesterday));
    await clone.start([], DISPLAY);
    expect(clone.asked()).toEqual([['installer'], SERVE]);
  });

  it('uses what the installer fetched', async () => {
    const program = `#!/usr/bin/env node\\nconsole.log("desktop runs")`;
    clone.installer(
      `const fs = require('fs'); const to = 'node_modules/electron/'; fs.mkdirSync(to + 'dist');
       fs.writeFileSync(to + 'dist/electron', '${program}', { mode: 0o755 }); fs.writeFileSync(to + 'path.txt', 'electron');`,
    );
    const { code, out } = await clone.start([], DISPLAY);
    expect([code, out]).toEqual([0, expect.stringContaining('desktop runs\n')]);
    expect(clone.asked().map(([name]) => name)).toEqual(['npm', 'build', 'installer']);
  });
});

describe('with Electron', () => {
  const READY = `console.log('bytescope:ready');`;

  it('runs it on the project with the flags', async () => {
    clone.electron(READY);
    const { code, out } = await clone.start(['--listen', '0'], DISPLAY);
    expect([code, out]).toEqual([0, 'Installing packages (npm ci) …\nBuilding …\n']);
    expect(clone.asked().at(-1)).toEqual(['electron', clone.root, '--listen', '0']);
  });

  it('is not used with --web', async () => {
    clone.electron(READY);
    await clone.start(['--web'], DISPLAY);
    expect(clone.asked().at(-1)).toEqual(SERVE);
  });

  it('keeps its exit code', async () => {
    clone.electron(`${READY} process.exitCode = 3;`);
    expect((await clone.start([], DISPLAY)).code).toBe(3);
  });

  it('passes its lines on, but not the mark', async () => {
    clone.electron(
      `console.log('one'); ${READY} console.log('two'); process.stdout.write('three'); console.error('four');`,
    );
    const { out, err } = await clone.start([], DISPLAY);
    expect(out).toBe('Installing packages (npm ci) …\nBuilding …\none\ntwo\nthree');
    expect(err).toBe('four\n');
  });

  it('falls back where it ends before its window is there', async () => {
    clone.electron(
      `console.error('[1:ERROR:zygote.cc] FATAL: Running as root without --no-sandbox'); process.exitCode = 1;`,
    );
    const { code, out, err } = await clone.start([], DISPLAY);
    expect(out).toContain(
      'The window opens in a browser (Electron did not start: Running as root without --no-sandbox).\n',
    );
    expect([code, err]).toEqual([0, '']);
    expect(clone.asked().at(-1)).toEqual(SERVE);
  });

  it('gets the signals meant for it, and leaves no orphan', async () => {
    clone.electron(`
      process.on('SIGTERM', () => { console.log('asked to stop'); process.exit(5); });
      console.log(process.pid); setInterval(() => 0, 1000); ${READY}`);
    const child = clone.spawn([], DISPLAY);
    const ended = ending(child);
    let pid = 0;
    child.stdout?.on('data', (text: Buffer) => (pid ||= Number(/^(\d+)$/m.exec(text.toString())?.[1] ?? 0)));
    await vi.waitUntil(() => pid !== 0, 5_000);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 5, out: expect.stringContaining('asked to stop') as string });
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

describe('signals', () => {
  it('reach the command line, which runs in the same process', async () => {
    const child = clone.spawn(['--web'], { CLI_STAYS: '1' });
    const ended = ending(child);
    await new Promise<void>((resolve) => {
      child.stdout?.on('data', (text: Buffer) => (text.toString().includes('cli runs') ? resolve() : undefined));
    });
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  // npm hands its SIGTERM to the shell between us and it.
  it('are made up for where the shell of npm died of one', async () => {
    const shell = clone.spawnInShell(['--web'], { CLI_STAYS: '1', npm_lifecycle_event: 'start' });
    const ended = ending(shell);
    await new Promise<void>((resolve) => {
      shell.stdout?.on('data', (text: Buffer) => (text.toString().includes('cli runs') ? resolve() : undefined));
    });
    shell.kill('SIGKILL');
    // The pipe closes when the last process that writes to it is gone.
    expect((await ended).out).toContain('stopped by SIGTERM');
  });

  it('end a fetch under way without falling back', async () => {
    clone.installer('process.on("SIGTERM", () => process.exit(1)); setInterval(() => 0, 1000);');
    const child = clone.spawn([], DISPLAY);
    const ended = ending(child);
    await vi.waitUntil(() => clone.asked().some(([name]) => name === 'installer'), 10_000);
    child.kill('SIGTERM');
    const { code, out } = await ended;
    expect(code).toBe(130);
    expect(out).not.toContain('cli runs');
    expect(existsSync(join(clone.root, 'node_modules/.cache/bytescope/electron-failure.json'))).toBe(false);
  });
});
