/** What a driver tells its session, on real sockets. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fact } from '../../src-main/contract/facts';
import { DEFAULT_SETTINGS } from '../../src-main/contract/settings';
import { PolicyInForce } from '../../src-main/inspector/policy';
import type { ConnectionDriver } from '../../src-main/net/driver';
import { MAX_DIRECT_BYTES } from '../../src-main/net/direct-writes';
import { READ_BYTES } from '../../src-main/net/static-reads';
import { OriginListener } from '../support/origin-listener';
import { TcpClient } from '../support/tcp-client';

let listener: OriginListener;
let policy: PolicyInForce;
let drivers: ConnectionDriver[];
let facts: Fact[];
/** What the journal was told, of all connections. */
let told: string[];
let opened: () => void;

beforeEach(async () => {
  policy = new PolicyInForce(DEFAULT_SETTINGS, 'default');
  drivers = [];
  facts = [];
  told = [];
  const hooks = {
    tap: {
      isBehind: false,
      opened: () => undefined,
      recorded: (_id: number, _direction: string, bytes: Uint8Array) => void told.push(Buffer.from(bytes).toString()),
      ended: (_id: number, _direction: string, how: string) => void told.push(how),
    },
    record: (fact: Fact) => void facts.push(fact),
    accepted: (driver: ConnectionDriver) => {
      drivers.push(driver);
      opened();
    },
    moved: () => undefined,
    gone: () => undefined,
    broke: () => undefined,
  };
  listener = new OriginListener(policy, hooks);
  await listener.listen('127.0.0.1', 0, 0);
});
afterEach(() => listener.stop(0));

async function connect(): Promise<{ readonly client: TcpClient; readonly driver: ConnectionDriver }> {
  const taken = new Promise<void>((resolve) => (opened = resolve));
  const client = await TcpClient.open(listener.state.port);
  await taken;
  return { client, driver: drivers.at(-1)! };
}

/** Writes as a session does, from an event. */
function write(driver: ConnectionDriver, bytes: Uint8Array): void {
  driver.write(bytes);
  driver.settingsChanged();
}

it('reads on where a short reply left behind a direct write the client did not take at once', async () => {
  const { client, driver } = await connect();
  write(driver, Buffer.from('first'));
  await client.until(/first/);
  client.socket.pause();
  while (driver.phase !== 'replying') write(driver, new Uint8Array(MAX_DIRECT_BYTES));
  write(driver, Buffer.from('last'));
  expect(driver.phase).toBe('replying');
  client.socket.resume();
  await client.until(/last$/);
  await client.send('GET /health HTTP/1.1\r\nHost: a\r\n\r\n');
  expect(await client.until(/ok\n$/)).toMatch(/lastHTTP\/1\.1 200 /);
  client.close();
});

it('has a request that waits for its turn say nothing once its socket is gone', async () => {
  policy.change({ ...DEFAULT_SETTINGS, rateModel: 'leaky', bucketRefillPerSec: 0.01 });
  const { client, driver } = await connect();
  await client.send('GET /health HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2));
  await client.until(/ok\n$/);
  expect(driver.phase).toBe('delayed');
  driver.destroy();
  driver.stop();
  await listener.stop(0);
  expect(facts.flatMap((fact) => (fact.kind === 'reply' ? fact.number : []))).toEqual([1]);
});

describe('a short write that is not the first of its turn', () => {
  async function connectTwo(): Promise<{ readonly first: ConnectionDriver } & Awaited<ReturnType<typeof connect>>> {
    const { driver: first } = await connect();
    return { first, ...(await connect()) };
  }

  it('waits for its end, and is told of as pending until then', async () => {
    const { first, client, driver } = await connectTwo();
    write(first, Buffer.from('one'));
    write(driver, Buffer.from('two'));
    expect([first.pendingBytes, driver.pendingBytes]).toEqual([0, 3]);
    await client.until(/^two$/);
    expect(driver.pendingBytes).toBe(0);
  });

  it('does not wait for a read that fills its buffer', async () => {
    const { first, client, driver } = await connectTwo();
    write(first, Buffer.from('one'));
    write(driver, Buffer.from('two'));
    first.received(new Uint8Array(READ_BYTES).fill(0x20));
    expect(driver.pendingBytes).toBe(0);
    await client.until(/^two$/);
  });

  it('is recorded when it is made', async () => {
    const { first, driver } = await connectTwo();
    write(first, Buffer.from('one'));
    write(driver, Buffer.from('two'));
    expect(told).toEqual(['one', 'two']);
  });

  it('leaves before what is written after it, and before FIN', async () => {
    const { first, client, driver } = await connectTwo();
    write(first, Buffer.from('one'));
    write(driver, Buffer.from('two'));
    write(driver, Buffer.from(' three'));
    driver.end();
    driver.settingsChanged();
    expect(await client.untilEnd()).toBe('two three');
    expect(told).toEqual(['one', 'two', ' three', 'fin']);
  });

  it.each(['destroy', 'reset'] as const)('leaves before the connection is closed by %s', async (way) => {
    const { first, driver } = await connectTwo();
    write(first, Buffer.from('one'));
    write(driver, Buffer.from('two'));
    expect(driver.pendingBytes).toBe(3);
    driver[way]();
    expect(driver.pendingBytes).toBe(0);
  });
});
