import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src-main/contract/errors';
import type { SomeSettings } from '../../src-main/contract/settings';
import type { ServerState, ServerView } from '../../src-main/contract/upstreams';
import { ProxyEngine } from '../support/proxy-engine';
import { answering, ask, reply, request, reverseProxy } from '../support/reverse-proxy';
import { TcpClient } from '../support/tcp-client';
import { TcpServer, type TcpPeer } from '../support/tcp-server';

/** Shorter than anybody waits, longer than nothing. */
const SOON_MS = 50;
const MORE_THAN_KERNELS_HOLD = 32 * 1024 * 1024;

let engine: ProxyEngine;
let servers: TcpServer[];

beforeEach(() => {
  servers = [];
});
afterEach(async () => {
  await engine.close();
  await Promise.all(servers.map((server) => server.close()));
});

async function serve(take?: (peer: TcpPeer) => void): Promise<TcpServer> {
  const server = await TcpServer.open(take);
  servers.push(server);
  return server;
}

/** An address that refuses connections: its server is gone. */
async function refusing(): Promise<string> {
  const server = await TcpServer.open();
  const { url } = server;
  await server.close();
  return url;
}

/** What the row of the client's first connection says stopped its first request. */
async function failureOfFirst(): Promise<ErrorCode | undefined> {
  await engine.fact('connection.closed', ({ connection }) => connection === 1);
  const { exchanges } = await engine.call('connection.detail', { connection: 1 });
  return exchanges[0]?.failure?.code;
}

/** What the row of the first connection to a server is marked with. */
async function marksOfServer(): Promise<readonly string[]> {
  await engine.fact('connection.closed', ({ connection }) => connection === 2);
  return (await engine.call('connection.detail', { connection: 2 })).row.marks;
}

async function serverView(url: string): Promise<ServerView | undefined> {
  const { upstreams } = await engine.call('feed.snapshot', {});
  return upstreams.flatMap((upstream) => upstream.servers).find(({ server }) => server === url);
}

const states = (): (readonly [ServerState, ServerState])[] =>
  engine.factsOf('health').map(({ from, to }) => [from, to] as const);

describe('a server in front of which time runs out', () => {
  const open = async (settings: SomeSettings, scheme = 'http'): Promise<TcpServer> => {
    const server = await serve();
    engine = await reverseProxy({ servers: [`${scheme}://127.0.0.1:${server.port}`], settings });
    return server;
  };

  it('accepts TCP and never answers the TLS handshake: 504 LIM_CONNECT_TIMEOUT', async () => {
    await open({ connectTimeoutMs: SOON_MS }, 'https');
    expect(await ask(engine.port, request('/'))).toMatch(/^HTTP\/1\.1 504 [^]*LIM_CONNECT_TIMEOUT/);
    expect(await failureOfFirst()).toBe('LIM_CONNECT_TIMEOUT');
    expect(await marksOfServer()).toEqual(['LIM_CONNECT_TIMEOUT']);
  });

  it('never begins its reply: 504 LIM_REPLY_TIMEOUT', async () => {
    await open({ replyTimeoutMs: SOON_MS });
    expect(await ask(engine.port, request('/'))).toMatch(/^HTTP\/1\.1 504 [^]*LIM_REPLY_TIMEOUT/);
    expect(await failureOfFirst()).toBe('LIM_REPLY_TIMEOUT');
    expect(await marksOfServer()).toEqual(['LIM_REPLY_TIMEOUT']);
  });

  it('falls silent in the middle of its reply: LIM_REPLY_STALL, and the client notices', async () => {
    const server = await open({ replyStallTimeoutMs: SOON_MS });
    const asked = ask(engine.port, request('/'));
    (await server.peer(0)).send('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc');
    expect(await asked).toMatch(/^HTTP\/1\.1 200 [^]*Content-Length: 6\r\n[^]*\r\n\r\nabc$/);
    expect(await failureOfFirst()).toBe('LIM_REPLY_STALL');
    expect(await marksOfServer()).toEqual(['LIM_REPLY_STALL']);
  });

  it('does not take the body of the request: 504 LIM_REPLY_STALL', async () => {
    const server = await open({ replyStallTimeoutMs: SOON_MS, maxBodyBytes: null });
    const client = await TcpClient.open(engine.port);
    await client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${MORE_THAN_KERNELS_HOLD}\r\n\r\n`);
    (await server.peer(0)).socket.pause();
    client.socket.write(Buffer.alloc(MORE_THAN_KERNELS_HOLD));
    expect(await client.until(/LIM_REPLY_STALL/)).toMatch(/^HTTP\/1\.1 504 /);
    client.reset();
    expect(await marksOfServer()).toEqual(['LIM_REPLY_STALL']);
  });
});

describe('a reply that cannot be passed on', () => {
  const told = async (text: string, ends = false, asks = request('/')): Promise<string> => {
    const server = await serve((peer) => {
      void peer.until(/\r\n\r\n/).then(() => {
        peer.send(text);
        if (ends) peer.end();
      });
    });
    engine = await reverseProxy({ servers: [server.url] });
    return ask(engine.port, asks);
  };

  it('has a coding that nobody asked for: 502 UP_CODED', async () => {
    const coded = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
    expect(await told(coded)).toMatch(/^HTTP\/1\.1 502 [^]*UP_CODED/);
    expect(await failureOfFirst()).toBe('UP_CODED');
  });

  it('switches to a protocol that nobody asked for: 502 UP_SWITCHED', async () => {
    const switched = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    expect(await told(switched)).toMatch(/^HTTP\/1\.1 502 [^]*UP_SWITCHED/);
    expect(await failureOfFirst()).toBe('UP_SWITCHED');
  });

  it('is no HTTP: 502 UP_MALFORMED, and the connection to the server is marked where', async () => {
    expect(await told('220 mail.example ESMTP\r\n')).toMatch(/^HTTP\/1\.1 502 [^]*UP_MALFORMED/);
    expect(await failureOfFirst()).toBe('UP_MALFORMED');
    expect(await marksOfServer()).toContain('H1_VERSION');
  });

  it('has two lengths: 502 UP_MALFORMED', async () => {
    const two = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd';
    expect(await told(two)).toMatch(/^HTTP\/1\.1 502 [^]*UP_MALFORMED/);
    expect(await marksOfServer()).toContain('H1_LENGTH_REPEATED');
  });

  it('never comes, to a request that may not be sent twice: 502 UP_CLOSED', async () => {
    expect(await told('', true, request('/', 'POST'))).toMatch(/^HTTP\/1\.1 502 [^]*UP_CLOSED/);
    expect(await failureOfFirst()).toBe('UP_CLOSED');
    expect(await marksOfServer()).toEqual(['UP_CLOSED']);
  });

  it('ends in the middle of a length: the client gets what there was, and UP_CUT_SHORT stands at both rows', async () => {
    expect(await told('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc', true)).toMatch(/\r\n\r\nabc$/);
    expect(await failureOfFirst()).toBe('UP_CUT_SHORT');
    expect(await marksOfServer()).toEqual(['UP_CUT_SHORT']);
  });

  it('ends in the middle of its chunks: the client gets no last chunk', async () => {
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n';
    expect(await told(chunked, true)).toMatch(/\r\n\r\n3\r\nabc\r\n$/);
    expect(await failureOfFirst()).toBe('UP_CUT_SHORT');
  });
});

describe('routes', () => {
  const heard = (peer: TcpPeer): void => answering((head) => reply(200, head.split(' ')[1]))(peer);
  const bodyOf = async (host: string, target: string): Promise<string> =>
    (await ask(engine.port, request(target, 'GET', host))).replace(/^[^]*\r\n\r\n/, '');

  beforeEach(async () => {
    const server = await serve(heard);
    engine = await reverseProxy({
      servers: [server.url],
      routes: [
        { host: 'shop.example', pathPrefix: '/api', upstream: 'api', stripPrefix: true },
        { pathPrefix: '/open/', upstream: 'api' },
      ],
    });
  });

  it('take a host and the start of a path, which the server does not see where that is asked for', async () => {
    expect(await bodyOf('shop.example', '/api/items?x=1')).toBe('/items?x=1');
    expect(await bodyOf('SHOP.example:8080', '/api?x=1')).toBe('/?x=1');
    expect(await bodyOf('shop.example', '/api')).toBe('/');
    expect(await bodyOf('elsewhere.example', '/open/door')).toBe('/open/door');
  });

  it.each([
    ['elsewhere.example', '/api/items'],
    ['shop.example', '/apis'],
    ['shop.example', '/'],
    ['elsewhere.example', '/open'],
  ])('that take no %s%s: 404 UP_NO_ROUTE', async (host, target) => {
    expect(await ask(engine.port, request(target, 'GET', host))).toMatch(/^HTTP\/1\.1 404 [^]*UP_NO_ROUTE/);
    expect(await failureOfFirst()).toBe('UP_NO_ROUTE');
    expect(servers[0]?.peers).toHaveLength(0);
  });
});

describe('an upstream without a server for a request', () => {
  it('whose servers were all taken out by hand: 503 UP_ALL_OUT', async () => {
    const server = await serve(answering(() => reply(200)));
    engine = await reverseProxy({ servers: [server.url] });
    await engine.call('proxy.place', { upstream: 'api', server: server.url, placement: 'out' });
    expect(await ask(engine.port, request('/'))).toMatch(/^HTTP\/1\.1 503 [^]*UP_ALL_OUT/);
    expect(await failureOfFirst()).toBe('UP_ALL_OUT');
    await engine.call('proxy.place', { upstream: 'api', server: server.url, placement: 'in' });
    expect(await ask(engine.port, request('/'))).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('whose servers all fail their checks: 503 UP_ALL_OUT', async () => {
    const server = await serve(answering(() => reply(500)));
    const healthCheck = { intervalMs: 100, timeoutMs: 100, unhealthyAfter: 1, jitterShare: 0 };
    engine = await reverseProxy({ servers: [server.url], upstream: { healthCheck } });
    await engine.fact('health', ({ to }) => to === 'unhealthy');
    expect(await ask(engine.port, request('/'))).toMatch(/^HTTP\/1\.1 503 [^]*UP_ALL_OUT/);
  });

  it('whose servers all have as many requests as they may: 503 UP_ALL_BUSY, until one is done', async () => {
    const server = await serve();
    engine = await reverseProxy({ servers: [server.url], upstream: { pool: { maxConnections: 1, maxIdle: 1 } } });
    const first = ask(engine.port, request('/first'));
    const peer = await server.peer(0);
    await peer.until(/\r\n\r\n/);
    expect(await ask(engine.port, request('/second'))).toMatch(/^HTTP\/1\.1 503 [^]*UP_ALL_BUSY/);
    peer.send(reply(200));
    expect(await first).toMatch(/^HTTP\/1\.1 200 /);
    const third = ask(engine.port, request('/third'));
    await peer.until(/GET \/third /);
    peer.send(reply(204));
    expect(await third).toMatch(/^HTTP\/1\.1 204 /);
  });
});

describe('a request whose server fails', () => {
  it.each(['GET', 'POST'])(
    'by refusing the connection goes to another one, also %s: nothing was sent',
    async (method) => {
      const well = await serve(answering(() => reply(200)));
      engine = await reverseProxy({ servers: [await refusing(), well.url] });
      for (let asked = 0; asked < 2; asked += 1) {
        expect(await ask(engine.port, request('/', method))).toMatch(/^HTTP\/1\.1 200 /);
      }
      const { relay } = await engine.fact('relay', (fact) => fact.relay.retries === 1);
      expect(relay.server).toBe(well.url);
    },
  );

  it('by closing goes to another one where it may be sent twice', async () => {
    const sick = await serve((peer) => void peer.until(/\r\n\r\n/).then(() => peer.reset()));
    const well = await serve(answering(() => reply(200)));
    engine = await reverseProxy({ servers: [sick.url, well.url] });
    for (let asked = 0; asked < 2; asked += 1) {
      expect(await ask(engine.port, request('/'))).toMatch(/^HTTP\/1\.1 200 /);
    }
    expect((await engine.fact('relay', (fact) => fact.relay.retries === 1)).relay.server).toBe(well.url);
  });

  it('by closing goes to no other one where it was sent and may not be sent twice', async () => {
    const close = (peer: TcpPeer) => void peer.until(/\r\n\r\n/).then(() => peer.end());
    const both = [await serve(close), await serve(close)];
    engine = await reverseProxy({ servers: both.map(({ url }) => url) });
    expect(await ask(engine.port, request('/', 'POST'))).toMatch(/^HTTP\/1\.1 502 [^]*UP_CLOSED/);
    expect(both.flatMap(({ peers }) => peers)).toHaveLength(1);
  });
});

describe('a server that fails again and again', () => {
  const everywhere = async (isDone: () => boolean): Promise<void> => {
    while (!isDone()) expect(await ask(engine.port, request('/'))).toMatch(/^HTTP\/1\.1 200 /);
  };

  it('is ejected after its faults in a row, and back with a part of its share once a trial is answered', async () => {
    let isSick = true;
    const sick = await serve((peer) => {
      if (isSick) peer.reset();
      else answering(() => reply(200))(peer);
    });
    const well = await serve(answering(() => reply(200)));
    engine = await reverseProxy({
      servers: [sick.url, well.url],
      upstream: { ejection: { consecutiveFaults: 3, backoffMs: SOON_MS }, slowStartMs: 3_600_000 },
    });
    await everywhere(() => states().some(([, to]) => to === 'ejected'));
    expect(sick.peers).toHaveLength(3);
    const ejected = await engine.fact('health');
    expect(ejected).toMatchObject({ upstream: 'api', server: sick.url, from: 'in', cause: 'faults' });
    expect(ejected.reason).toMatch(/3 .* in a row; tried again in 50 ms/);
    isSick = false;
    await everywhere(() => states().some(([, to]) => to === 'slow-start'));
    expect(states()).toEqual([
      ['in', 'ejected'],
      ['ejected', 'trial'],
      ['trial', 'slow-start'],
    ]);
    expect((await serverView(sick.url))?.weightShare).toBeLessThan(0.1);
    expect((await serverView(well.url))?.weightShare).toBe(1);
  });
});

describe('an active check', () => {
  it('takes a server out of rotation that fails it, and back in', async () => {
    let status = 503;
    const checked = await serve(answering((head) => reply(head.includes('/health') ? status : 200)));
    const healthCheck = { path: '/health', intervalMs: 100, timeoutMs: 100, unhealthyAfter: 2, healthyAfter: 2 };
    engine = await reverseProxy({ servers: [checked.url], upstream: { healthCheck, slowStartMs: 0 } });
    const out = await engine.fact('health');
    expect(out).toMatchObject({
      from: 'in',
      to: 'unhealthy',
      cause: 'check',
      reason: '2 checks in a row failed (503)',
    });
    expect(await ask(engine.port, request('/'))).toMatch(/^HTTP\/1\.1 503 /);
    status = 204;
    const back = await engine.fact('health', ({ to }) => to === 'in');
    expect(back).toMatchObject({ from: 'unhealthy', cause: 'check', reason: '2 checks in a row passed' });
    expect(await ask(engine.port, request('/'))).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a server that is drained', () => {
  it('finishes what it has, and gets nothing new', async () => {
    const [slow, other] = [await serve(), await serve(answering(() => reply(200, 'other')))];
    engine = await reverseProxy({ servers: [slow.url, other.url] });
    const place = (server: string, placement: 'in' | 'drain' | 'out') =>
      engine.call('proxy.place', { upstream: 'api', server, placement });
    await place(other.url, 'out');
    const kept = ask(engine.port, request('/kept'));
    const peer = await slow.peer(0);
    await peer.until(/GET \/kept [^]*\r\n\r\n/);
    await place(slow.url, 'drain');
    await place(other.url, 'in');
    expect(await serverView(slow.url)).toMatchObject({ state: 'draining', inFlight: 1 });
    for (let asked = 0; asked < 3; asked += 1) expect(await ask(engine.port, request('/'))).toMatch(/other$/);
    peer.send(reply(200, 'kept'));
    expect(await kept).toMatch(/^HTTP\/1\.1 200 [^]*kept$/);
    expect(await serverView(slow.url)).toMatchObject({ state: 'draining', inFlight: 0, requests: 1 });
    expect(slow.peers).toHaveLength(1);
  });
});

describe('a client of the forward mode', () => {
  it.each([
    ['names a host that is none', 'GET http://a..b/'],
    ['asks for a tunnel to such a host', 'CONNECT a..b:80'],
  ])('that %s: 400 FWD_HOST', async (_, line) => {
    engine = await ProxyEngine.open({ mode: 'forward' });
    expect(await ask(engine.port, `${line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 400 [^]*FWD_HOST/,
    );
    expect(await failureOfFirst()).toBe('FWD_HOST');
  });
});
