/** A port on which a connection attempt gets no answer at all, neither yes nor no. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { resolve } from 'node:path';

const SCRIPT = resolve(import.meta.dirname, 'never-accepts.mjs');
/** More than the kernel takes with a backlog of one. */
const FILLERS = 4;

export class BlackHole {
  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
    readonly fillers: readonly Socket[],
  ) {}

  static async open(): Promise<BlackHole> {
    const child = spawn(process.execPath, [SCRIPT], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const port = Number(line.toString());
    const fillers = Array.from({ length: FILLERS }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    await Promise.race(fillers.map((socket) => once(socket, 'connect')));
    return new BlackHole(child, port, fillers);
  }

  close(): void {
    for (const socket of this.fillers) socket.destroy();
    this.child.kill('SIGKILL');
  }
}
