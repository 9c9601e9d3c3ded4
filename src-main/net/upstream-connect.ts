/** Connects to a server: name lookup, TCP, TLS; and says what went wrong in the words of the catalogue. */
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, Socket, type NetConnectOpts } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { distrustOf, upstreamHandshakeFailure } from '../certificates/handshake-failures';
import type { ServerCertificate, TlsInfo } from '../contract/connections';
import type { Failure } from '../contract/errors';
import type { Destination, UpstreamState } from '../session/upstream-port';
import { UpstreamSession, type UpstreamHome } from '../session/upstream-session';
import type { ConnectionDriver } from './driver';
import type { OpenConnections } from './open-connections';
import { RESETS, resetSocket } from './reset';
import { onread, READER } from './static-reads';
import { endpointOf, endpointText } from './tap';
import type { Connecting } from './upstream-pool';

/** What a TLS connection to a server is made with: whom to trust, which name to ask for. */
export type TlsOptionsFor = (destination: Destination) => ConnectionOptions;

/** A name that stands for an address that may not be reached. */
class Unreachable extends Error {
  constructor(readonly failure: Failure) {
    super(failure.code);
  }
}

export function connectUpstream(
  destination: Destination,
  home: UpstreamHome,
  connections: OpenConnections,
  state: UpstreamState,
  tlsOptions: TlsOptionsFor,
): Connecting {
  const id = connections.nextId();
  let session!: UpstreamSession;
  const driver = connections.drive(
    id,
    'upstream',
    (port) => (session = new UpstreamSession(port, state, id, destination, home)),
    () => undefined,
  );
  const isSecure = destination.url.scheme === 'https';
  const made = isSecure ? secureSocket(destination, tlsOptions) : connectedTo(destination, { onread });
  const socket = Object.assign(made, { [READER]: driver });
  driver.use(socket);
  driver.open();
  // Told before the driver hears that the socket is gone.
  socket.prependOnceListener('error', (error) => {
    const { server } = destination;
    const isTcp = session.phase !== 'securing';
    const failure = isTcp ? failureOf(error, server) : upstreamHandshakeFailure(error, server);
    driver.told((atMs) => session.failed(failure, atMs));
  });
  socket.once('connect', () => {
    driver.run((atMs) => {
      const client = endpointOf(socket.localAddress, socket.localPort);
      const server = endpointOf(socket.remoteAddress, socket.remotePort);
      connections.tap.opened(id, client, server, atMs);
      if (!isSecure) driver.writeDirectly();
      session.connected(endpointText(client), endpointText(server), isSecure, atMs);
    });
  });
  if (isSecure) secure(socket as unknown as TLSSocket, driver, session);
  return { session, driver };
}

const target = ({ url, mayReach }: Destination): NetConnectOpts & { lookup?: typeof guardedLookup } => {
  const { host, port } = url;
  return mayReach === null ? { host, port } : { host, port, lookup: guardedLookup(mayReach, port) as never };
};

/** A socket that connects, with these options besides; what may not be reached is an error of it, as all else is. */
function connectedTo(destination: Destination, options: object): Socket {
  const socket = new Socket({ allowHalfOpen: true, ...options });
  socket.setNoDelay(true);
  const refused = literalProblem(destination);
  return refused === null ? socket.connect(target(destination)) : socket.destroy(new Unreachable(refused));
}

/** Under TLS it is read by Node's own streams. */
function secureSocket(destination: Destination, tlsOptions: TlsOptionsFor): Socket {
  const { url } = destination;
  const carrier = connectedTo(destination, {});
  const socket = connectTls({
    socket: carrier,
    ALPNProtocols: ['http/1.1'],
    // What the certificate is checked against; a name is asked for as well (SNI), an address may not be.
    host: url.host,
    ...(isIP(url.host) === 0 && { servername: url.host }),
    ...tlsOptions(destination),
  });
  const resets = (): void => {
    resetSocket(carrier);
    socket.destroy();
  };
  return Object.assign(socket, { [RESETS]: resets });
}

/** Of an address that is no name: nobody looks it up. */
function literalProblem({ url, mayReach }: Destination): Failure | null {
  return mayReach === null || isIP(url.host) === 0 ? null : mayReach(url.host, url.port);
}

type LookupDone = (error: Error | null, addresses?: readonly LookupAddress[] | string, family?: number) => void;

/** Looks a name up, and leaves out what may not be reached: also a name of somebody else's that stands for our own. */
const guardedLookup =
  (mayReach: NonNullable<Destination['mayReach']>, port: number) =>
  (name: string, options: LookupOptions, done: LookupDone): void => {
    lookup(name, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error);
      const good = found.filter(({ address }) => mayReach(address, port) === null);
      const [first] = good;
      const refused = found.map(({ address }) => mayReach(address, port)).find((failure) => failure !== null) ?? null;
      if (first === undefined && refused !== null) done(new Unreachable(refused));
      else if (first === undefined || options.all === true) done(null, good);
      else done(null, first.address, first.family);
    });
  };

function secure(socket: TLSSocket, driver: ConnectionDriver, session: UpstreamSession): void {
  socket.on('data', (bytes: Buffer) => driver.received(bytes));
  socket.once('secureConnect', () => driver.run((atMs) => session.secured(tlsInfoOf(socket), atMs)));
}

export function tlsInfoOf(socket: TLSSocket): TlsInfo {
  return {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().name,
    alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : null,
    serverName: (socket as { servername?: string | false }).servername || null,
    certificate: certificateOf(socket),
  };
}

/** Node verifies in any case; whether it insists is what the options say. */
function certificateOf(socket: TLSSocket): ServerCertificate | null {
  const { subject, issuer, valid_to: validTo } = socket.getPeerCertificate();
  // Without a certificate Node gives an empty object.
  if ((subject as unknown) === undefined) return null;
  return {
    subject: nameOf(subject.CN, subject.O),
    issuer: nameOf(issuer.CN, issuer.O),
    notAfterMs: Date.parse(validTo),
    // Its type says it is an error; it is the code of one.
    distrust: socket.authorized ? null : distrustOf(String(socket.authorizationError)),
  };
}

const MAX_NAME_CHARACTERS = 200;
/** A name that was given more than once is an array. */
const nameOf = (...names: readonly (string | string[] | undefined)[]): string =>
  String(names.find((name) => name !== undefined && name.length > 0) ?? '').slice(0, MAX_NAME_CHARACTERS);

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no answer',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up',
  EADDRNOTAVAIL: 'no local port is free',
  EMFILE: 'too many open files',
};

const MAX_REASON_CHARACTERS = 200;

function failureOf(thrown: Error, server: string): Failure {
  if (thrown instanceof Unreachable) return thrown.failure;
  // Of a name with several addresses: one error for each that was tried.
  const error = thrown instanceof AggregateError ? ((thrown.errors as unknown[])[0] ?? thrown) : thrown;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const reason = (REASONS[code] ?? (code || message)).slice(0, MAX_REASON_CHARACTERS);
  return { code: 'UP_CONNECT', detail: { server, reason, system: code } };
}
