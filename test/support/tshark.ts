/** tshark as the judge of what the journal wrote. Its notes on running as root go to standard error and are dropped. */
import { execFileSync } from 'node:child_process';

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** The lines tshark prints for a capture file. */
export function tshark(path: string, ...args: string[]): readonly string[] {
  const output = execFileSync('tshark', ['-n', '-r', path, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  return output.split('\n').filter((line) => line !== '');
}

/** The values of some fields, a line a packet that the display filter keeps. */
export function tsharkFields(path: string, filter: string, ...fields: string[]): readonly string[] {
  return tshark(path, '-Y', filter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field]));
}
