/** The forward mode: a client says in each request where it goes (RFC 9112 §3.2.2), or asks for a tunnel (§3.2.3). */
import type { Failure } from '../contract/errors';
import type { UpstreamUrl } from '../contract/upstream-url';
import type { RequestHead } from '../http1/events';
import { requestedHost } from '../http1/request-writer';
import { namedDestination, namedServer } from './named-destination';
import type { SessionIdentity } from './port';
import type { Reach } from './reach';
import type { Passage, Router, TunnelRequest } from './router';
import type { Destination } from './upstream-port';

const NOT_ABSOLUTE: Failure = { code: 'FWD_NOT_ABSOLUTE' };
const BAD_HOST: Failure = { code: 'FWD_HOST' };
const BAD_SCHEME: Failure = { code: 'FWD_SCHEME' };

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;

export class ForwardRouter implements Router {
  constructor(
    private readonly reach: Reach,
    /** Is the TLS in a tunnel to this host taken off? */
    private readonly intercepts: (host: string) => boolean,
  ) {}

  route(head: RequestHead, { clientAddress }: SessionIdentity): Passage | TunnelRequest | Failure {
    const refused = this.reach.refusalOf(clientAddress);
    if (refused !== null) return refused;
    const url = head.method === 'CONNECT' ? namedServer(`https://${head.target}`) : serverOf(head);
    if ('code' in (url ?? BAD_HOST)) return (url as Failure | null) ?? BAD_HOST;
    const server = url as UpstreamUrl;
    const destination = namedDestination(server, clientAddress, this.reach);
    if (head.method !== 'CONNECT') return new ForwardPassage(head, destination);
    // In the tunnel are bytes, whatever they are: the connection that carries them is a plain one.
    const plain = namedDestination({ ...server, scheme: 'http' }, clientAddress, this.reach);
    return {
      kind: 'tunnel',
      destination: { ...plain, server: head.target },
      secure: this.intercepts(server.host) ? destination : null,
    };
  }
}

/** Where an absolute target leads; null where its host or port is none. */
function serverOf(head: RequestHead): UpstreamUrl | Failure | null {
  if (head.targetForm !== 'absolute') return NOT_ABSOLUTE;
  if (SCHEME.exec(head.target)?.[1]?.toLowerCase() !== 'http') return BAD_SCHEME;
  return namedServer(`http://${requestedHost(head) ?? ''}`);
}

class ForwardPassage implements Passage {
  readonly host = 'keep';
  /** Who asked is the client's own affair. */
  readonly forwarded = null;

  constructor(
    readonly head: RequestHead,
    private readonly destination: Destination,
  ) {}

  next(): Destination {
    return this.destination;
  }
}
