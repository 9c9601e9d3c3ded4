/** What is told of requests that are passed on, where something is wrong: to the client, and to whoever looks. */
import { afterEach, describe, expect, it } from 'vitest';
import { BlackHole } from '../chaos/black-hole';
import { ProxyEngine } from '../support/proxy-engine';
import { TcpClient } from '../support/tcp-client';
import { TcpServer, type TcpPeer } from '../support/tcp-server';

const GET = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';

const opened: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

function closing<Each extends { close: () => unknown }>(each: Each): Each {
  opened.push(each);
  return each;
}

let engine: ProxyEngine;
let client: TcpClient;

async function start(upstreams: object, rest: object = {}): Promise<void> {
  const config = JSON.stringify({ upstreams, ...rest });
  engine = closing(await ProxyEngine.open({ mode: 'reverse', config }));
  client = closing(await TcpClient.open(engine.port));
}

async function startWith(server: TcpServer, more: object = {}): Promise<void> {
  await start({ api: { servers: [{ url: server.url }], ...more } });
}

async function asked(server: TcpServer, index = 0): Promise<TcpPeer> {
  const peer = await server.peer(index);
  await peer.until(/\r\n\r\n/);
  return peer;
}

const detailOf = (connection: number) => engine.call('connection.detail', { connection });
const closed = (connection: number) => engine.fact('connection.closed', (fact) => fact.connection === connection);

describe('a reply that is cut', () => {
  it('names why on both sides, beside the status that had gone out', async () => {
    const server = closing(await TcpServer.open());
    await startWith(server);
    await client.send(GET);
    const peer = await asked(server);
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc');
    await client.until(/abc$/);
    expect((await detailOf(2)).row.status).toBe(200);
    peer.reset();
    await client.untilEnd();
    client.close();
    await closed(1);
    const detail = await detailOf(1);
    expect(detail.exchanges[0]).toMatchObject({ status: 200, replyEnd: null, failure: { code: 'UP_CUT_SHORT' } });
    expect(detail.row).toMatchObject({ phase: 'closed', status: 200, marks: ['UP_CUT_SHORT'] });
    const upstream = await detailOf(2);
    expect(upstream.exchanges[0]).toMatchObject({ status: 200, failure: { code: 'UP_CUT_SHORT' } });
    expect(upstream.row).toMatchObject({ phase: 'closed', closeCause: 'upstream-reset' });
  });

  it('in the very read in which it began has a status too', async () => {
    const server = closing(await TcpServer.open());
    await startWith(server);
    await client.send(GET);
    (await asked(server)).send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n');
    await client.untilEnd();
    const { exchanges } = await detailOf(1);
    expect(exchanges[0]).toMatchObject({ status: 200, failure: { code: 'UP_MALFORMED' } });
  });

  it('stands still for too long', async () => {
    const server = closing(await TcpServer.open());
    await startWith(server);
    await client.send(GET);
    const peer = await asked(server);
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc');
    await client.until(/abc$/);
    await engine.call('settings.set', { name: 'replyStallTimeoutMs', value: 20 });
    await client.untilEnd();
    expect((await detailOf(1)).exchanges[0]?.failure?.code).toBe('LIM_REPLY_STALL');
  });
});

describe('a request that is refused', () => {
  it('by a server that is not there leaves a row of the attempt, closed once', async () => {
    const server = await TcpServer.open();
    await startWith(server);
    await server.close();
    await client.send(GET);
    await client.until(/UP_CONNECT/);
    await closed(2);
    expect((await detailOf(1)).exchanges[0]).toMatchObject({ status: 502, failure: { code: 'UP_CONNECT' } });
    const { row, faults } = await detailOf(2);
    expect(row).toMatchObject({ phase: 'closed', closeCause: 'upstream-failed', connectedAtMs: null });
    expect(faults.map(({ code }) => code)).toEqual(['UP_CONNECT']);
    expect(engine.factsOf('connection.closed').filter(({ connection }) => connection === 2)).toHaveLength(1);
  });

  it('because the server does not answer the connection is 504', async () => {
    const hole = closing(await BlackHole.open());
    await start({ api: { servers: [{ url: `http://127.0.0.1:${hole.port}` }] } });
    await engine.call('settings.set', { name: 'connectTimeoutMs', value: 50 });
    await client.send(GET);
    expect(await client.until(/LIM_CONNECT_TIMEOUT/)).toMatch(/^HTTP\/1\.1 504 /);
    await closed(2);
    expect((await detailOf(2)).row).toMatchObject({ phase: 'closed', closeCause: 'guard-reset' });
    expect(engine.factsOf('connection.closed').filter(({ connection }) => connection === 2)).toHaveLength(1);
  });

  it('because the server speaks no TLS is 502', async () => {
    const server = closing(await TcpServer.open((peer) => peer.send('HTTP/1.1 400 Bad Request\r\n\r\n')));
    await start({ api: { servers: [{ url: server.url.replace('http', 'https') }] } });
    await client.send(GET);
    expect(await client.until(/TLS_\w+/)).toMatch(/^HTTP\/1\.1 502 /);
  });

  it('because no route leads anywhere is 404', async () => {
    const server = closing(await TcpServer.open());
    await start({ api: { servers: [{ url: server.url }] } }, { routes: [{ pathPrefix: '/only', upstream: 'api' }] });
    await client.send(GET);
    expect(await client.until(/UP_NO_ROUTE/)).toMatch(/^HTTP\/1\.1 404 /);
    expect(server.peers).toHaveLength(0);
  });

  it('because every server is out is 503', async () => {
    const server = closing(await TcpServer.open());
    await startWith(server);
    await engine.call('proxy.place', { upstream: 'api', server: server.url, placement: 'out' });
    await client.send(GET);
    expect(await client.until(/UP_ALL_OUT/)).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('because every server has as many requests as it may is 503, until one of them is over', async () => {
    const server = closing(await TcpServer.open());
    await startWith(server, { pool: { maxConnections: 1, maxIdle: 1 } });
    await client.send(GET);
    const peer = await asked(server);
    const other = closing(await TcpClient.open(engine.port));
    await other.send(GET);
    expect(await other.until(/UP_ALL_BUSY/)).toMatch(/^HTTP\/1\.1 503 /);
    peer.send('HTTP/1.1 204 No Content\r\n\r\n');
    await client.until(/204/);
    await other.send(GET);
    await peer.until(/GET [^]*GET /);
  });

  it.each([
    [
      'has a coding nobody asked for',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
      'UP_CODED',
    ],
    [
      'switches though nobody asked',
      'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
      'UP_SWITCHED',
    ],
    ['has a head without end', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(200_000)}`, 'UP_MALFORMED'],
    ['has a line without end', `HTTP/1.1 200 ${'x'.repeat(2_000_000)}`, 'UP_MALFORMED'],
  ])('because the reply %s is 502', async (_, reply, code) => {
    const server = closing(await TcpServer.open());
    await startWith(server, { retry: null });
    await client.send(GET);
    const peer = await asked(server);
    peer.send(reply);
    expect(await client.until(new RegExp(code))).toMatch(/^HTTP\/1\.1 502 /);
    await peer.when(() => peer.isClosed);
    expect((await detailOf(1)).exchanges[0]).toMatchObject({ status: 502, failure: { code } });
  });
});

describe('a client that leaves', () => {
  it('is no fault of its server, and its request is reset there, not ended', async () => {
    const server = closing(await TcpServer.open());
    await startWith(server);
    await client.send('POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
    const peer = await asked(server);
    await peer.until(/abc/);
    let error: NodeJS.ErrnoException | undefined;
    peer.socket.on('error', (thrown) => (error = thrown));
    client.reset();
    await peer.when(() => peer.isClosed);
    expect(error?.code).toBe('ECONNRESET');
    expect(peer.received).not.toMatch(/0\r\n\r\n$/);
    const [view] = (await engine.call('feed.snapshot', {})).upstreams;
    expect(view?.servers[0]).toMatchObject({ faults: 0, inFlight: 0, state: 'in' });
  });
});
