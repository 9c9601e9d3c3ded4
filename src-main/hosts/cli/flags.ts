/** The flags of `bytescope serve`, declared once: parsing and help read this table. */
import { MODE_NAMES } from '../../contract/modes';
import { PRESET_NAMES } from '../../contract/presets';
import { DEFAULT_ADDRESS, DEFAULT_PAGE_ADDRESS, formatAddress } from '../../contract/address';

export interface FlagEntry {
  /** How the value is written in the help; absent: the flag takes none. */
  readonly value?: string;
  /** May the value be left out? */
  readonly valueOptional?: true;
  readonly short?: string;
  readonly doc: string;
}

const FLAGS = {
  listen: {
    value: 'HOST:PORT',
    doc: `Where the server listens; port 0 takes any free one (default ${formatAddress(DEFAULT_ADDRESS)})`,
  },
  ui: {
    value: 'HOST:PORT',
    valueOptional: true,
    doc: `Serve the window to browsers (default ${formatAddress(DEFAULT_PAGE_ADDRESS)})`,
  },
  open: { doc: 'Open the window in a browser; implies --ui' },
  preset: {
    value: 'NAME',
    doc: `Behave as a well-known server does on the wire: ${PRESET_NAMES.join(', ')}. --set turns single settings on top; what a settings file says of them does not count`,
  },
  set: {
    value: 'NAME=VALUE',
    doc: 'Put a setting in force; may be given again. Units may be written (10s, 64KiB); "off" switches a limit off',
  },
  mode: {
    value: 'MODE',
    doc: `What happens to connections: ${MODE_NAMES.join(', ')} (default: server, or what the flags below are for)`,
  },
  upstream: {
    value: 'URL',
    doc: 'Reverse mode: a server to pass requests on to, http or https; given again, they take turns. A port alone is one of this machine',
  },
  config: {
    value: 'FILE',
    doc: 'Reverse mode: upstreams and routes as a JSON file. SIGHUP reads it again, where the system has that',
  },
  'tunnel-to': { value: 'HOST:PORT', doc: 'Tunnel mode: where every connection leads' },
  tls: {
    value: 'CERT,KEY',
    valueOptional: true,
    doc: 'Server and reverse mode: speak TLS, with a certificate and its key as PEM files; without them, with certificates of the local CA',
  },
  intercept: {
    value: 'HOST',
    doc: 'Forward mode: take TLS off for this host, by a certificate of the local CA; *.example.com is all below example.com, * any host. May be given again',
  },
  insecure: {
    value: 'HOST',
    doc: 'Forward mode: take whatever certificate the server of this intercepted host shows, such as a self-signed one; hosts as above. Whoever is in between can then pose as that server: for servers of your own. May be given again',
  },
  allow: {
    value: 'RANGE',
    doc: 'Forward and SOCKS mode: let clients of this address or range in, such as 10.0.0.0/8, besides those of this machine. May be given again',
  },
  'allow-private': {
    doc: 'Forward and SOCKS mode: let clients of other machines reach loopback, private and link-local addresses',
  },
  ca: {
    value: 'FOLDER',
    doc: 'Where the local CA is kept, made when it is needed (default: next to the settings of the desktop window)',
  },
  journal: { value: 'FILE', doc: 'Keep the recorded traffic in this pcapng file (default: a temporary one)' },
  reply: { value: 'MODE', doc: '"default": the built-in routes; "echo": every valid request gets its own body' },
  settings: {
    value: 'FILE',
    valueOptional: true,
    doc: 'Start from, and save to, a settings file (without FILE: the one of the desktop window). Without this flag the defaults hold, so that runs repeat',
  },
  json: { doc: 'One JSON object a line on standard output' },
  quiet: { doc: 'Print the addresses and warnings only' },
  help: { short: 'h', doc: 'Show this help' },
  version: { short: 'v', doc: 'Show the version' },
} as const satisfies Record<string, FlagEntry>;

export type FlagName = keyof typeof FLAGS;

export const FLAG_NAMES = Object.keys(FLAGS) as readonly FlagName[];
export const flagEntry = (name: FlagName): FlagEntry => FLAGS[name];
export const isFlagName = (name: string): name is FlagName => Object.hasOwn(FLAGS, name);
