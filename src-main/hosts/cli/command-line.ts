/** From arguments to an exit code. */
import { parseCommand } from './arguments';
import { helpText } from './help';
import { sentences } from './lines';
import { serve, type ServeParts } from './serve';

export interface CommandLineParts extends ServeParts {
  readonly version: string;
}

/** As most tools have it: the program was called in a way it does not understand. */
const USAGE = 2;

export async function runCommandLine(args: readonly string[], parts: CommandLineParts): Promise<number> {
  const command = parseCommand(args);
  if (!command.ok) {
    parts.stderr.write(`bytescope: ${sentences(command.error).join('\n')}\n`);
    return USAGE;
  }
  if (command.value.kind === 'serve') return serve(command.value.options, parts);
  const text = command.value.kind === 'help' ? helpText() : `bytescope ${parts.version}\n`;
  await new Promise<void>((resolve) => parts.stdout.write(text, () => resolve()));
  return 0;
}
