import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ended } from '../support/certificates';
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
});
afterEach(async () => {
  client.close();
  await engine.close();
  await server.close();
});

describe('a tunnel', () => {
  it('passes bytes both ways, and both sides are rows of it', async () => {
    await client.send('\x00\xffping');
    const peer = await server.peer(0);
    await peer.until(/ping$/);
    peer.send('\x01pong');
    await client.until(/pong$/);
    const { relay } = await engine.fact('relay');
    const { row } = await engine.call('connection.detail', { connection: 1 });
    expect(row).toMatchObject({ side: 'client', phase: 'tunnel', upstream: `127.0.0.1:${server.port}` });
    expect(await engine.bytes(1, 'in')).toBe('\x00\xffping');
    expect(await engine.bytes(relay.connection, 'in')).toBe('\x00\xffping');
    expect(await engine.bytes(relay.connection, 'out')).toBe('\x01pong');
    const other = await engine.call('connection.detail', { connection: relay.connection });
    expect(other.row).toMatchObject({ side: 'upstream', phase: 'tunnel', carrier: 1 });
  });

  it('lets the server speak first', async () => {
    (await server.peer(0)).send('220 ready\r\n');
    expect(await client.until(/ready/)).toBe('220 ready\r\n');
  });

  it('passes FIN of the client while the server goes on', async () => {
    await client.send('all');
    client.end();
    const peer = await server.peer(0);
    await peer.when(() => peer.hasEnded);
    peer.send('answer');
    peer.end();
    expect(await client.untilEnd()).toBe('answer');
    expect((await engine.fact('connection.closed', ({ connection }) => connection === 1)).cause).toBe('client-closed');
  });

  it('passes FIN of the server while the client goes on', async () => {
    const peer = await server.peer(0);
    peer.end();
    await client.untilEnd();
    await client.send('more');
    await peer.until(/more$/);
  });

  it('passes a reset of the client on', async () => {
    await client.send('x');
    const peer = await server.peer(0);
    await peer.until(/x/);
    client.reset();
    await peer.when(() => peer.isClosed);
    expect(peer.hasEnded).toBe(false);
  });

  it('passes a reset of the server on', async () => {
    const peer = await server.peer(0);
    peer.reset();
    await client.untilClosed();
    expect(client.error?.code).toBe('ECONNRESET');
  });

  it('carries nc, whose input ends before the answer comes', async () => {
    const peers = server.peers.length;
    const reply = ended('sh', ['-c', `printf question | nc -N 127.0.0.1 ${engine.port}`]);
    const peer = await server.peer(Math.max(peers, 1));
    await peer.when(() => peer.hasEnded);
    peer.send(`to ${peer.received}`);
    peer.end();
    expect((await reply).out).toBe('to question');
  });
});

describe('a server that is not there', () => {
  it('is told by a reset, and by a fault in the row', async () => {
    await server.close();
    const other = await TcpClient.open(engine.port);
    await other.untilClosed();
    expect(other.error?.code).toBe('ECONNRESET');
    const fault = await engine.fact('fault', ({ detail }) => detail?.['system'] === 'ECONNREFUSED');
    expect(fault).toMatchObject({ code: 'UP_CONNECT', detail: { reason: 'connection refused' } });
  });
});

describe('a side that does not read', () => {
  const MANY = 'x'.repeat(1024 * 1024);
  /** More than the kernels on the way hold. */
  const ROUNDS = 64;

  /** Sends until nothing more is taken. How many bytes left. */
  async function fill(send: (done: () => void) => void): Promise<number> {
    let sent = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const isTaken = await Promise.race([
        new Promise<true>((resolve) => send(() => resolve(true))),
        new Promise<false>((resolve) => setTimeout(() => resolve(false), 500)),
      ]);
      if (!isTaken) return sent;
      sent += MANY.length;
    }
    return sent;
  }

  it.each(['client', 'server'])('stops the other: the %s', async (reader) => {
    const peer = await server.peer(0);
    const [stalled, sender] = reader === 'client' ? [client.socket, peer.socket] : [peer.socket, client.socket];
    stalled.pause();
    const sent = await fill((done) => sender.write(MANY, () => done()));
    expect(sent).toBeLessThan(ROUNDS * MANY.length);
    const arrived = new Promise<void>((resolve) => {
      let length = 0;
      stalled.on('data', (bytes) => {
        length += bytes.length;
        if (length >= sent + MANY.length) resolve();
      });
    });
    stalled.resume();
    await arrived;
  });
});

describe('the mode', () => {
  it('may change: a tunnel goes on, the next connection is answered here', async () => {
    await client.send('a');
    const peer = await server.peer(0);
    await peer.until(/a/);
    await engine.call('proxy.change', { mode: 'server' });
    await client.send('b');
    await peer.until(/ab$/);
    const next = await TcpClient.open(engine.port);
    await next.send('GET /health HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await next.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 200 /);
    next.close();
  });

  it('cuts tunnels when the server stops, and both ends of it', async () => {
    const peer = await server.peer(0);
    client.end();
    await peer.when(() => peer.hasEnded);
    await engine.call('listener.stop', {});
    await client.untilClosed();
    // By RST: the peer has heard FIN, and does not read any more.
    const { connection } = (await engine.fact('relay')).relay;
    await engine.fact('connection.closed', (closed) => closed.connection === connection);
  });
});

describe('too many connections', () => {
  it('are closed without a word', async () => {
    await engine.call('settings.set', { name: 'maxConnections', value: 1 });
    await server.peer(0);
    const second = await TcpClient.open(engine.port);
    expect(await second.untilEnd()).toBe('');
    expect((await engine.fact('trip')).code).toBe('LIM_CONNECTIONS');
    expect(server.peers).toHaveLength(1);
  });
});
