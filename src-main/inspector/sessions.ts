/**
 * What is done with a connection that was accepted, by the mode in force: what it speaks stays when that changes. Where
 * requests of HTTP go is asked for each of them (`routers.ts`).
 */
import { serverTlsOptions, type ServerIdentity } from '../certificates/server-identity';
import { parseAddress, type Address } from '../contract/address';
import { ok, type Failure, type Result } from '../contract/errors';
import type { Fact } from '../contract/facts';
import type { ListenerTls, ProxyState } from '../contract/proxy-state';
import { parseUpstreamUrl } from '../contract/upstream-url';
import type { SessionFor } from '../net/listener';
import type { OpenConnections } from '../net/open-connections';
import { TlsLayer } from '../net/tls-layer';
import type { SessionIdentity } from '../session/identity';
import { InterceptedRouter } from '../session/intercepted-router';
import { namedDestination } from '../session/named-destination';
import { OriginSession } from '../session/origin-session';
import type { ServerState, Session, SessionPort } from '../session/port';
import { RoutedState } from '../session/routed-state';
import { SocksSession } from '../session/socks-session';
import type { TlsCarrier, TlsEnds } from '../session/tls-ends';
import { TlsSession } from '../session/tls-session';
import type { OpenEnd } from '../session/tunnel-end';
import { TunnelSession } from '../session/tunnel-session';
import type { Destination } from '../session/upstream-port';
import { reachOf } from './routers';

/** Where the certificates come from that clients are shown. */
export interface Identities {
  /** Of the local CA; null: it was not needed so far. */
  readonly contexts: ServerIdentity | null;
  /** Null: no TLS is spoken. */
  identityFor(tls: ListenerTls): Promise<Result<ServerIdentity | null>>;
}

export interface SessionsParts {
  readonly server: ServerState;
  readonly connections: OpenConnections;
  readonly identities: Identities;
  /** Where it listens now; null: nowhere. */
  readonly listener: () => Address | null;
  record(fact: Fact): void;
}

type Make = (port: SessionPort, identity: SessionIdentity) => Session;

/** Whoever may go anywhere: a tunnel leads where its owner says. */
const OWNER = '127.0.0.1';

const speaksTls = ({ mode }: ProxyState): boolean => mode === 'server' || mode === 'reverse';

export class Sessions implements TlsEnds {
  #make: Make;
  /** Of the listener; null: it speaks no TLS. */
  #identity: ServerIdentity | null = null;
  #prepared: ServerIdentity | null = null;

  constructor(private readonly parts: SessionsParts) {
    this.#make = this.#origin;
  }

  readonly sessionFor: SessionFor = (port, identity) => this.#make(port, identity);

  /** Reads what `apply` needs of this state. Fails with a `TLS_` code. */
  async prepare(state: ProxyState): Promise<Result<null>> {
    const identity = speaksTls(state) ? await this.parts.identities.identityFor(state.tls) : ok(null);
    if (!identity.ok) return identity;
    this.#prepared = identity.value;
    return ok(null);
  }

  /** For connections from now on. */
  apply(state: ProxyState): void {
    this.#identity = this.#prepared;
    this.#make = this.#makeFor(state);
  }

  #makeFor(state: ProxyState): Make {
    const { server, listener } = this.parts;
    const reach = reachOf(state, listener);
    if (state.mode === 'socks') return (port, identity) => new SocksSession(port, server, identity, reach);
    const url = state.mode === 'tunnel' ? parseUpstreamUrl(`http://${state.tunnelTo ?? ''}`) : '';
    if (typeof url !== 'string') {
      const destination = { ...namedDestination(url, OWNER, reach), server: state.tunnelTo ?? '' };
      return (port, identity) => new TunnelSession(port, server, identity, destination);
    }
    if (this.#identity !== null) return (port, identity) => new TlsSession(port, server, identity);
    return this.#origin;
  }

  readonly #origin: Make = (port, identity) => new OriginSession(port, this.parts.server, identity);

  takeOff(carrier: TlsCarrier, to: Destination | null): OpenEnd | Failure {
    const { server, connections, identities, record } = this.parts;
    const shown = to === null ? this.#identity : identities.contexts;
    if (shown === null) return { code: 'TLS_CLIENT_FAILED', detail: { reason: 'there is no certificate to show' } };
    const options = serverTlsOptions(shown, to?.url.host ?? ownHost(carrier.identity.server));
    if (!options.ok) return options.error;
    const state = to === null ? server : new RoutedState(server, new InterceptedRouter(to));
    return new TlsLayer(carrier, {
      connections,
      options: options.value,
      sessionFor: (port, identity) => new OriginSession(port, state, identity),
      record,
    });
  }
}

/** What a client that names no host has connected to. */
function ownHost(server: string): string {
  const address = parseAddress(server);
  return address.ok ? address.value.host : 'localhost';
}
