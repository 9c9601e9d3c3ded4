/** The flags of ours among the arguments Electron was started with; the rest are Electron's and Chromium's own. */
import { parseArgs } from 'node:util';

const NAMES = ['listen', 'set', 'journal', 'reply'] as const;

/** As `--name=value`, in order. A flag without its value stays without it, for the command line to complain about. */
export function launchFlags(args: readonly string[]): string[] {
  const options = Object.fromEntries(NAMES.map((name) => [name, { type: 'string' as const }]));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  return tokens.flatMap((token) => {
    if (token.kind !== 'option' || !NAMES.some((name) => name === token.name)) return [];
    return [token.value === undefined ? `--${token.name}` : `--${token.name}=${token.value}`];
  });
}
