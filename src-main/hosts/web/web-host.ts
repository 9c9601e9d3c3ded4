/**
 * The page in a browser, over HTTP and one WebSocket. It carries calls and topics and holds no logic of the product.
 */
import { STATUS_CODES, createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { formatAddress, listenFailure, reachableAddress, type Address } from '../../contract/address';
import type { Engine } from '../../contract/engine';
import { ok, type Result } from '../../contract/errors';
import { MAX_CALL_BYTES } from '../../contract/wire';
import { createToken, hostCheck, isLoopback, isOwnOrigin, isSameToken } from './gate';
import { answerRequest, forbiddenText, NOT_OUR_HOST, readTarget, SOCKET_PATH, type PageOptions } from './page-server';
import { serveViewer } from './socket-viewer';

/** Tabs and windows open at once. */
export const MAX_VIEWERS = 16;
/** A tab that does not answer a ping before the next one is gone (a laptop asleep, a cable out). */
const PING_EVERY_MS = 15_000;
/** Sockets of any kind; a browser opens six for one page. */
const MAX_SOCKETS = 256;

export interface WebHostOptions extends Address {
  readonly engine: Engine;
  /** The folder with the built page. */
  readonly rendererDir: string;
  /** For tests. */
  readonly pingEveryMs?: number;
}

export interface WebHost {
  /** With the token in its hash, which a browser keeps to itself. */
  readonly url: string;
  /** Does only this machine reach it? */
  readonly isLocal: boolean;
  close(): Promise<void>;
}

/** Fails with a `NET_` code. */
export async function startWebHost(options: WebHostOptions): Promise<Result<WebHost>> {
  const server = createServer();
  server.maxConnections = MAX_SOCKETS;
  const failure = await listen(server, options);
  if (failure !== null) return { ok: false, error: listenFailure(failure, options) };
  const { address, port } = server.address() as AddressInfo;
  const bound = { host: address, port };
  const token = createToken();
  const page: PageOptions = {
    rendererDir: options.rendererDir,
    isOurHost: hostCheck(options, bound),
    isToken: (given) => isSameToken(given, token),
  };
  const sockets = serveSockets(server, options, page);
  server.on('request', (request, response) => {
    answerRequest(request, response, page).catch(() => response.destroy());
  });
  return ok({
    url: `http://${formatAddress(reachableAddress(bound))}/#token=${token}`,
    isLocal: isLoopback(address),
    close: () => closeAll(server, sockets),
  });
}

/** Null when it listens, else the system's code. */
function listen(server: Server, { host, port }: Address): Promise<string | null> {
  return new Promise((resolve) => {
    server.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port }, () => resolve(null));
  });
}

/** The server has let go of this socket: nobody else would close it where the other end does not. */
function refuse(socket: Duplex, status: number, text: string): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n` +
      `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    () => socket.destroy(),
  );
}

/** The reason not to let a page in; null lets it in. */
function refusalOf({ headers, url }: IncomingMessage, page: PageOptions): [status: number, text: string] | null {
  const { path, token } = readTarget(url);
  if (!page.isOurHost(headers.host)) return [421, NOT_OUR_HOST];
  if (path !== SOCKET_PATH) return [404, 'There is no WebSocket at this address.\n'];
  return isOwnOrigin(headers.origin, headers.host ?? '') && page.isToken(token) ? null : [403, forbiddenText()];
}

function serveSockets(server: Server, { engine, pingEveryMs }: WebHostOptions, page: PageOptions): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_CALL_BYTES });
  server.on('upgrade', (request, socket: Duplex, head) => {
    socket.on('error', () => socket.destroy());
    const refusal = refusalOf(request, page);
    if (refusal !== null) return refuse(socket, ...refusal);
    if (sockets.clients.size >= MAX_VIEWERS)
      return refuse(socket, 503, `All ${MAX_VIEWERS} places for pages are taken.\n`);
    sockets.handleUpgrade(request, socket, head, (tab) => serveViewer(tab, engine));
  });
  watch(sockets, pingEveryMs ?? PING_EVERY_MS);
  return sockets;
}

/** Ends sockets whose other end went away without saying so. */
function watch(sockets: WebSocketServer, everyMs: number): void {
  const silent = new WeakSet<WebSocket>();
  const timer = setInterval(() => {
    for (const tab of sockets.clients) {
      if (silent.has(tab)) tab.terminate();
      else {
        silent.add(tab);
        tab.once('pong', () => silent.delete(tab));
        tab.ping();
      }
    }
  }, everyMs);
  timer.unref();
  sockets.on('close', () => clearInterval(timer));
}

function closeAll(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const tab of sockets.clients) tab.terminate();
  sockets.close();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
