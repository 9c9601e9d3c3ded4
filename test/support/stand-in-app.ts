/** Runs the main process as built, with Electron's modules stood in for, and asks it what its page shows. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CHROMIUM_ARGS, CHROMIUM_PATH } from '../chromium';

const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'out/main/electron.js');
const REGISTER = pathToFileURL(join(import.meta.dirname, 'electron-stand-in/register.mjs')).href;
const READY = 'bytescope:ready';
const START_LIMIT_MS = 20_000;

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

export interface StandInState {
  readonly isSandboxed: boolean;
  readonly isShown: boolean;
  readonly webPreferences: Readonly<Record<string, unknown>>;
  readonly refusedAddresses: readonly string[];
  readonly deniedWindows: number;
  readonly deniedNavigations: number;
}

export class StandInApp {
  #lastId = 0;
  readonly #waiting = new Map<number, (answer: Answer) => void>();

  private constructor(
    readonly process: ChildProcess,
    readonly folder: string,
  ) {
    process.on('message', (answer: Answer) => this.#waiting.get(answer.id)?.(answer));
  }

  /** Resolves when the window is shown. */
  static async start(flags: readonly string[]): Promise<StandInApp> {
    if (!existsSync(MAIN)) throw new Error('out/main/electron.js is missing: run npm run build');
    const folder = mkdtempSync(join(tmpdir(), 'bytescope-stand-in-'));
    const child = fork(MAIN, [...flags], {
      execArgv: ['--import', REGISTER],
      env: {
        ...process.env,
        STAND_IN_FOLDER: folder,
        STAND_IN_CHROMIUM: CHROMIUM_PATH,
        STAND_IN_CHROMIUM_ARGS: JSON.stringify(CHROMIUM_ARGS),
      },
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const app = new StandInApp(child, folder);
    await app.#ready();
    return app;
  }

  #ready(): Promise<void> {
    return new Promise((found, reject) => {
      let output = '';
      const limit = setTimeout(() => reject(new Error(`the window was not shown in time. ${output}`)), START_LIMIT_MS);
      const read = (text: Buffer) => {
        output += text.toString();
        if (!output.includes(READY)) return;
        clearTimeout(limit);
        found();
      };
      this.process.stdout!.on('data', read);
      this.process.stderr!.on('data', read);
      this.process.once('exit', (code) => {
        clearTimeout(limit);
        reject(new Error(`it ended with code ${code}. ${output}`));
      });
    });
  }

  #ask(command: string, argument?: unknown): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((found, reject) => {
      this.#waiting.set(id, ({ value, error }) => (error === undefined ? found(value) : reject(new Error(error))));
      this.process.send({ id, command, argument });
    });
  }

  /** What an expression is in the page. */
  evaluate(expression: string): Promise<unknown> {
    return this.#ask('evaluate', expression);
  }

  async state(): Promise<StandInState> {
    return (await this.#ask('state')) as StandInState;
  }

  async isGranted(permission: string): Promise<boolean> {
    return (await this.#ask('isGranted', permission)) as boolean;
  }

  async reload(): Promise<void> {
    await this.#ask('reload');
  }

  /** Asks it to quit, as the menu does; the exit code. */
  async quit(): Promise<number | null> {
    const ended = once(this.process, 'exit');
    this.process.send({ id: 0, command: 'quit' });
    const [code] = (await ended) as [number | null];
    return code;
  }

  /** Ends it by force where it still runs. */
  async dispose(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, 'exit');
      this.process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
