import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProxyEngine } from '../support/proxy-engine';
import { TcpClient } from '../support/tcp-client';
import { TcpServer } from '../support/tcp-server';

/** The client's: it is the first one. */
const CLIENT = 1;

let server: TcpServer;
let engine: ProxyEngine;
let client: TcpClient;

beforeEach(async () => {
  server = await TcpServer.open();
});
afterEach(async () => {
  client.close();
  await engine.close();
  await server.close();
});

const causeOf = async (id: number) =>
  (await engine.fact('connection.closed', ({ connection }) => connection === id)).cause;

describe('a tunnel', () => {
  beforeEach(async () => {
    engine = await ProxyEngine.open({ mode: 'tunnel', tunnelTo: `127.0.0.1:${server.port}` });
    client = await TcpClient.open(engine.port);
    await client.send('first');
    await (await server.peer(0)).until(/first/);
  });

  it('nothing passes through is reset on both sides, and the row of its client names the guard, once', async () => {
    await engine.call('settings.set', { name: 'tunnelIdleTimeoutMs', value: 40 });
    await client.untilClosed();
    const peer = await server.peer(0);
    await peer.when(() => peer.isClosed);
    expect(client.error?.code).toBe('ECONNRESET');
    expect(await causeOf(CLIENT)).toBe('guard-reset');
    const trips = engine.factsOf('trip').map(({ connection, guard, code }) => [connection, guard, code]);
    expect(trips).toEqual([[CLIENT, 'tunnelIdleTimeoutMs', 'LIM_TUNNEL_IDLE']]);
  });

  it('is kept by bytes of either side', async () => {
    const armed = async () =>
      (await engine.call('connection.detail', { connection: CLIENT })).row.armed?.atMs ?? Number.NaN;
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
});

describe('a tunnel that is to be intercepted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bytescope-idle-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is reset where its client never says what it wants', async () => {
    engine = await ProxyEngine.open(
      { mode: 'forward', forward: { intercept: ['127.0.0.1'] } },
      { tunnelIdleTimeoutMs: 40 },
      folder,
    );
    client = await TcpClient.open(engine.port);
    await client.send(`CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await client.until(/200/);
    await client.untilClosed();
    expect(await causeOf(CLIENT)).toBe('guard-reset');
  });
});

describe('a CONNECT tunnel', () => {
  it('nothing passes through is reset', async () => {
    engine = await ProxyEngine.open({ mode: 'forward' }, { tunnelIdleTimeoutMs: 40 });
    client = await TcpClient.open(engine.port);
    await client.send(`CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await client.untilClosed();
    expect(client.received).toMatch(/^HTTP\/1\.1 200 /);
    expect(await causeOf(CLIENT)).toBe('guard-reset');
  });
});
