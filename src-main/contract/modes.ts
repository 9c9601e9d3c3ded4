/**
 * What Bytescope does with the connections it accepts. One mode at a time; it may be changed while traffic flows: a
 * connection of HTTP stays one, and its next request goes the new way.
 */

import { formatAddress, reachableAddress, type Address } from './address';

export interface ModeEntry {
  readonly label: string;
  /** One sentence: what happens to a connection. */
  readonly doc: string;
  /** How to try it; `{address}`, or `{host}` and `{port}`, is where it listens. */
  readonly example: string;
}

export const MODES = {
  server: {
    label: 'Server',
    doc: 'Requests are answered by our own server.',
    example: 'curl http://{address}/anything',
  },
  reverse: {
    label: 'Reverse proxy',
    doc: 'Requests are passed on to the upstream servers of the configuration, by host and path.',
    example: 'curl http://{address}/',
  },
  forward: {
    label: 'Forward proxy',
    doc: 'Clients say where their requests go; CONNECT opens a tunnel, which can be intercepted for chosen hosts.',
    example: 'curl -x http://{address} http://example.com/',
  },
  socks: {
    label: 'SOCKS5 proxy',
    doc: 'Clients say where their connections go (SOCKS5, CONNECT without a password); any protocol passes.',
    example: 'curl --socks5-hostname {address} http://example.com/',
  },
  tunnel: {
    label: 'TCP tunnel',
    doc: 'Every connection goes to one address, whatever protocol it speaks.',
    example: 'nc {host} {port}',
  },
} as const satisfies Record<string, ModeEntry>;

export type Mode = keyof typeof MODES;
export const MODE_NAMES = Object.keys(MODES) as readonly Mode[];
export const modeEntry = (mode: Mode): ModeEntry => MODES[mode];
/** The example of a mode for the address it listens on, or for where that can be reached from here. */
export function exampleAt(mode: Mode, listener: Address): string {
  const { host, port } = reachableAddress(listener);
  return modeEntry(mode)
    .example.replace('{address}', formatAddress({ host, port }))
    .replace('{host}', host)
    .replace('{port}', String(port));
}
export const isMode = (name: string): name is Mode => Object.hasOwn(MODES, name);
