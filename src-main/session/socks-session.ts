/** The SOCKS5 mode (RFC 1928): a client says where its connection goes, and its bytes pass as they are then. */
import { formatAddress } from '../contract/address';
import type { Failure } from '../contract/errors';
import { statusOf } from './actions';
import { namedDestination, namedServer } from './named-destination';
import type { ServerState, SessionIdentity, SessionPort } from './port';
import { RawSession } from './raw-session';
import type { Reach } from './reach';
import { REP, SocksGreeting, socksReply, type Rep, type SocksEvent } from './socks-greeting';

type Asked = Extract<SocksEvent, { kind: 'asked' }>;

const METHOD = 'CONNECT';
const VERSION = 'SOCKS5';
const ESTABLISHED = 200;
const BAD_GATEWAY = 502;

/** Of the system's own words for a connection that could not be made. */
const REP_OF_SYSTEM: Readonly<Record<string, Rep>> = {
  ECONNREFUSED: REP.refused,
  ENETUNREACH: REP.networkUnreachable,
  EHOSTUNREACH: REP.hostUnreachable,
  ENOTFOUND: REP.hostUnreachable,
  EAI_AGAIN: REP.hostUnreachable,
  ETIMEDOUT: REP.timedOut,
};

export function repOf({ code, detail }: Failure): Rep {
  if (code === 'FWD_CLIENT' || code === 'FWD_PRIVATE' || code === 'FWD_LOOP') return REP.notAllowed;
  if (code === 'LIM_CONNECT_TIMEOUT') return REP.timedOut;
  return REP_OF_SYSTEM[detail?.['system'] ?? ''] ?? REP.failed;
}

export class SocksSession extends RawSession {
  readonly #greeting = new SocksGreeting();
  #asked: Asked | null = null;

  constructor(
    port: SessionPort,
    server: ServerState,
    identity: SessionIdentity,
    private readonly reach: Reach,
  ) {
    super(port, server, identity);
  }

  protected begin(): void {}

  protected read(bytes: Uint8Array, nowMs: number): void {
    const readStart = this.bytesIn - bytes.length;
    for (;;) {
      const at = this.#greeting.offset - readStart;
      const event = this.#greeting.read(bytes, at);
      if (event === null) return;
      if (event.kind === 'greeted') this.out.write(event.reply);
      else if (event.kind === 'fault') return this.#refuse(event, nowMs);
      else return this.#goTo(event, bytes.subarray(event.end - readStart), nowMs);
    }
  }

  protected endedEarly(nowMs: number): void {
    if (this.bytesIn > 0) this.stateFault({ code: 'SOCKS_INCOMPLETE' }, this.bytesIn, null, nowMs);
    this.finish('client-closed');
  }

  #refuse({ fault, reply }: Extract<SocksEvent, { kind: 'fault' }>, nowMs: number): void {
    this.stateFault({ code: fault.code }, fault.offset, null, nowMs);
    if (reply !== null) this.out.write(reply);
    this.finish('fault-closed');
  }

  #goTo(asked: Asked, ahead: Uint8Array, nowMs: number): void {
    this.#asked = asked;
    this.#stateRequest(asked, nowMs);
    const { clientAddress } = this.identity;
    const refused = this.reach.refusalOf(clientAddress);
    if (refused !== null) return this.notConnected(refused, nowMs);
    const server = namedServer(`http://${formatAddress(asked)}`);
    if (server === null) return this.notConnected({ code: 'FWD_HOST' }, nowMs);
    const destination = namedDestination(server, clientAddress, this.reach);
    this.connect({ ...destination, server: formatAddress(asked) }, ahead, nowMs);
  }

  protected connectedTo(nowMs: number): void {
    this.#reply(REP.succeeded, ESTABLISHED, nowMs);
    const { id: connection } = this.identity;
    this.port.record({ kind: 'switched', connection, atMs: nowMs, number: 1, to: 'tunnel' });
  }

  protected notConnected(failure: Failure, nowMs: number): void {
    const status = statusOf(failure.code, this.server.settings) ?? BAD_GATEWAY;
    this.stateFault(failure, this.#asked?.start ?? 0, status, nowMs);
    this.#reply(repOf(failure), status, nowMs);
    this.finish('fault-closed');
  }

  /** In the list and the detail it is a request like CONNECT of HTTP. */
  #stateRequest({ host, port, end }: Asked, atMs: number): void {
    this.requests = 1;
    const { id: connection } = this.identity;
    const { startedAtMs } = this;
    this.port.record({
      kind: 'head',
      connection,
      atMs,
      number: 1,
      startedAtMs,
      method: METHOD,
      target: formatAddress({ host, port }),
      version: VERSION,
      start: 0,
      fieldsStart: end,
      end,
      fieldCount: 0,
      relayOf: null,
    });
    this.port.record({ kind: 'request-end', connection, atMs, number: 1, end, bodyBytes: 0 });
  }

  #reply(rep: Rep, status: number, atMs: number): void {
    const asked = this.#asked;
    if (asked === null) return;
    const start = this.out.bytes;
    this.out.write(socksReply(rep));
    this.port.record({
      kind: 'reply',
      connection: this.identity.id,
      atMs,
      number: 1,
      status,
      start,
      end: this.out.bytes,
      side: 'client',
      method: METHOD,
      target: formatAddress(asked),
      version: VERSION,
      requestStart: 0,
      requestBytes: asked.end,
      startedAtMs: this.startedAtMs,
    });
  }
}
