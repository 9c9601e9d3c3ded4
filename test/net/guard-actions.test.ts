/** What a client sees on its socket when a guard acts: a reply and FIN, FIN alone, or RST. */
import { afterEach, expect, it } from 'vitest';
import type { Settings } from '../../src-main/contract/settings';
import { PresetServer } from '../presets/preset-server';
import { TcpClient } from '../support/tcp-client';

let server: PresetServer;
afterEach(() => server.close());

async function cut(settings: Partial<Settings>, bytes = 'GET / HT'): Promise<TcpClient> {
  // A client that is slow to send its first byte must not be taken for one that sends none.
  const timeout = bytes === '' ? { firstByteTimeoutMs: 20 } : { headTimeoutMs: 20 };
  server = await PresetServer.open('bytescope', { ...timeout, ...settings });
  const client = await TcpClient.open(server.port);
  if (bytes !== '') await client.send(bytes);
  await client.untilEnd();
  return client;
}

it('sends the reply, then FIN, where the action is a status', async () => {
  const client = await cut({ onStartLineTimeout: '408' });
  expect(client.received).toMatch(/^HTTP\/1\.1 408 [^]*Connection: close/);
  expect(client.error).toBeNull();
  client.close();
});

it('replies to a client that sent nothing where it is told to', async () => {
  const client = await cut({ onFirstByteTimeout: '408' }, '');
  expect(client.received).toMatch(/^HTTP\/1\.1 408 [^]*LIM_FIRST_BYTE_TIMEOUT/);
  client.close();
});

it('sends FIN without a byte where the action is to close', async () => {
  const client = await cut({ onStartLineTimeout: 'close' });
  expect(client.received).toBe('');
  expect(client.error).toBeNull();
  client.close();
});

it('sends RST without a byte where the action is to reset', async () => {
  const client = await cut({ onStartLineTimeout: 'reset' });
  expect(client.received).toBe('');
  expect(client.error?.code).toBe('ECONNRESET');
  await server.close();
  expect(server.facts.find(({ kind }) => kind === 'connection.closed')).toMatchObject({ cause: 'guard-reset' });
});

it('sends the replies before a RST that the same read led to', async () => {
  const requests = `GET /health HTTP/1.1\r\nHost: a\r\n\r\nGET /${'x'.repeat(100)} HTTP/1.1\r\n`;
  const client = await cut({ maxTargetBytes: 50, onTargetTooLong: 'reset' }, requests);
  expect(client.received).toMatch(/^HTTP\/1\.1 200 /);
  await server.close();
  const closed = server.facts.find(({ kind }) => kind === 'connection.closed');
  expect(closed).toMatchObject({ cause: 'guard-reset', bytesOut: client.received.length });
});
