/** The reverse mode in front of servers that answer by a script, and single requests through it. */
import type { SomeSettings } from '../../src-main/contract/settings';
import { ProxyEngine } from './proxy-engine';
import { TcpClient } from './tcp-client';
import type { TcpPeer } from './tcp-server';

export interface Reverse {
  readonly servers: readonly string[];
  /** Of the upstream, whose name is `api`. */
  readonly upstream?: object;
  readonly routes?: readonly object[];
  readonly forwarding?: object;
  readonly settings?: SomeSettings;
  readonly host?: string;
}

export function reverseProxy({
  servers,
  upstream = {},
  settings = {},
  host = '127.0.0.1',
  ...more
}: Reverse): Promise<ProxyEngine> {
  const api = { servers: servers.map((url) => ({ url })), ...upstream };
  const config = JSON.stringify({ upstreams: { api }, ...more });
  return ProxyEngine.open({ mode: 'reverse', config }, settings, null, host);
}

/** What a server does that answers each head it reads; without a body to wait for. */
export const answering =
  (replyTo: (head: string) => string) =>
  (peer: TcpPeer): void => {
    let taken = 0;
    peer.socket.on('data', () => {
      for (let end = peer.received.indexOf('\r\n\r\n', taken); end !== -1;) {
        peer.send(replyTo(peer.received.slice(taken, end)));
        taken = end + 4;
        end = peer.received.indexOf('\r\n\r\n', taken);
      }
    });
    peer.socket.on('end', () => peer.end());
  };

export const reply = (status: number, body = ''): string =>
  `HTTP/1.1 ${status} Told\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** The last request of a connection. */
export const request = (target: string, method = 'GET', host = 'client.example'): string =>
  `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;

/** All that comes back of one request on a connection of its own. */
export async function ask(port: number, text: string): Promise<string> {
  const client = await TcpClient.open(port);
  await client.send(text);
  const answer = await client.untilEnd();
  client.close();
  return answer;
}
