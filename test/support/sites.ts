/** Node's own http server, nginx and HAProxy behind a proxy, or in front of it. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { formatAddress } from '../../src-main/contract/address';
import { NativeProcess } from '../bench/native-process.mjs';
import { nginx } from '../bench/proxy-configs.mjs';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const ANY_CORE = null;

/** What a path of `NodeSite` does. */
export type Pages = Readonly<Record<string, RequestListener>>;

/** What a request told, as JSON. */
function tell(request: IncomingMessage, response: ServerResponse): void {
  const { method, url, httpVersion, rawHeaders } = request;
  response.end(JSON.stringify({ method, url, httpVersion, rawHeaders }));
}

const PAGES: Pages = {
  '/told': tell,
  '/echo': (request, response) => void request.pipe(response),
};

export class NodeSite {
  /** Every connection there was. */
  readonly sockets: Socket[] = [];

  private constructor(readonly server: Server) {
    server.on('connection', (socket: Socket) => this.sockets.push(socket));
  }

  /** Besides `pages` it tells what it was asked at `/told` and gives back the body of `/echo`. */
  static async open(pages: Pages = {}, host = '127.0.0.1'): Promise<NodeSite> {
    const all: Pages = { ...PAGES, ...pages };
    const site = new NodeSite(
      createServer((request, response) => {
        const page = all[request.url?.split('?')[0] ?? ''];
        if (page === undefined) response.writeHead(404).end();
        else page(request, response);
      }),
    );
    site.server.listen(0, host);
    await once(site.server, 'listening');
    return site;
  }

  get address(): AddressInfo {
    return this.server.address() as AddressInfo;
  }

  get port(): number {
    return this.address.port;
  }

  get url(): string {
    const { address, port } = this.address;
    return `http://${formatAddress({ host: address, port })}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

/** Lines of a server's configuration, in which `{folder}` is its folder; `listens`: more about how it listens. */
export const nginxSite = (lines: string, listens = ''): Promise<NativeProcess> =>
  NativeProcess.start('nginx', ANY_CORE, ({ folder, port }) =>
    nginx(folder, `server { listen 127.0.0.1:${port} ${listens}; ${lines.replaceAll('{folder}', folder)} }`),
  );

/** HAProxy in front of one server, with more lines for its frontend. */
export const haproxyTo = (port: number, lines = ''): Promise<NativeProcess> =>
  NativeProcess.start(
    'haproxy',
    ANY_CORE,
    (place) => `
defaults
  mode http
  http-reuse always
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend in
  bind 127.0.0.1:${place.port}
  default_backend behind
  ${lines}
backend behind
  server one 127.0.0.1:${port}
`,
  );
