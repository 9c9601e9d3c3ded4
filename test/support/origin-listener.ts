/** A listener whose connections our own server answers, as the inspector makes it for the server mode. */
import { Listener } from '../../src-main/net/listener';
import { OpenConnections, type ConnectionHooks } from '../../src-main/net/open-connections';
import { OriginSession } from '../../src-main/session/origin-session';
import type { ServerState } from '../../src-main/session/port';

export class OriginListener extends Listener {
  readonly #connections: OpenConnections;

  constructor(server: ServerState, hooks: ConnectionHooks, host = '127.0.0.1') {
    const connections = new OpenConnections(hooks);
    super(server, connections, (port, identity) => new OriginSession(port, server, identity), { host, port: 0 });
    this.#connections = connections;
  }

  settingsChanged(): void {
    this.#connections.settingsChanged();
  }

  tapCaughtUp(): void {
    this.#connections.tapCaughtUp();
  }
}
