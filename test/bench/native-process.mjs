/** nginx or HAProxy on a core of its own, with a folder of its own, until stopped. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isThere } from '../setup/system-tools.mjs';
import { onCore } from './machine.mjs';

const START_LIMIT_MS = 5_000;
const TRY_EVERY_MS = 20;

/** Of nginx and HAProxy, which cannot be asked for any free one: a port nobody listened on a moment ago. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** @returns {Promise<boolean>} does somebody listen there? */
const answers = (/** @type {number} */ port) =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => done(true));
    socket.on('connect', () => socket.destroy()).on('error', () => done(false));
  });

const ARGUMENTS = {
  nginx: (/** @type {string} */ folder, /** @type {string} */ config) => ['-p', folder, '-e', 'stderr', '-c', config],
  haproxy: (/** @type {string} */ _, /** @type {string} */ config) => ['-q', '-db', '-f', config],
};

export class NativeProcess {
  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {import('./proxy-configs.mjs').Place} place
   */
  constructor(child, { folder, port }) {
    this.child = child;
    this.folder = folder;
    this.port = port;
  }

  /**
   * Throws where the program is not there, or does not start.
   *
   * @param {'nginx' | 'haproxy'} program
   * @param {number | null} core null: any
   * @param {(place: import('./proxy-configs.mjs').Place) => string} configOf
   */
  static async start(program, core, configOf) {
    if (!isThere(program)) throw new Error('not there');
    const place = { folder: mkdtempSync(join(tmpdir(), 'bytescope-bench-')), port: await freePort() };
    const config = join(place.folder, `${program}.conf`);
    writeFileSync(config, configOf(place));
    const own = ARGUMENTS[program](place.folder, config);
    const [file, ...args] = core === null ? [program, ...own] : onCore(core, program, own);
    const native = new NativeProcess(spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] }), place);
    const until = performance.now() + START_LIMIT_MS;
    while (!(await answers(place.port))) {
      const isOver = native.child.exitCode !== null || performance.now() > until;
      if (isOver) await native.stop();
      if (isOver) throw new Error('did not start');
      await setTimeout(TRY_EVERY_MS);
    }
    return native;
  }

  get address() {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop() {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
