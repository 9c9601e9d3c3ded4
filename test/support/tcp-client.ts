/** A raw TCP client for tests: sends exact bytes, collects what comes back, waits for facts rather than for time. */
import { connect, type Socket } from 'node:net';
import { resetSocket } from '../../src-main/net/reset';

export class TcpClient {
  #received = '';
  #ended = false;
  #closed = false;
  #error: NodeJS.ErrnoException | null = null;
  #changed: () => void = () => undefined;

  private constructor(readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#note(() => (this.#received += bytes.toString('latin1'))));
    socket.on('end', () => this.#note(() => (this.#ended = true)));
    socket.on('error', (error) => this.#note(() => (this.#error = error)));
    socket.on('close', () => this.#note(() => (this.#closed = true)));
  }

  static async open(port: number, host = '127.0.0.1'): Promise<TcpClient> {
    const socket = connect({ port, host, allowHalfOpen: true });
    const client = new TcpClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return client;
  }

  get received(): string {
    return this.#received;
  }

  get error(): NodeJS.ErrnoException | null {
    return this.#error;
  }

  /** Latin-1 text. Resolves when the kernel has it. */
  send(text: string): Promise<void> {
    return new Promise((resolve) => this.socket.write(Buffer.from(text, 'latin1'), () => resolve()));
  }

  /** Resolves with everything received as soon as it matches. */
  async until(pattern: RegExp): Promise<string> {
    await this.#when(() => pattern.test(this.#received), `${pattern}`);
    return this.#received;
  }

  /** Resolves with everything received when the server has sent FIN. */
  async untilEnd(): Promise<string> {
    await this.#when(() => this.#ended || this.#closed, 'the end');
    return this.#received;
  }

  async untilClosed(): Promise<void> {
    await this.#when(() => this.#closed, 'the close');
  }

  end(): void {
    this.socket.end();
  }

  reset(): void {
    resetSocket(this.socket);
  }

  close(): void {
    this.socket.destroy();
  }

  #note(change: () => void): void {
    change();
    this.#changed();
  }

  async #when(isSo: () => boolean, what: string): Promise<void> {
    while (!isSo()) {
      if (this.#closed)
        throw new Error(`closed before ${what}; received ${JSON.stringify(this.#received.slice(0, 500))}`);
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }
}
