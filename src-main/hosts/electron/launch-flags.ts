/** The flags of ours among the arguments Electron was started with; the rest are Electron's and Chromium's own. */
import { parseArgs } from 'node:util';

const WITH_VALUE = [
  'listen',
  'set',
  'journal',
  'reply',
  'mode',
  'upstream',
  'config',
  'tunnel-to',
  'tls',
  'intercept',
  'insecure',
  'allow',
  'ca',
] as const;
const ALONE = ['allow-private'] as const;
const NAMES: readonly string[] = [...WITH_VALUE, ...ALONE];

/** `--tls` may stand alone: what looks like the next flag is not its value. */
const closeTls = (args: readonly string[]): string[] =>
  args.map((argument, index) => {
    return argument === '--tls' && (args[index + 1] ?? '-').startsWith('-') ? '--tls=' : argument;
  });

/** As `--name=value`, in order. A flag without its value stays without it, for the command line to complain about. */
export function launchFlags(args: readonly string[]): string[] {
  const options = Object.fromEntries([
    ...WITH_VALUE.map((name) => [name, { type: 'string' as const }]),
    ...ALONE.map((name) => [name, { type: 'boolean' as const }]),
  ]) as Record<string, { type: 'string' | 'boolean' }>;
  const { tokens } = parseArgs({ args: closeTls(args), options, strict: false, allowPositionals: true, tokens: true });
  return tokens.flatMap((token) => {
    if (token.kind !== 'option' || !NAMES.includes(token.name)) return [];
    return [token.value === undefined ? `--${token.name}` : `--${token.name}=${token.value}`];
  });
}
