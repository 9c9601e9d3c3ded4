/** The flags of `bytescope serve`, declared once: parsing and help read this table. */
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
