import { afterEach, expect, it, vi } from 'vitest';
import type { Fact } from '../../src-main/contract/facts';
import { DEFAULT_SETTINGS } from '../../src-main/contract/settings';
import { PolicyInForce } from '../../src-main/inspector/policy';
import { OriginListener } from '../support/origin-listener';
import { READ_BYTES } from '../../src-main/net/static-reads';
import { TcpClient } from '../support/tcp-client';

const asked = vi.hoisted(() => ({ times: 0 }));

// Every turn is spent at once: each read that fills its buffer is followed by a pause.
vi.mock('../../src-main/net/turn', () => ({
  isTurnSpent: () => {
    asked.times += 1;
    return true;
  },
}));

let listener: OriginListener;
afterEach(() => listener.stop(0));

async function listen(): Promise<number> {
  const policy = new PolicyInForce(
    { ...DEFAULT_SETTINGS, bucketCapacity: null, maxRequestsPerConnection: null },
    'echo',
  );
  const nothing = (): void => undefined;
  const tap = { isBehind: false, opened: nothing, recorded: nothing, ended: nothing };
  const record: (fact: Fact) => void = nothing;
  const hooks = { tap, record, accepted: nothing, moved: nothing, gone: nothing, broke: nothing };
  listener = new OriginListener(policy, hooks);
  const listening = await listener.listen('127.0.0.1', 0, 0);
  if (!listening.ok) throw new Error(listening.error.code);
  return listening.value.port;
}

it('a connection that gives way after each full read is read to its end', async () => {
  const client = await TcpClient.open(await listen());
  const body = 'x'.repeat(40 * READ_BYTES);
  await client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
  const reply = await client.untilEnd();
  expect(reply.length - reply.indexOf('\r\n\r\n') - 4).toBe(body.length);
  expect(asked.times).toBeGreaterThan(1);
  client.close();
});

it('a connection that gives way answers every request that was pipelined', async () => {
  const client = await TcpClient.open(await listen());
  const requests = 20_000;
  const last = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  await client.send(`GET / HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(requests - 1) + last);
  const replies = await client.untilEnd();
  expect(replies.match(/^HTTP\/1\.1 200 /gm)).toHaveLength(requests);
  client.close();
});
