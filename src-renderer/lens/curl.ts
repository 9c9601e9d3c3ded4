/** What a person can type into a terminal to reach the listener. */
import { copyAs } from './copy-as';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A wildcard is an address to listen on, not one to connect to. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '::1';
  return host;
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** `127.0.0.1:8080`, `[::1]:8080`, as listened on. */
export const addressText = ({ host, port }: Address): string => `${bracketed(host)}:${port}`;

/** Quoted where a shell would take the brackets of an IPv6 address for a pattern. */
export function curlCommand({ host, port }: Address): string {
  const url = `http://${bracketed(reachableHost(host))}:${port}/`;
  return url.includes('[') ? `curl -v '${url}'` : `curl -v ${url}`;
}

export const ncCommand = ({ host, port }: Address): string => `nc ${reachableHost(host)} ${port}`;

/** nc stays for as long as the connection does: an answer that is this late is not waited for. */
const ANSWER_WAIT_SEC = 2;

/** Sends the same bytes once more: `printf 'GET / HTTP/1.1\r\n…' | nc -w 2 127.0.0.1 8080` */
export const repeatCommand = (bytes: Uint8Array, { host, port }: Address): string =>
  `${copyAs('printf', bytes)} | nc -w ${ANSWER_WAIT_SEC} ${reachableHost(host)} ${port}`;
