import { beforeEach, describe, expect, it, vi } from 'vitest';
import { RelayWorld, type ClientLine, type UpstreamLine, type WorldOptions } from '../support/relay-world.ts';

let world: RelayWorld;
let client: ClientLine;

function start(options: WorldOptions = {}): void {
  world = new RelayWorld({ servers: 1, ...options });
  client = world.client();
}
beforeEach(() => start());

const GET = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const POST_HEAD = 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n';

function send(line: ClientLine | UpstreamLine, text: string): void {
  line.incoming += text;
  world.settle();
}

function end(line: ClientLine | UpstreamLine): void {
  line.hasPeerEnded = true;
  world.settle();
}

/** The latest connection to a server, which is there now. */
function connected(): UpstreamLine {
  const line = world.upstreams.at(-1);
  if (line === undefined) throw new Error('no server was asked');
  if (line.session.phase === 'connecting') world.accept(line);
  world.settle();
  return line;
}

function asked(text = GET): UpstreamLine {
  send(client, text);
  return connected();
}

const statuses = (): number[] => Array.from(client.taken.matchAll(/HTTP\/1\.1 (\d{3}) /g), (match) => Number(match[1]));

describe('a body that nobody takes any more', () => {
  it('is not kept', () => {
    start({ settings: { maxBodyBytes: null } });
    send(client, 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 600000\r\n\r\nabc');
    world.refuse(world.upstreams[0]!);
    world.settle();
    expect(statuses()).toEqual([502]);
    const copies = vi.spyOn(Uint8Array.prototype, 'slice');
    for (let sent = 0; sent < 500_000; sent += 50_000) send(client, 'x'.repeat(50_000));
    const copied = copies.mock.results.reduce((sum, { value }) => sum + (value as Uint8Array).length, 0);
    copies.mockRestore();
    expect(copied).toBe(0);
  });
});

describe('a request that ends early', () => {
  it('is dropped to its end where it was refused while nobody took it', () => {
    start({ settings: { maxBodyBytes: null, bodyTimeoutMs: null, minBodyBytesPerSec: null } });
    send(client, `${POST_HEAD}abc`);
    expect(client.isPaused).toBe(true);
    world.run(() => client.session.broke({ code: 'BUG_INVARIANT', detail: { reason: 'a test' } }, world.nowMs));
    world.settle();
    expect(client.hasEnded).toBe(true);
    expect(client.isPaused).toBe(false);
  });

  it('is read on where the server has replied without taking it', () => {
    const server = asked(POST_HEAD);
    server.isPeerStalled = true;
    send(client, 'abc');
    expect(client.isPaused).toBe(true);
    send(server, 'HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
    expect(statuses()).toEqual([413]);
    expect(client.isPaused).toBe(false);
    expect(server.wasReset).toBe(true);
    send(client, `def${GET}`);
    const next = connected();
    expect(next).not.toBe(server);
    send(next, OK);
    expect(statuses()).toEqual([413, 200]);
  });
});

describe('a client that is not read from', () => {
  it('is not too slow with its body meanwhile', () => {
    start({ settings: { connectTimeoutMs: 60_000, bodyTimeoutMs: 10_000 } });
    send(client, `${POST_HEAD}abc`);
    world.wait(50_000);
    expect(client.taken).toBe('');
    const server = connected();
    send(client, 'def');
    expect(server.taken).toMatch(/abcdef$/);
  });

  it('has the time for its next request that any has', () => {
    start({ settings: { headTimeoutMs: 10_000 } });
    const server = asked(GET + GET);
    send(client, 'GET /b HT');
    expect(client.isPaused).toBe(true);
    world.wait(30_000);
    send(server, OK);
    world.wait(30_000);
    send(server, OK);
    expect(client.isPaused).toBe(false);
    world.wait(10_000);
    expect(statuses()).toEqual([200, 200, 408]);
  });
});

describe('a reply that ends with the connection', () => {
  const ASK = 'POST /a HTTP/1.0\r\nContent-Length: 6\r\n\r\nabc';
  const BEGUN = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n';

  it.each([
    ['the client ends in the middle of its request', () => end(client)],
    ['the client is too slow with its request', () => world.wait(30_000)],
  ])('is reset, not ended, where %s', (_, happens) => {
    send(asked(ASK), BEGUN);
    happens();
    expect(client.taken).toMatch(/abc$/);
    expect({ reset: client.wasReset, ended: client.hasEnded }).toEqual({ reset: true, ended: false });
  });
});

describe('a client that does not take its replies', () => {
  const pipelined = GET.repeat(50);

  it('has no more requests passed on than the one whose reply waits', () => {
    client.isPeerStalled = true;
    let answered = 0;
    send(client, pipelined);
    for (let server = connected(); server.taken.split('GET ').length - 1 > answered; answered += 1) send(server, OK);
    expect(answered).toBeLessThanOrEqual(2);
    client.isPeerStalled = false;
    world.settle();
    for (; answered < 50; answered += 1) send(connected(), OK);
    expect(statuses()).toHaveLength(50);
    expect(client.isPaused).toBe(false);
  });

  it('stops the server of a request that was connected to meanwhile', () => {
    start({ upstream: { pool: { maxIdle: 0 } } });
    client.isPeerStalled = true;
    const first = asked(GET + GET);
    send(first, OK);
    const second = connected();
    expect(second).not.toBe(first);
    expect(second.isPaused).toBe(true);
    client.isPeerStalled = false;
    world.settle();
    expect(second.isPaused).toBe(false);
  });
});

describe('the deadlines of a reply', () => {
  const EXPECTING = 'POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\n';

  beforeEach(() =>
    start({
      settings: {
        replyTimeoutMs: 10_000,
        replyStallTimeoutMs: 10_000,
        bodyTimeoutMs: null,
        requestTimeoutMs: null,
        minBodyBytesPerSec: null,
      },
    }),
  );

  it('do not run while the server waits for the body it has asked for', () => {
    const server = asked(EXPECTING);
    send(server, 'HTTP/1.1 100 Continue\r\n\r\n');
    world.wait(60_000);
    send(client, 'abcdef');
    send(server, OK);
    expect(statuses()).toEqual([100, 200]);
  });

  it('do not run while the body goes on that the server answers as it comes', () => {
    const server = asked(POST_HEAD);
    send(server, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    world.wait(60_000);
    send(client, 'abcdef');
    send(server, '0\r\n\r\n');
    expect(client.taken).toMatch(/0\r\n\r\n$/);
  });

  it('run from the end of the request', () => {
    const server = asked(EXPECTING);
    send(server, 'HTTP/1.1 100 Continue\r\n\r\n');
    world.wait(60_000);
    send(client, 'abcdef');
    world.wait(9_999);
    expect(statuses()).toEqual([100]);
    world.wait(1);
    expect(statuses()).toEqual([100, 504]);
    expect(client.taken).toContain('LIM_REPLY_TIMEOUT');
  });

  it('begin anew with an interim reply, as often as there may be one', () => {
    const server = asked();
    for (let count = 0; count < 16; count += 1) {
      world.wait(9_000);
      send(server, 'HTTP/1.1 103 Early Hints\r\n\r\n');
    }
    expect(statuses()).toHaveLength(16);
    expect(client.isGone).toBe(false);
    for (let count = 0; count < 100; count += 1) send(server, 'HTTP/1.1 103 Early Hints\r\n\r\n');
    expect(statuses().at(-1)).toBe(502);
    expect(statuses().length).toBeLessThanOrEqual(65);
    expect(client.taken).toContain('UP_MALFORMED');
  });
});

describe('a client that waits to be told to go on', () => {
  const EXPECTING = 'POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\n';

  it('was not told so by early hints: after a final reply the connection closes', () => {
    const server = asked(EXPECTING);
    send(server, `HTTP/1.1 103 Early Hints\r\n\r\n${OK}`);
    expect(client.taken).toMatch(/HTTP\/1\.1 200 OK\r\n[^]*Connection: close\r\n/);
    expect(client.hasEnded).toBe(true);
    expect(server.wasReset).toBe(true);
  });

  it('and was told so, and has sent its body, keeps its connection though the server fails', () => {
    const server = asked(EXPECTING);
    send(server, 'HTTP/1.1 100 Continue\r\n\r\n');
    send(client, 'abcdef');
    end(server);
    expect(statuses()).toEqual([100, 502]);
    expect(client.taken).not.toContain('Connection: close');
    expect(client.hasEnded).toBe(false);
  });

  it('is answered, and the connection closes, where no server can be reached', () => {
    send(client, EXPECTING);
    world.refuse(world.upstreams[0]!);
    world.settle();
    expect(client.taken).toMatch(/^HTTP\/1\.1 502 [^]*Connection: close\r\n/);
    expect(client.hasEnded).toBe(true);
  });
});

describe('a server that stops', () => {
  const stop = (): void => {
    world.run(() => client.session.stop(world.nowMs));
    world.settle();
  };

  it('finishes the reply under way, and closes the connection of the client then', () => {
    const server = asked(GET + GET);
    send(server, 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc');
    stop();
    expect(client.hasEnded).toBe(false);
    send(server, 'def');
    expect(client.taken).toMatch(/abcdef$/);
    expect(client.hasEnded).toBe(true);
    expect(server.taken.match(/GET /g)).toHaveLength(1);
    end(client);
    const causes = world.factsOf('connection.closed').map(({ connection, cause }) => [connection, cause]);
    expect(causes).toContainEqual([client.id, 'stopped']);
  });

  it('says in a reply that has not begun that it is the last one', () => {
    const server = asked();
    stop();
    send(server, OK);
    expect(client.taken).toMatch(/Connection: close\r\n/);
    expect(client.hasEnded).toBe(true);
  });

  it('closes once the client has taken the last reply', () => {
    const server = asked();
    client.isPeerStalled = true;
    send(server, OK);
    stop();
    client.isPeerStalled = false;
    world.settle();
    expect(client.taken).toMatch(/ok$/);
    expect(client.hasEnded).toBe(true);
  });
});

describe('a connection to a server', () => {
  it('that still has some of the request to take is not used again', () => {
    const server = asked(POST_HEAD);
    server.isPeerStalled = true;
    send(client, 'abcdef');
    send(server, OK);
    expect(statuses()).toEqual([200]);
    const next = asked();
    expect(next).not.toBe(server);
  });

  it('whose server was configured away while it was busy is closed after its reply', () => {
    const server = asked();
    world.pool.retain(() => false);
    send(server, OK);
    expect(statuses()).toEqual([200]);
    expect(server.hasEnded).toBe(true);
  });

  it('is closed when the pool stops, where it waits at once, else after its reply', () => {
    const server = asked();
    world.pool.stop();
    send(server, OK);
    expect(statuses()).toEqual([200]);
    expect(server.hasEnded).toBe(true);
  });

  it('is not said to be reset by us where the server closed it', () => {
    const server = asked('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
    server.resetByPeer();
    world.settle();
    expect(statuses()).toEqual([502]);
    expect(server.resets).toBe(0);
  });
});

describe('a connection that became a tunnel', () => {
  const HANDSHAKE = [
    'GET /chat HTTP/1.1',
    'Host: a',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    '\r\n',
  ].join('\r\n');

  it.each([
    ['the client resets', () => client.resetByPeer(), { client: 'client-reset', server: 'client-left' }],
    [
      'the server resets',
      () => world.upstreams[0]?.resetByPeer(),
      { client: 'server-closed', server: 'upstream-reset' },
    ],
  ])('ends on both sides where %s, and says whose doing it was', (_, happens, causes) => {
    const server = asked(HANDSHAKE);
    send(server, 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    happens();
    world.settle();
    const causeOf = ({ id }: { id: number }) =>
      world.factsOf('connection.closed').find(({ connection }) => connection === id)?.cause;
    expect({ client: causeOf(client), server: causeOf(server) }).toEqual(causes);
  });
});
