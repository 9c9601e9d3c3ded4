/** A raw TCP server for tests: what it reads is text to wait for, what it sends are exact bytes. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { resetSocket } from '../../src-main/net/reset';

export class TcpPeer {
  received = '';
  hasEnded = false;
  isClosed = false;
  #changed: () => void = () => undefined;

  constructor(readonly socket: Socket) {
    const note = (change: () => void): void => {
      change();
      this.#changed();
    };
    socket.setNoDelay(true);
    socket.on('data', (bytes) => note(() => (this.received += bytes.toString('latin1'))));
    socket.on('end', () => note(() => (this.hasEnded = true)));
    socket.on('close', () => note(() => (this.isClosed = true)));
    socket.on('error', () => undefined);
  }

  async until(pattern: RegExp): Promise<string> {
    await this.when(() => pattern.test(this.received));
    return this.received;
  }

  async when(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => (this.#changed = resolve));
  }

  send(text: string): void {
    this.socket.write(Buffer.from(text, 'latin1'));
  }

  end(): void {
    this.socket.end();
  }

  reset(): void {
    resetSocket(this.socket);
  }
}

export class TcpServer {
  readonly peers: TcpPeer[] = [];
  #changed: () => void = () => undefined;

  private constructor(private readonly server: Server) {}

  /** `take` is called with each connection. */
  static async open(take: (peer: TcpPeer) => void = () => undefined, port = 0): Promise<TcpServer> {
    const server = createServer({ allowHalfOpen: true });
    const made = new TcpServer(server);
    server.on('connection', (socket) => {
      const peer = new TcpPeer(socket);
      made.peers.push(peer);
      take(peer);
      made.#changed();
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return made;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async peer(index: number): Promise<TcpPeer> {
    while (this.peers.length <= index) await new Promise<void>((resolve) => (this.#changed = resolve));
    return this.peers[index]!;
  }

  async close(): Promise<void> {
    for (const { socket } of this.peers) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
