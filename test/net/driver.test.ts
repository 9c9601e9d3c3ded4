/** What a driver tells its session of writes, on real sockets. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src-main/contract/settings';
import { PolicyInForce } from '../../src-main/inspector/policy';
import type { ConnectionDriver } from '../../src-main/net/driver';
import { MAX_DIRECT_BYTES } from '../../src-main/net/direct-writes';
import { Listener } from '../../src-main/net/listener';
import { TcpClient } from '../support/tcp-client';

let listener: Listener;
let drivers: ConnectionDriver[];
let opened: () => void;

beforeEach(async () => {
  drivers = [];
  const hooks = {
    tap: { isBehind: false, opened: () => undefined, recorded: () => undefined, ended: () => undefined },
    record: () => undefined,
    accepted: (driver: ConnectionDriver) => {
      drivers.push(driver);
      opened();
    },
    moved: () => undefined,
    gone: () => undefined,
    broke: () => undefined,
  };
  listener = new Listener(new PolicyInForce(DEFAULT_SETTINGS, 'default'), hooks, { host: '127.0.0.1', port: 0 });
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
