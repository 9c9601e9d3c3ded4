/** The listening socket and the drivers of the connections it accepted. */
import { createServer, type Server, type Socket } from 'node:net';
import { listenFailure, type Endpoint } from '../contract/address';
import { fail, ok, type Result } from '../contract/errors';
import type { ListenerState } from '../contract/feed';
import type { ServerState, Session, SessionIdentity, SessionPort } from '../session/port';
import { bugOf } from './bug';
import { nowMs } from './clock';
import type { ConnectionDriver } from './driver';
import type { OpenConnections } from './open-connections';
import { resetSocket } from './reset';
import { withStaticReads } from './static-reads';
import { endpointOf, endpointText } from './tap';

/** What is done with a connection that was accepted. */
export type SessionFor = (port: SessionPort, identity: SessionIdentity) => Session;

/** Connections the kernel holds for us while the event loop is busy. */
const BACKLOG = 1_024;
/**
 * Connections beyond a limit that may wait for their 503 to be read. Past this many the next ones to be turned away
 * are reset without a word, so that turning clients away cannot use up the descriptors either.
 */
export const MAX_REFUSED_AT_ONCE = 256;

export class Listener {
  #server: Server | null = null;
  #state: ListenerState;
  #latestClient = '';
  #latestOwn: Endpoint & { readonly text: string } = { address: '', port: 0, family: 'IPv4', text: '' };
  readonly #drivers = new Set<ConnectionDriver>();
  #onGone: () => void = () => undefined;
  /** The last start or stop asked for. They take turns: two at once would leave a server that nobody can stop. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly server: ServerState,
    private readonly connections: OpenConnections,
    private readonly sessionFor: SessionFor,
    address: { readonly host: string; readonly port: number },
  ) {
    this.#state = { state: 'stopped', ...address };
  }

  get state(): ListenerState {
    return this.#state;
  }

  /** Leaves the current address and listens on another; fails with a `NET_` code. Open connections are closed. */
  listen(host: string, port: number, graceMs: number): Promise<Result<ListenerState>> {
    return this.#inTurn(() => this.#move(host, port, graceMs));
  }

  /** Stops accepting; idle connections close at once, busy ones get `graceMs` to finish, then they are cut. */
  stop(graceMs: number): Promise<void> {
    return this.#inTurn(() => this.#leave(graceMs));
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #move(host: string, port: number, graceMs: number): Promise<Result<ListenerState>> {
    await this.#leave(graceMs);
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
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
    server.on('connection', (socket) => this.#take(socket));
    this.#server = server;
    const bound = server.address();
    if (bound === null || typeof bound === 'string') return fail('BUG_INVARIANT', { reason: 'no TCP address' });
    const family = bound.family === 'IPv6' ? 'IPv6' : 'IPv4';
    this.#state = { state: 'listening', host: bound.address, port: bound.port, family };
    return ok(this.#state);
  }

  async #leave(graceMs: number): Promise<void> {
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

  #take(socket: Socket): void {
    const client = endpointOf(socket.remoteAddress, socket.remotePort);
    try {
      if (this.#canAnswer(client.address)) this.#accept(socket, client);
      else resetSocket(socket);
    } catch (thrown) {
      this.connections.broke(bugOf(thrown));
      resetSocket(socket);
    }
  }

  /** Is there room for one more, if only to be told 503? */
  #canAnswer(client: string): boolean {
    const { admission, settings } = this.server;
    const refused = this.#drivers.size - admission.open;
    return refused < MAX_REFUSED_AT_ONCE || admission.verdictOn(client, settings).admitted;
  }

  /** The one of the connection before, as a rule: its text is then held once. */
  #ownEndpoint({ localAddress, localPort }: Socket): Endpoint & { readonly text: string } {
    const endpoint = endpointOf(localAddress, localPort);
    const { address, port } = this.#latestOwn;
    if (endpoint.address !== address || endpoint.port !== port) {
      this.#latestOwn = { ...endpoint, text: endpointText(endpoint) };
    }
    return this.#latestOwn;
  }

  #accept(socket: Socket, client: Endpoint): void {
    const server = this.#ownEndpoint(socket);
    const id = this.connections.nextId();
    // Many connections in a row are of one client, as a rule: its address is then held once.
    if (client.address !== this.#latestClient) this.#latestClient = client.address;
    const identity = {
      id,
      client: endpointText(client),
      clientAddress: this.#latestClient,
      server: server.text,
      isSecure: false,
      carrier: null,
    };
    const { tap } = this.connections;
    tap.opened(id, client, server, nowMs());
    const driver = this.connections.drive(id, 'client', (port) => this.sessionFor(port, identity), this.#gone);
    this.#drivers.add(driver.use(withStaticReads(socket, driver)));
    driver.writeDirectly();
    driver.open();
    if (tap.isBehind) driver.hold();
  }

  readonly #gone = (driver: ConnectionDriver): void => {
    this.#drivers.delete(driver);
    this.#onGone();
  };
}
