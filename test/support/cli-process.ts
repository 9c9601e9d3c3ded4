/** The command line as built, in a process of its own. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

export const CLI = resolve(import.meta.dirname, '../../out/main/cli.js');

export type EventLine = Readonly<Record<string, unknown>> & { readonly event: string };

export function spawnCli(args: readonly string[], env: Record<string, string> = {}): ChildProcessWithoutNullStreams {
  if (!existsSync(CLI)) throw new Error('out/main/cli.js is missing: run npm run build first');
  return spawn(process.execPath, [CLI, ...args], { env: { PATH: process.env['PATH'], ...env } });
}

/** Runs to the end; for commands that end by themselves. */
export function runCli(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawnCli(args);
  let out = '';
  let err = '';
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  return new Promise((done) => child.on('close', (code) => done({ code, out, err })));
}

/** `bytescope serve --json` on a free port. */
export class ServeProcess {
  readonly events: EventLine[] = [];
  readonly ended: Promise<number | null>;
  readonly #lines: Interface;
  #error = '';

  private constructor(readonly child: ChildProcessWithoutNullStreams) {
    this.ended = new Promise((done) => child.on('close', (code) => done(code)));
    child.stderr.on('data', (text: Buffer) => (this.#error += text.toString()));
    this.#lines = createInterface({ input: child.stdout });
    this.#lines.on('line', (line) => this.events.push(JSON.parse(line) as EventLine));
  }

  static async start(...flags: string[]): Promise<ServeProcess> {
    const serving = new ServeProcess(spawnCli(['serve', '--json', '--listen', '127.0.0.1:0', ...flags]));
    await serving.event('listening');
    return serving;
  }

  get port(): number {
    return Number(this.events[0]?.['port']);
  }

  /** The first event of this name, now or later. */
  event(name: string): Promise<EventLine> {
    const find = () => this.events.find(({ event }) => event === name);
    return new Promise((found, reject) => {
      const look = () => {
        const event = find();
        if (event === undefined) return;
        this.#lines.off('line', look);
        found(event);
      };
      this.#lines.on('line', look);
      void this.ended.then((code) => reject(new Error(`ended with ${code} before "${name}": ${this.#error}`)));
      look();
    });
  }

  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.ended;
  }
}
