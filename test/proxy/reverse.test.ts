import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProxyEngine } from '../support/proxy-engine';
import { TcpClient } from '../support/tcp-client';
import { TcpServer, type TcpPeer } from '../support/tcp-server';

const GET = 'GET /a HTTP/1.1\r\nHost: client.example\r\n\r\n';

let upstream: TcpServer;
let engine: ProxyEngine;
let client: TcpClient;

beforeEach(async () => {
  upstream = await TcpServer.open();
  engine = await ProxyEngine.open({ mode: 'reverse', upstreams: [upstream.url] });
  client = await TcpClient.open(engine.port);
});
afterEach(async () => {
  client.close();
  await engine.close();
  await upstream.close();
});

const headOf = (text: string): string => text.slice(0, text.indexOf('\r\n\r\n') + 4);

async function asked(): Promise<TcpPeer> {
  const peer = await upstream.peer(0);
  await peer.until(/\r\n\r\n/);
  return peer;
}

describe('a request', () => {
  it('goes on with its path, with our Via, and with where it came from', async () => {
    await client.send(GET);
    const { received } = await asked();
    const lines = received.split('\r\n');
    expect(lines[0]).toBe('GET /a HTTP/1.1');
    expect(lines).toContain(`Host: 127.0.0.1:${upstream.port}`);
    expect(lines).toContain('X-Forwarded-For: 127.0.0.1');
    expect(lines).toContain('X-Forwarded-Host: client.example');
    expect(received).toMatch(/\r\nVia: 1\.1 bytescope-\w+\r\n/);
  });

  it('goes on as soon as its head is complete', async () => {
    await client.send('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc');
    const peer = await asked();
    await peer.until(/abc$/);
    await client.send('def');
    await peer.until(/abcdef$/);
  });

  it('in chunks goes on in chunks, with its trailers', async () => {
    await client.send(
      'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n',
    );
    const peer = await asked();
    expect(await peer.until(/\r\n0\r\n[^]*\r\n\r\n$/)).toMatch(/\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n$/);
  });

  it('leaves its hop-by-hop fields behind', async () => {
    await client.send('GET /a HTTP/1.1\r\nHost: a\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\n\r\n');
    const { received } = await asked();
    expect(received).not.toMatch(/X-Hop|Keep-Alive/);
  });

  it('that came through us before is told that it goes round in a circle', async () => {
    await client.send(GET);
    const { received } = await asked();
    const via = /Via: (.*)\r\n/.exec(received)?.[1] ?? '';
    const second = await TcpClient.open(engine.port);
    await second.send(`GET / HTTP/1.1\r\nHost: a\r\nVia: ${via}\r\n\r\n`);
    expect(await second.until(/UP_LOOP/)).toMatch(/^HTTP\/1\.1 508 /);
    second.close();
  });
});

describe('a reply', () => {
  it('goes back with its body, and the connection of the client stays', async () => {
    await client.send(GET);
    (await asked()).send('HTTP/1.1 200 Fine\r\nX-Up: 1\r\nContent-Length: 2\r\n\r\nok');
    const first = await client.until(/ok$/);
    expect(first).toMatch(
      /^HTTP\/1\.1 200 Fine\r\nX-Up: 1\r\nContent-Length: 2\r\nDate: .*\r\nVia: 1\.1 \S+\r\n\r\nok$/,
    );
    await client.send(GET);
    const peer = await asked();
    await peer.until(/GET [^]*GET /);
    peer.send('HTTP/1.1 204 No Content\r\n\r\n');
    await client.until(/HTTP\/1\.1 204/);
  });

  it('of unknown length goes back in chunks', async () => {
    await client.send(GET);
    const peer = await asked();
    peer.send('HTTP/1.0 200 OK\r\n\r\nabc');
    await client.until(/abc/);
    peer.end();
    expect(await client.until(/0\r\n\r\n$/)).toMatch(/Transfer-Encoding: chunked[^]*\r\n\r\n3\r\nabc\r\n0\r\n\r\n$/);
  });

  it('is streamed: its first bytes arrive before its last are sent', async () => {
    await client.send(GET);
    const peer = await asked();
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc');
    await client.until(/abc$/);
    peer.send('def');
    await client.until(/abcdef$/);
  });

  it('that is cut short closes the connection of the client in the middle', async () => {
    await client.send(GET);
    const peer = await asked();
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc');
    await client.until(/abc$/);
    peer.reset();
    expect(await client.untilEnd()).toMatch(/abc$/);
    expect((await engine.fact('fault', ({ code }) => code === 'UP_CUT_SHORT')).code).toBe('UP_CUT_SHORT');
  });

  it('that ends with the connection is reset, not ended, where it is cut short', async () => {
    await client.send('GET /a HTTP/1.0\r\n\r\n');
    const peer = await asked();
    peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
    await client.until(/abc$/);
    peer.end();
    await client.untilClosed();
    expect(client.error?.code).toBe('ECONNRESET');
  });

  it('that ends with the connection is cut, not whole, where the reset comes right behind its bytes', async () => {
    await client.send(GET);
    const peer = await asked();
    peer.send('HTTP/1.0 200 OK\r\n\r\nabc');
    peer.reset();
    expect(await client.untilEnd()).not.toMatch(/\r\n0\r\n/);
    const { code } = await engine.fact('fault', ({ connection }) => connection === 1);
    expect(code).toMatch(/^UP_(CUT_SHORT|CLOSED)$/);
  });

  it('that is no HTTP is 502', async () => {
    await client.send(GET);
    (await asked()).send('SSH-2.0-OpenSSH\r\n');
    expect(await client.until(/UP_MALFORMED/)).toMatch(/^HTTP\/1\.1 502 /);
  });

  it('before the body of the request is complete is passed on at once', async () => {
    await client.send('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 600000\r\n\r\nabc');
    const peer = await asked();
    peer.send('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
    await client.until(/HTTP\/1\.1 413/);
  });

  it('is passed on also where the server closes right behind it, with the request unread', async () => {
    await engine.call('settings.set', { name: 'maxBodyBytes', value: null });
    const refusing = await TcpServer.open(({ socket }) => {
      socket.removeAllListeners('data').once('data', () => {
        socket.pause().write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n', () => socket.destroy());
      });
    });
    await engine.call('proxy.change', { upstreams: [refusing.url] });
    for (let count = 0; count < 20; count += 1) {
      const uploading = await TcpClient.open(engine.port);
      void uploading.send(`POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n${'x'.repeat(5_000_000)}`);
      expect(await uploading.until(/\r\n/)).toMatch(/^HTTP\/1\.1 413 /);
      uploading.close();
    }
    expect(engine.factsOf('fault').filter(({ code }) => code.startsWith('UP_'))).toEqual([]);
    await refusing.close();
  });

  it.each(['100 Continue', '103 Early Hints'])('an interim %s goes back before it', async (interim) => {
    await client.send('POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n');
    const peer = await asked();
    peer.send(`HTTP/1.1 ${interim}\r\n\r\n`);
    await client.until(new RegExp(`^HTTP/1.1 ${interim}\r\n`));
    await client.send('abc');
    await peer.until(/abc$/);
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    await client.until(/HTTP\/1\.1 200/);
  });

  it('to HEAD has no body', async () => {
    await client.send('HEAD /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n');
    const peer = await asked();
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
    await peer.until(/GET \/b/);
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb');
    const replies = await client.until(/b$/);
    expect(replies.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  });
});

describe('pipelined requests', () => {
  it('go on one after the other, and their replies come back in their order', async () => {
    await client.send(['/1', '/2', '/3'].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
    const peer = await asked();
    for (const path of ['1', '2', '3']) {
      await peer.until(new RegExp(`GET /${path} `));
      expect(peer.received.match(/GET /g)).toHaveLength(Number(path));
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${path}`);
    }
    const replies = await client.until(/3$/);
    expect(replies.match(/\r\n\r\n\d/g)).toEqual(['\r\n\r\n1', '\r\n\r\n2', '\r\n\r\n3']);
    expect(upstream.peers).toHaveLength(1);
  });
});

describe('a connection to a server', () => {
  it('is a row of its own whose requests and replies can be read', async () => {
    await client.send(GET);
    const peer = await asked();
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await client.until(/ok$/);
    const { relay } = await engine.fact('relay');
    const { row, exchanges } = await engine.call('connection.detail', { connection: relay.connection });
    expect(row).toMatchObject({ side: 'upstream', upstream: `default · ${upstream.url}`, phase: 'idle', status: 200 });
    expect(exchanges[0]?.relayOf).toEqual({ connection: 1, number: 1 });
    expect(await engine.bytes(relay.connection, 'in')).toBe(peer.received);
    expect(headOf(await engine.bytes(relay.connection, 'out'))).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('is used again by another client', async () => {
    await client.send(GET);
    (await asked()).send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await client.until(/ok$/);
    const other = await TcpClient.open(engine.port);
    await other.send('GET /other HTTP/1.1\r\nHost: a\r\n\r\n');
    const peer = await asked();
    await peer.until(/GET \/other/);
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother');
    await other.until(/other$/);
    expect(upstream.peers).toHaveLength(1);
    other.close();
  });

  it('is closed when its client leaves in the middle', async () => {
    await client.send(GET);
    const peer = await asked();
    client.reset();
    await peer.when(() => peer.isClosed);
    expect((await engine.fact('connection.closed', ({ connection }) => connection === 2)).cause).toBe('client-left');
  });

  it('that sends what nobody asked for is not used again', async () => {
    await client.send(GET);
    const peer = await asked();
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await client.until(/ok$/);
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil');
    await peer.when(() => peer.hasEnded);
    await client.send('GET /next HTTP/1.1\r\nHost: a\r\n\r\n');
    const second = await upstream.peer(1);
    await second.until(/GET \/next/);
    second.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood');
    expect(await client.until(/good$/)).not.toContain('evil');
  });
});

describe('a server that fails', () => {
  it('cannot be connected to: 502', async () => {
    await upstream.close();
    await client.send(GET);
    expect(await client.until(/UP_CONNECT/)).toMatch(/^HTTP\/1\.1 502 [^]*connection refused/);
  });

  it('closes before its reply: 502', async () => {
    await client.send('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
    (await asked()).end();
    expect(await client.until(/UP_CLOSED/)).toMatch(/^HTTP\/1\.1 502 /);
  });

  it('does not reply in time: 504', async () => {
    await engine.call('settings.set', { name: 'replyTimeoutMs', value: 50 });
    await client.send(GET);
    await asked();
    expect(await client.until(/LIM_REPLY_TIMEOUT/)).toMatch(/^HTTP\/1\.1 504 /);
  });
});

describe('an upgrade to WebSocket', () => {
  const HANDSHAKE = [
    'GET /chat HTTP/1.1',
    'Host: a',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    '\r\n',
  ].join('\r\n');

  it('passes bytes both ways, also those sent ahead, and FIN', async () => {
    await client.send(`${HANDSHAKE}ahead`);
    const peer = await asked();
    expect(peer.received).toMatch(/Upgrade: websocket/);
    peer.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello');
    expect(await client.until(/hello$/)).toMatch(/^HTTP\/1\.1 101 /);
    await peer.until(/ahead$/);
    await client.send('ping');
    await peer.until(/aheadping$/);
    peer.send('pong');
    await client.until(/hellopong$/);
    client.end();
    await peer.when(() => peer.hasEnded);
    peer.end();
    await client.untilEnd();
    expect(engine.factsOf('switched').map(({ connection, to }) => [connection, to])).toEqual([
      [2, 'websocket'],
      [1, 'websocket'],
    ]);
    const { exchanges } = await engine.call('connection.detail', { connection: 2 });
    expect(exchanges[0]).toMatchObject({
      status: 101,
      switchedTo: 'websocket',
      requestEnd: peer.received.indexOf('ahead'),
    });
  });

  it.each([
    ['200', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno'],
    ['426', 'HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\nno'],
  ])('that is answered with %s leaves the connection as it was', async (status, reply) => {
    await client.send(HANDSHAKE);
    const peer = await asked();
    peer.send(reply);
    expect(await client.until(/no$/)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    await client.send('GET /next HTTP/1.1\r\nHost: a\r\n\r\n');
    await peer.until(/GET \/next /);
    expect(engine.factsOf('switched')).toEqual([]);
  });

  it('that ends by reset on one side ends so on the other', async () => {
    await client.send(HANDSHAKE);
    const peer = await asked();
    peer.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await client.until(/\r\n\r\n$/);
    peer.reset();
    await client.untilClosed();
    expect(client.error?.code).toBe('ECONNRESET');
  });
});

describe('while a request is under way', () => {
  const BEGUN = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc';

  it('its server may be configured away: it is finished there, and the next one goes elsewhere', async () => {
    const other = await TcpServer.open();
    await client.send(GET);
    const peer = await asked();
    peer.send(BEGUN);
    await client.until(/abc$/);
    await engine.call('proxy.change', { upstreams: [other.url] });
    peer.send('def');
    await client.until(/abcdef$/);
    await peer.when(() => peer.hasEnded);
    await client.send(GET);
    await (await other.peer(0)).until(/GET /);
    await other.close();
  });

  it('the listener may stop: the reply is finished, and then the connection closes', async () => {
    await client.send(GET);
    const peer = await asked();
    peer.send(BEGUN);
    await client.until(/abc$/);
    const stopped = engine.call('listener.stop', {});
    peer.send('def');
    expect(await client.untilEnd()).toMatch(/abcdef$/);
    client.end();
    await stopped;
  });
});

it('keeps the trailers of a reply', async () => {
  await client.send(GET);
  (await asked()).send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n');
  expect(await client.until(/0\r\n[^]*\r\n\r\n$/)).toMatch(/3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n$/);
});
