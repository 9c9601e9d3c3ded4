import { beforeEach, describe, expect, it } from 'vitest';
import { RelayWorld, type ClientLine, type UpstreamLine, type WorldOptions } from '../support/relay-world.ts';

let world: RelayWorld;
let client: ClientLine;

function start(options: WorldOptions = {}): void {
  world = new RelayWorld({ servers: 2, ...options });
  client = world.client();
}
beforeEach(() => start());

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const request = (method: string, body = ''): string =>
  `${method} /a HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

function send(line: ClientLine | UpstreamLine, text: string): void {
  line.incoming += text;
  world.settle();
}

function end(line: UpstreamLine): void {
  line.hasPeerEnded = true;
  world.settle();
}

function refuse(line: UpstreamLine): void {
  world.refuse(line);
  world.settle();
}

/** The connection to a server made last, which is there now. */
function connected(index: number): UpstreamLine {
  const line = world.upstreams[index];
  if (line === undefined) throw new Error('no server was asked');
  if (line.session.phase === 'connecting') world.accept(line);
  world.settle();
  return line;
}

const statuses = (): number[] => Array.from(client.taken.matchAll(/HTTP\/1\.1 (\d{3}) /g), (match) => Number(match[1]));

const faults = (): number[] => world.group.servers.map((server) => server.faults);

describe('a server that cannot be connected to', () => {
  it.each(['GET', 'POST'])('is passed over for another one, whatever the method (%s)', (method) => {
    send(client, request(method, 'abc'));
    refuse(world.upstreams[0]!);
    const other = connected(1);
    expect(other.server).not.toBe(world.upstreams[0]?.server);
    expect(other.taken).toMatch(/abc$/);
    send(other, OK);
    expect(statuses()).toEqual([200]);
    expect(faults()).toEqual([1, 0]);
    expect(world.factsOf('relay').map(({ relay }) => relay.retries)).toEqual([0, 1]);
  });

  it('and then another such one is 502, and there is no third attempt', () => {
    start({ servers: 3 });
    send(client, request('GET'));
    refuse(world.upstreams[0]!);
    refuse(world.upstreams[1]!);
    expect(statuses()).toEqual([502]);
    expect(world.upstreams).toHaveLength(2);
  });

  it('is 502 at once where there is no other', () => {
    start({ servers: 1 });
    send(client, request('GET'));
    refuse(world.upstreams[0]!);
    expect(statuses()).toEqual([502]);
    expect(client.taken).toContain('UP_CONNECT');
  });

  it('is 502 at once where retries are switched off', () => {
    start({ upstream: { retry: null } });
    send(client, request('GET'));
    refuse(world.upstreams[0]!);
    expect(statuses()).toEqual([502]);
  });

  it('is 502 at once where the budget of retries is spent', () => {
    start({ upstream: { retry: { budgetShare: 0, minPerSec: 0 }, ejection: null } });
    const failing = 30;
    for (let count = 0; count < failing; count += 1) {
      send(client, request('GET'));
      for (let last = world.upstreams.at(-1)!; last.session.phase === 'connecting'; last = world.upstreams.at(-1)!) {
        refuse(last);
      }
    }
    expect(statuses()).toHaveLength(failing);
    expect(world.upstreams).toHaveLength(failing + 10);
  });
});

describe('a server that closes without a reply', () => {
  it('is passed over where the method is idempotent, and the body is sent again', () => {
    send(client, 'PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc');
    end(connected(0));
    const other = connected(1);
    expect(other.taken).toMatch(/abc$/);
    send(client, 'def');
    expect(other.taken).toMatch(/\r\n\r\nabcdef$/);
    send(other, OK);
    expect(statuses()).toEqual([200]);
  });

  it('is 502 where it is not: the server may have acted on it', () => {
    send(client, request('POST', 'abc'));
    end(connected(0));
    expect(statuses()).toEqual([502]);
    expect(world.upstreams).toHaveLength(1);
  });

  it('is 502 where too much of the body has gone to be kept', () => {
    start({ settings: { maxBodyBytes: null } });
    send(client, 'PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n');
    const server = connected(0);
    for (let sent = 0; sent < 100_000; sent += 50_000) send(client, 'x'.repeat(50_000));
    end(server);
    expect(statuses()).toEqual([502]);
  });

  it('after early hints is 502: the client has part of a reply', () => {
    send(client, request('GET'));
    const server = connected(0);
    send(server, 'HTTP/1.1 103 Early Hints\r\n\r\n');
    end(server);
    expect(statuses()).toEqual([103, 502]);
  });
});

describe('a kept connection that closes as it is used again', () => {
  function used(): UpstreamLine {
    start({ servers: 1 });
    send(client, request('GET'));
    const server = connected(0);
    send(server, OK);
    return server;
  }

  it('is no fault of its server, and the request goes over a new one', () => {
    const kept = used();
    send(client, request('GET'));
    expect(kept.taken.match(/GET /g)).toHaveLength(2);
    kept.resetByPeer();
    world.settle();
    send(connected(1), OK);
    expect(statuses()).toEqual([200, 200]);
    expect(faults()).toEqual([0]);
  });

  it('is 502 where the method is not idempotent, and nothing is sent twice', () => {
    const kept = used();
    send(client, request('POST', 'abc'));
    kept.resetByPeer();
    world.settle();
    expect(statuses()).toEqual([200, 502]);
    expect(world.upstreams).toHaveLength(1);
  });

  it('is not used for such a request once it has waited for a while', () => {
    const kept = used();
    world.wait(1_000);
    send(client, request('POST', 'abc'));
    send(connected(1), OK);
    expect(statuses()).toEqual([200, 200]);
    expect(kept.taken).not.toContain('POST');
  });
});

describe('health', () => {
  it('takes a reply that is cut for a fault, and a 5xx only where that is asked for', () => {
    start({ servers: 1 });
    send(client, request('GET'));
    send(connected(0), 'HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n');
    expect(world.group.servers[0]?.health.stateAt(world.nowMs)).toBe('in');
    send(client, request('GET'));
    const server = world.upstreams[0]!;
    send(server, 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc');
    end(server);
    expect(client.hasEnded).toBe(true);
    expect(world.factsOf('fault').map(({ code }) => code)).toContain('UP_CUT_SHORT');
  });

  it.each([
    ['leaves', () => client.resetByPeer()],
    ['is cut off by a guard', () => void (world.nowMs += 60_000)],
  ])('holds nothing against a server whose client %s', (_, happens) => {
    start({ servers: 1 });
    send(client, 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc');
    const server = connected(0);
    happens();
    world.settle();
    expect(server.wasReset).toBe(true);
    expect(faults()).toEqual([0]);
    expect(world.group.servers[0]?.inFlight).toBe(0);
  });
});

describe('a server that is taken out', () => {
  it('gets nothing new, and finishes what it has', () => {
    send(client, request('GET'));
    const server = connected(0);
    const place = world.group.find(server.server)!;
    world.group.place(place, 'drain', world.nowMs);
    const others = Array.from({ length: 3 }, () => world.client());
    for (const [index, other] of others.entries()) {
      send(other, request('GET'));
      expect(connected(index + 1).server).not.toBe(server.server);
    }
    send(server, OK);
    expect(statuses()).toEqual([200]);
    expect(place.inFlight).toBe(0);
  });
});

describe('connections to a server', () => {
  it.each([
    ['an HTTP/1.0 server', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok', 2],
    ['an HTTP/1.0 server that keeps it', 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok', 1],
    ['a server that says it closes', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok', 2],
    ['bytes behind the reply', `${OK}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`, 2],
  ])('after a reply of %s', (_, reply, connections) => {
    start({ servers: 1 });
    send(client, request('GET'));
    send(connected(0), reply);
    send(client, request('GET'));
    const last = connected(connections - 1);
    send(last, OK);
    expect(statuses()).toEqual([200, 200]);
    expect(client.taken).not.toContain('evil');
    expect(world.upstreams).toHaveLength(connections);
  });

  it('carry as many requests as they may', () => {
    start({ servers: 1, upstream: { pool: { maxRequestsPerConnection: 2 } } });
    for (let count = 0; count < 4; count += 1) {
      send(client, request('GET'));
      send(connected(Math.floor(count / 2)), OK);
    }
    expect(statuses()).toEqual([200, 200, 200, 200]);
    expect(world.upstreams.map(({ hasEnded }) => hasEnded)).toEqual([true, true]);
  });

  it('are closed once they have waited for long enough', () => {
    start({ servers: 1, upstream: { pool: { idleMs: 1_000 } } });
    send(client, request('GET'));
    const server = connected(0);
    send(server, OK);
    world.wait(999);
    expect(server.hasEnded).toBe(false);
    world.wait(1);
    expect(server.hasEnded).toBe(true);
    const [closed] = (end(server), world.factsOf('connection.closed'));
    expect(closed?.cause).toBe('pool-closed');
  });

  it('run into a deadline that was lowered meanwhile', () => {
    start({ servers: 1 });
    send(client, request('POST'));
    connected(0);
    world.wait(5_000);
    world.change({ replyTimeoutMs: 4_000 });
    expect(statuses()).toEqual([504]);
  });
});
