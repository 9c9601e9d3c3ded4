/** The SOCKS5 mode (RFC 1928): a client says where its connection goes, and its bytes pass as they are then. */
import { formatAddress } from '../contract/address';
import type { Failure } from '../contract/errors';
import { SOCKS_REPLIES, type SocksReply } from '../contract/socks-replies';
import { namedDestination, namedServer } from './named-destination';
import type { ServerState, SessionIdentity, SessionPort } from './port';
import { RawSession } from './raw-session';
import type { Reach } from './reach';
import { SocksGreeting, socksReply, type SocksEvent } from './socks-greeting';

type Asked = Extract<SocksEvent, { kind: 'asked' }>;

const METHOD = 'CONNECT';
const VERSION = 'SOCKS5';

/** Of the system's own words for a connection that could not be made. */
const REPLY_OF_SYSTEM: Readonly<Record<string, SocksReply>> = {
  ECONNREFUSED: SOCKS_REPLIES.refused,
  ENETUNREACH: SOCKS_REPLIES.networkUnreachable,
  EHOSTUNREACH: SOCKS_REPLIES.hostUnreachable,
  ENOTFOUND: SOCKS_REPLIES.hostUnreachable,
  EAI_AGAIN: SOCKS_REPLIES.hostUnreachable,
  ETIMEDOUT: SOCKS_REPLIES.timedOut,
};

function replyOf({ code, detail }: Failure): SocksReply {
  if (code === 'FWD_CLIENT' || code === 'FWD_PRIVATE' || code === 'FWD_LOOP') return SOCKS_REPLIES.notAllowed;
  if (code === 'LIM_CONNECT_TIMEOUT') return SOCKS_REPLIES.timedOut;
  return REPLY_OF_SYSTEM[detail?.['system'] ?? ''] ?? SOCKS_REPLIES.failed;
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

  #refuse({ fault, reply, rep }: Extract<SocksEvent, { kind: 'fault' }>, nowMs: number): void {
    this.stateFault(fault, fault.offset, rep, nowMs);
    const start = this.out.bytes;
    if (reply !== null) this.out.write(reply);
    if (rep !== null) this.#stateReply(rep, start, nowMs);
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
    this.#reply(SOCKS_REPLIES.succeeded, nowMs);
    const { id: connection } = this.identity;
    this.port.record({ kind: 'switched', connection, atMs: nowMs, number: 1, to: 'tunnel' });
  }

  protected notConnected(failure: Failure, nowMs: number): void {
    const reply = replyOf(failure);
    // No byte of it is at fault: what follows the request was not taken.
    this.stateFault(failure, this.#asked?.end ?? 0, reply, nowMs);
    this.#reply(reply, nowMs);
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

  #reply(reply: SocksReply, atMs: number): void {
    const start = this.out.bytes;
    this.out.write(socksReply(reply));
    this.#stateReply(reply, start, atMs);
  }

  #stateReply(status: SocksReply, start: number, atMs: number): void {
    const asked = this.#asked;
    this.port.record({
      kind: 'reply',
      connection: this.identity.id,
      atMs,
      number: this.requests,
      status,
      start,
      end: this.out.bytes,
      side: 'client',
      method: asked === null ? '' : METHOD,
      target: asked === null ? '' : formatAddress(asked),
      version: VERSION,
      requestStart: 0,
      requestBytes: asked?.end ?? this.bytesIn,
      startedAtMs: this.startedAtMs,
    });
  }
}
