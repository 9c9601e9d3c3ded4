/** A real WebSocket client and server (ws) with a relay between them that writes both directions down. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { WebSocket, WebSocketServer, type PerMessageDeflateOptions, type ServerOptions } from 'ws';
import { NO_LIMITS, type RequestHead, type ResponseHead } from '../../src-main/http1/events.ts';
import { Parser, type ParserRole } from '../../src-main/http1/parser.ts';

export interface Tapped {
  readonly client: WebSocket;
  readonly server: WebSocket;
  /** What was sent so far: a head, then frames. */
  readonly bytes: (direction: 'in' | 'out') => Uint8Array;
  /** Resolves when both ends are closed and all they sent is written down. */
  readonly closed: Promise<unknown>;
  /** Ends everything, whatever state it is in. */
  readonly stop: () => Promise<void>;
}

export interface TapOptions {
  readonly server?: ServerOptions;
  readonly protocols?: string[];
  /** Both ends; with options for a server, whose word counts. */
  readonly compresses?: boolean | PerMessageDeflateOptions;
}

const portOf = (server: Server | WebSocketServer): number => (server.address() as AddressInfo).port;

export async function tapWebSocket({
  server = {},
  protocols = [],
  compresses = false,
}: TapOptions = {}): Promise<Tapped> {
  const host = '127.0.0.1';
  const target = new WebSocketServer({ host, port: 0, perMessageDeflate: compresses, ...server });
  await once(target, 'listening');
  const taken: Record<'in' | 'out', Buffer[]> = { in: [], out: [] };
  const relay = createServer((near) => {
    const far = connect(portOf(target), host);
    near.on('data', (piece) => taken.in.push(piece)).pipe(far);
    far.on('data', (piece) => taken.out.push(piece)).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  }).listen(0, host);
  await once(relay, 'listening');
  const url = `ws://${host}:${portOf(relay)}/chat`;
  const client = new WebSocket(url, protocols, { perMessageDeflate: compresses === false ? false : { threshold: 0 } });
  const [[accepted]] = await Promise.all([once(target, 'connection') as Promise<[WebSocket]>, once(client, 'open')]);
  const closed = Promise.all([once(client, 'close'), once(accepted, 'close')]);
  return {
    client,
    server: accepted,
    bytes: (direction) => new Uint8Array(Buffer.concat(taken[direction])),
    closed,
    stop: async () => {
      client.terminate();
      accepted.terminate();
      await closed;
      await new Promise<void>((resolve) => target.close(() => resolve()));
      await new Promise<void>((resolve) => relay.close(() => resolve()));
    },
  };
}

/** The head that the bytes of a direction begin with. */
export function headOf(bytes: Uint8Array, role: ParserRole): RequestHead | ResponseHead {
  const parser = new Parser(role, NO_LIMITS);
  if (role === 'response') parser.answers('GET');
  parser.receive(bytes);
  const event = parser.next();
  if (event?.kind !== 'head') throw new Error(`no head: ${event?.kind}`);
  return event.head;
}
