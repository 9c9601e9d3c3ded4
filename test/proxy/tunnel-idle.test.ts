import { afterEach, beforeEach, expect, it } from 'vitest';
import { ProxyEngine } from '../support/proxy-engine';
import { TcpClient } from '../support/tcp-client';
import { TcpServer } from '../support/tcp-server';

let server: TcpServer;
let engine: ProxyEngine;
let client: TcpClient;

beforeEach(async () => {
  server = await TcpServer.open();
  engine = await ProxyEngine.open({ mode: 'tunnel', tunnelTo: `127.0.0.1:${server.port}` });
  client = await TcpClient.open(engine.port);
  await client.send('first');
  await (await server.peer(0)).until(/first/);
});
afterEach(async () => {
  client.close();
  await engine.close();
  await server.close();
});

it('a tunnel nothing passes through is reset on both sides, and its row names the guard', async () => {
  await engine.call('settings.set', { name: 'tunnelIdleTimeoutMs', value: 40 });
  await client.untilClosed();
  const peer = await server.peer(0);
  await peer.when(() => peer.isClosed);
  expect(client.error?.code).toBe('ECONNRESET');
  expect(await engine.fact('trip')).toMatchObject({ guard: 'tunnelIdleTimeoutMs', code: 'LIM_TUNNEL_IDLE' });
  const { connection } = await engine.fact('trip');
  const closed = await engine.fact('connection.closed', (fact) => fact.connection === connection);
  expect(closed.cause).toBe('guard-reset');
});

it('bytes of either side keep it', async () => {
  const { connection } = (await engine.fact('relay')).relay;
  const armed = async () => (await engine.call('connection.detail', { connection })).row.armed?.atMs ?? 0;
  const peer = await server.peer(0);
  const first = await armed();
  peer.send('from the server');
  await client.until(/from the server/);
  const second = await armed();
  expect(second).toBeGreaterThan(first);
  await client.send('again');
  await peer.until(/again/);
  expect(await armed()).toBeGreaterThan(second);
});
