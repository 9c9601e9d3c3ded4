/**
 * Takes TLS off what a client sends through a tunnel: this is the other end of it. Records go in and out as the tunnel
 * passes them; what is under them is driven as a connection of its own, once the handshake is complete.
 *
 * Node's TLS runs on a stream here, not on a socket: the socket is driven by the session of the carrier, which records
 * the ciphertext. Both streams have short buffers, and whoever does not take what he is given stops who gives it.
 */
import { Duplex } from 'node:stream';
import { TLSSocket, type TLSSocketOptions } from 'node:tls';
import { clientHandshakeFailure, clientQuitAfterHandshake } from '../certificates/handshake-failures';
import { parseAddress } from '../contract/address';
import type { Failure } from '../contract/errors';
import type { Fact } from '../contract/facts';
import type { SessionIdentity } from '../session/identity';
import { LINGER_MS } from '../session/linger';
import type { TlsCarrier } from '../session/tls-ends';
import type { Handshake, OpenEnd, TunnelEnd } from '../session/tunnel-end';
import { bugOf } from './bug';
import { nowMs } from './clock';
import type { ConnectionDriver } from './driver';
import { apart } from './event-effects';
import type { SessionFor } from './listener';
import type { OpenConnections } from './open-connections';
import { RESETS } from './reset';
import { READER } from './static-reads';
import { endpointOf } from './tap';
import { tlsInfoOf } from './upstream-connect';

/** Two records. With less, passing on waits for a turn of the loop after each; with more, a stalled transfer holds more. */
const BUFFERED_BYTES = 32 * 1024;

export interface TlsLayerParts {
  readonly connections: OpenConnections;
  /** As the server's side of TLS. */
  readonly options: TLSSocketOptions;
  /** What is done with what is under the TLS. */
  readonly sessionFor: SessionFor;
  record(fact: Fact): void;
}

export class TlsLayer implements OpenEnd {
  #handshake: Handshake | null = { sinceMs: nowMs(), timedOut: () => this.#tooSlow() };
  #client: TunnelEnd | null = null;
  #isHeld = false;
  #isOver = false;
  /** The carrier does not take what it is given: who wrote it waits. */
  #isStalled = false;
  #taken: (() => void) | null = null;
  #driver: ConnectionDriver | null = null;
  #error: Error | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #records: Duplex;
  readonly #socket: TLSSocket;

  constructor(
    private readonly carrier: TlsCarrier,
    private readonly parts: TlsLayerParts,
  ) {
    this.#records = new Duplex({
      highWaterMark: BUFFERED_BYTES,
      read: () => this.#readOn(),
      write: (bytes: Buffer, _, done) => this.#send(bytes, done),
      final: (done) => this.#end(done),
    });
    this.#records.once('end', () => setImmediate(() => this.#leftInHandshake()));
    const options = { ...parts.options, highWaterMark: BUFFERED_BYTES };
    this.#socket = new TLSSocket(this.#records, options);
    this.#socket.once('secure', () => this.#secured());
    this.#socket.on('error', (error) => (this.#error ??= error));
    this.#socket.once('close', () => this.#closed());
  }

  get handshake(): Handshake | null {
    return this.#handshake;
  }

  couple(client: TunnelEnd): void {
    this.#client = client;
  }

  /** The view is overwritten by the next read. */
  pass(bytes: Uint8Array, atMs: number): void {
    if (this.#isOver || this.#records.push(Buffer.from(bytes)) || this.#isHeld) return;
    this.#isHeld = true;
    this.#client?.hold(atMs);
  }

  #readOn(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#tell((atMs) => this.#client?.readOn(atMs));
  }

  passEnd(): void {
    if (!this.#isOver) this.#records.push(null);
  }

  passReset(): void {
    if (this.#isOver) return;
    this.#leave();
    this.#socket.destroy(Object.assign(new Error('the carrier was cut'), { code: 'ECONNRESET' }));
  }

  hold(): void {
    this.#isStalled = true;
  }

  readOn(): void {
    this.#isStalled = false;
    const taken = this.#taken;
    this.#taken = null;
    taken?.();
  }

  passStop(): void {
    this.#driver?.stop();
  }

  #send(bytes: Buffer, done: () => void): void {
    this.#tell((atMs) => this.#client?.pass(bytes, atMs));
    if (this.#isStalled && !this.#isOver) this.#taken = done;
    else done();
  }

  #end(done: () => void): void {
    this.#tell(() => this.#client?.passEnd());
    done();
  }

  #secured(): void {
    this.#handshake = null;
    const { connections, sessionFor } = this.parts;
    const id = connections.nextId();
    const identity: SessionIdentity = {
      ...this.carrier.identity,
      id,
      isSecure: true,
      carrier: this.carrier.identity.id,
    };
    const driver = connections.drive(
      id,
      'client',
      (port) => sessionFor(port, identity),
      () => undefined,
    );
    this.#driver = driver;
    const socket = this.#socket;
    const tls = tlsInfoOf(socket);
    // Before the driver hears of it.
    socket.once('end', () => this.#clientEnded(id, tls.version));
    driver.use(Object.assign(socket, { [READER]: driver, [RESETS]: () => this.#reset() }));
    connections.tap.opened(id, endpoint(identity.client), shownEndpoint(identity.server), nowMs());
    driver.open();
    this.parts.record({ kind: 'connection.secured', connection: id, atMs: nowMs(), tls });
    socket.on('data', (bytes: Buffer) => driver.received(bytes));
    if (connections.tap.isBehind) driver.hold();
  }

  /** Node says so over TLS 1.2 when it does not like the certificate. */
  #clientEnded(id: number, version: string): void {
    if (version !== 'TLSv1.2' || this.#driver?.bytesIn !== 0) return;
    this.parts.record({
      kind: 'fault',
      connection: id,
      atMs: nowMs(),
      ...clientQuitAfterHandshake(),
      offset: 0,
      status: null,
    });
  }

  /** All records were read before FIN, and there is no more to come. */
  #leftInHandshake(): void {
    if (this.#driver === null) this.#socket.destroy();
  }

  #tooSlow(): void {
    this.#fail({ code: 'TLS_CLIENT_SLOW' });
    this.#socket.destroy();
  }

  #fail(failure: Failure): void {
    this.#leave();
    this.#tell((atMs) => this.carrier.handshakeFailed(failure, atMs));
  }

  #closed(): void {
    if (this.#driver === null) {
      const wasOver = this.#isOver;
      this.#leave();
      // Where the carrier was cut it is told as well, unless it was we who gave up.
      if (!wasOver || this.#error !== null) this.#fail(clientHandshakeFailure(this.#error));
      return;
    }
    if (this.#isOver) return;
    // After our FIN the client may still be reading.
    if (this.#records.writableFinished) this.#timer = setTimeout(() => this.#reset(), LINGER_MS);
    else this.#reset();
  }

  #reset(): void {
    if (!this.#isOver) {
      this.#leave();
      this.#tell(() => this.#client?.passReset());
    }
    this.#socket.destroy();
  }

  /** What this does to connections is done when it returns. A rule of our own that is broken ends this one. */
  #tell(event: (atMs: number) => void): void {
    try {
      apart(event);
    } catch (thrown) {
      this.parts.connections.broke(bugOf(thrown));
      this.#isOver = true;
      this.#socket.destroy();
    }
  }

  /** Nothing more passes. */
  #leave(): void {
    this.#isOver = true;
    this.#handshake = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

function endpoint(text: string) {
  const address = parseAddress(text);
  return address.ok ? endpointOf(address.value.host, address.value.port) : endpointOf(text, 0);
}

const HTTP_PORT = 80;
const OTHER_HTTP_PORT = 8080;

/**
 * In the session file two connections between the same ports would be one to other tools. What is under TLS is shown as
 * going to a port that is known for HTTP.
 */
function shownEndpoint(text: string) {
  const own = endpoint(text);
  return { ...own, port: own.port === HTTP_PORT ? OTHER_HTTP_PORT : HTTP_PORT };
}
