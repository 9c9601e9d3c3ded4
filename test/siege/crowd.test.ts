import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServeProcess } from '../support/cli-process';
import { ask, askWhile } from './normal-client';

const CROWD = 10_000;
const HOLDER = resolve(import.meta.dirname, '../bench/servers/hold-open.mjs');
const UNLIMITED = ['maxConnections=off', 'maxConnectionsPerClient=off', 'bucketCapacity=off', 'idleTimeoutMs=off'];

let serving: ServeProcess;
beforeAll(async () => {
  serving = await ServeProcess.start(...UNLIMITED.flatMap((setting) => ['--set', setting]));
});
afterAll(() => serving.stop());

const count = (name: string): number => serving.events.filter(({ event }) => event === name).length;

describe(`${CROWD} connections open at once`, () => {
  it('are all answered, and one more client too, and all of them end', async () => {
    const holder = fork(HOLDER, [String(serving.port), String(CROWD)]);
    const opened = once(holder, 'message');
    const meanwhile = await askWhile(serving.port, opened);
    expect(await opened).toEqual([CROWD, undefined]);
    expect(await ask(serving.port)).toBe(200);
    expect(new Set(meanwhile)).toEqual(new Set([200]));
    const stillOpen = count('connection.opened') - count('connection.closed');
    expect(stillOpen).toBeGreaterThanOrEqual(CROWD);
    holder.kill('SIGTERM');
    await once(holder, 'exit');
    await expect.poll(() => count('connection.opened') - count('connection.closed'), { timeout: 20_000 }).toBe(0);
  }, 60_000);
});
