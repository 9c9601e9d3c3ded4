/** A server to be measured, in a process of its own on a core of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onCore, SERVER_CORE } from './machine.mjs';

const PROBE = join(import.meta.dirname, 'servers', 'probe.mjs');
const START_LIMIT_MS = 10_000;

/** Limits that a load generator would trip are off; the journal and every guard of bytes and time are on. */
const SERVE = ['serve', '--listen', '127.0.0.1:0', '--quiet'];
const OFF = ['bucketCapacity', 'maxConnections', 'maxConnectionsPerClient', 'maxRequestsPerConnection'];
export const ENGINE_ARGS = [...SERVE, ...OFF.flatMap((name) => ['--set', `${name}=off`])];

export class ServerProcess {
  /** @param {import('node:child_process').ChildProcess} child */
  constructor(child) {
    this.child = child;
    /** @type {string[]} */
    this.addresses = [];
  }

  /**
   * Resolves when as many addresses were told as are waited for.
   *
   * @param {string} script
   * @param {readonly string[]} args
   * @param {{ addresses?: number, core?: number | null }} [options] `core` null: any
   */
  static async start(script, args, { addresses = 1, core = SERVER_CORE } = {}) {
    const [execPath, ...pinned] = core === null ? [process.execPath] : onCore(core, process.execPath);
    const execArgv = [...pinned, '--expose-gc', `--import=${PROBE}`];
    const child = fork(script, args, { execPath, execArgv, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    const server = new ServerProcess(child);
    const limit = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
    const lines = createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stdout) });
    for await (const line of lines) {
      const address = /(http:[^\s,]+)/.exec(line)?.[1];
      if (address !== undefined && !line.startsWith('Try')) server.addresses.push(address);
      if (server.addresses.length === addresses) break;
    }
    clearTimeout(limit);
    if (server.addresses.length < addresses) throw new Error(`${script} did not start`);
    child.stdout?.resume();
    return server;
  }

  get address() {
    return this.addresses[0] ?? '';
  }

  get port() {
    return Number(new URL(this.address).port);
  }

  /** After garbage is collected. */
  async memory() {
    this.child.send('memory');
    const [usage] = await once(this.child, 'message');
    return /** @type {NodeJS.MemoryUsage} */ (usage);
  }

  /** Microseconds of all its threads so far. */
  async processorTime() {
    this.child.send('cpu');
    const [{ user, system }] = await once(this.child, 'message');
    return user + system;
  }

  /** Milliseconds its loop was held at a stretch, at most, since this was asked last. */
  async longestHold() {
    this.child.send('hold');
    const [milliseconds] = await once(this.child, 'message');
    return Number(milliseconds);
  }

  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const limit = setTimeout(() => this.child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(limit);
  }
}
