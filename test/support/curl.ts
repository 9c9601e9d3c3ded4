/** curl as the judge of what comes through a proxy. */
import { spawn } from 'node:child_process';

export interface CurlRun {
  readonly code: number | null;
  readonly body: Buffer;
  /** Standard error: with `-v` both heads, else why it failed. */
  readonly told: string;
}

/** Without the proxies of the environment. */
export function curl(...args: readonly string[]): Promise<CurlRun> {
  return new Promise((resolve, reject) => {
    const child = spawn('curl', ['-sS', '--max-time', '20', '--noproxy', '', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const body: Buffer[] = [];
    let told = '';
    child.stdout.on('data', (bytes: Buffer) => body.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => (told += bytes.toString('latin1')));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, body: Buffer.concat(body), told }));
  });
}

/** The lines of the reply's head among what `curl -v` told, in lower case; of interim replies too. */
export const replyLines = ({ told }: CurlRun): readonly string[] =>
  told.split(/\r?\n/).flatMap((line) => (line.startsWith('< ') ? [line.slice(2).toLowerCase()] : []));

/** The statuses of the replies among what `curl -v` told. */
export const statuses = (run: CurlRun): readonly number[] =>
  replyLines(run).flatMap((line) => {
    const [, status] = /^http\/1\.[01] (\d{3})/.exec(line) ?? [];
    return status === undefined ? [] : [Number(status)];
  });
