/** The listening socket and the drivers of the connections it accepted. */
import { createServer, type Server, type Socket } from 'node:net';
import { listenFailure } from '../contract/address';
import { fail, ok, type Result } from '../contract/errors';
import type { ListenerState } from '../contract/feed';
import type { ServerState } from '../session/port';
import { nowMs } from './clock';
import { ConnectionDriver, type DriverHooks } from './driver';
import { resetSocket } from './reset';
import { endpointOf, endpointText } from './tap';

/** Connections the kernel holds for us while the event loop is busy. */
const BACKLOG = 1_024;
/**
 * Connections beyond the limit that may wait for their 503 to be read. Past this many the next ones are reset
 * without a word, so that turning clients away cannot use up the descriptors either.
 */
export const MAX_REFUSED_AT_ONCE = 256;

export class Listener {
  #server: Server | null = null;
  #state: ListenerState;
  #nextId = 1;
  readonly #drivers = new Set<ConnectionDriver>();
  #onGone: () => void = () => undefined;

  constructor(
    private readonly server: ServerState,
    private readonly hooks: DriverHooks,
    address: { readonly host: string; readonly port: number },
  ) {
    this.#state = { state: 'stopped', ...address };
  }

  get state(): ListenerState {
    return this.#state;
  }

  /** Leaves the current address and listens on another; fails with a `NET_` code. Open connections are closed. */
  async listen(host: string, port: number, graceMs: number): Promise<Result<ListenerState>> {
    await this.stop(graceMs);
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      server.once('error', resolve);
      server.listen({ host, port, backlog: BACKLOG, ipv6Only: false }, () => resolve(null));
    });
    if (error !== null) {
      const failure = listenFailure(error.code ?? error.message, { host, port });
      this.#state = { state: 'failed', host, port, error: failure };
      return { ok: false, error: failure };
    }
    // After this the only errors are of single accepts (EMFILE): the server goes on with the next one.
    server.removeAllListeners('error');
    server.on('error', () => undefined);
    server.on('connection', (socket) => this.#accept(socket));
    this.#server = server;
    const bound = server.address();
    if (bound === null || typeof bound === 'string') return fail('BUG_INVARIANT', { reason: 'no TCP address' });
    const family = bound.family === 'IPv6' ? 'IPv6' : 'IPv4';
    this.#state = { state: 'listening', host: bound.address, port: bound.port, family };
    return ok(this.#state);
  }

  /** Stops accepting; idle connections close at once, busy ones get `graceMs` to finish, then they are cut. */
  async stop(graceMs: number): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    this.#state = { state: 'stopped', host: this.#state.host, port: this.#state.port };
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const driver of this.#drivers) driver.stop();
    const cut = setTimeout(() => {
      for (const driver of this.#drivers) driver.destroy();
    }, graceMs);
    await closed;
    await this.#allGone();
    clearTimeout(cut);
  }

  /** A socket leaves its server a moment before it states that it is closed. */
  async #allGone(): Promise<void> {
    while (this.#drivers.size > 0) await new Promise<void>((resolve) => (this.#onGone = resolve));
  }

  settingsChanged(): void {
    for (const driver of this.#drivers) driver.settingsChanged();
  }

  #accept(socket: Socket): void {
    const { maxConnections } = this.server.settings;
    if (maxConnections !== null && this.#drivers.size >= maxConnections + MAX_REFUSED_AT_ONCE) {
      resetSocket(socket);
      return;
    }
    const client = endpointOf(socket.remoteAddress, socket.remotePort);
    const server = endpointOf(socket.localAddress, socket.localPort);
    const id = this.#nextId;
    this.#nextId += 1;
    const identity = {
      id,
      client: endpointText(client),
      clientAddress: client.address,
      server: endpointText(server),
    };
    this.hooks.tap.opened(id, client, server, nowMs());
    const driver = new ConnectionDriver(socket, this.server, identity, {
      ...this.hooks,
      gone: (gone) => {
        this.#drivers.delete(gone);
        this.hooks.gone(gone);
        this.#onGone();
      },
    });
    this.#drivers.add(driver);
    driver.open();
  }
}
