import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServeProcess } from '../support/cli-process';
import { askWhile } from './normal-client';

const run = promisify(execFile);

const ATTACKERS = 1_000;
const SECONDS = 20;
/** slowhttptest calls a service gone whose answer to its probe takes longer. */
const PROBE_SECONDS = 1;

/** With the defaults most of them would be cut after 10 s; here all of them stay to the end. */
const PATIENT = ['headTimeoutMs=60s', 'bodyTimeoutMs=60s', 'minBodyBytesPerSec=off', 'bucketCapacity=off'];
const CROWDED = ['maxConnections=off', 'maxConnectionsPerClient=off'];

/** What slow readers ask for repeats their target, so that it does not fit in the buffers of the kernel. */
const LONG_ADDRESS = `/anything/${'x'.repeat(7_900)}`;

const KINDS = [
  { what: 'slow heads', flags: ['-H', '-i', '1'], path: '/anything' },
  { what: 'slow bodies', flags: ['-B', '-i', '1', '-s', '100000'], path: '/echo' },
  {
    what: 'slow readers',
    flags: ['-X', '-n', '1', '-z', '32', '-w', '512', '-y', '1024', '-k', '10'],
    path: LONG_ADDRESS,
  },
];

let serving: ServeProcess;
beforeAll(async () => {
  serving = await ServeProcess.start(...[...PATIENT, ...CROWDED].flatMap((setting) => ['--set', setting]));
});
afterAll(() => serving.stop());

/** Colours come between its words. */
const plain = (text: string): string => text.replaceAll(/\x1b\[[\d;]*m/g, '');

async function slowhttptest(flags: readonly string[], path: string): Promise<string> {
  const shared = ['-c', ATTACKERS, '-r', ATTACKERS, '-l', SECONDS, '-p', PROBE_SECONDS].map(String);
  const url = `http://127.0.0.1:${serving.port}${path}`;
  const { stdout } = await run('slowhttptest', [...flags, ...shared, '-u', url], { maxBuffer: 64 * 1024 ** 2 });
  return plain(stdout);
}

describe(`${ATTACKERS} attackers of slowhttptest for ${SECONDS} s`, () => {
  it.each(KINDS)(
    '($what) do not keep a normal client from its answers',
    async ({ flags, path }) => {
      const attack = slowhttptest(flags, path);
      const statuses = await askWhile(serving.port, attack);
      const report = await attack;
      const connected = [...report.matchAll(/connected:\s+(\d+)/g)].map(([, count]) => Number(count));
      expect(Math.max(...connected)).toBe(ATTACKERS);
      expect(report).toMatch(/service available:\s+YES/);
      expect(report).not.toMatch(/service available:\s+NO/);
      expect(new Set(statuses)).toEqual(new Set([200]));
      expect(statuses.length).toBeGreaterThan(SECONDS);
    },
    (SECONDS + 40) * 1_000,
  );
});
