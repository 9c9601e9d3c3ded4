import { createServer } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BugError, type Failure } from '../../src-main/contract/errors';
import type { Fact } from '../../src-main/contract/facts';
import { DEFAULT_SETTINGS, type Settings } from '../../src-main/contract/settings';
import { PolicyInForce } from '../../src-main/inspector/policy';
import { MAX_REFUSED_AT_ONCE } from '../../src-main/net/listener';
import { OriginListener } from '../support/origin-listener';
import { TcpClient } from '../support/tcp-client';

const GET = 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n';

let policy: PolicyInForce;
let listener: OriginListener;
let facts: Fact[];
let taps: string[];
let port: number;
let noticed: () => void;
let bugs: Failure[];
let isTapBehind: boolean;

async function listen(settings: Partial<Settings> = {}, host = '127.0.0.1'): Promise<void> {
  policy = new PolicyInForce({ ...DEFAULT_SETTINGS, ...settings }, 'echo');
  const record = (fact: Fact): void => {
    facts.push(fact);
    noticed();
  };
  const tap = {
    get isBehind() {
      return isTapBehind;
    },
    opened: () => void taps.push('opened'),
    recorded: (_id: number, direction: string, bytes: Uint8Array) =>
      void taps.push(`${direction} ${Buffer.from(bytes).toString('latin1')}`),
    ended: (_id: number, direction: string, how: string) => void taps.push(`${direction} ${how}`),
  };
  const broke = (failure: Failure): void => void bugs.push(failure);
  const hooks = { tap, record, accepted: () => undefined, moved: () => undefined, gone: () => undefined, broke };
  listener = new OriginListener(policy, hooks, host);
  const listening = await listener.listen(host, 0, 0);
  if (!listening.ok) throw new Error(listening.error.code);
  port = listener.state.port;
}

async function fact<Kind extends Fact['kind']>(kind: Kind): Promise<Extract<Fact, { kind: Kind }>> {
  for (;;) {
    const found = facts.find((one): one is Extract<Fact, { kind: Kind }> => one.kind === kind);
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => (noticed = resolve));
  }
}

function change(settings: Partial<Settings>): void {
  policy.change({ ...policy.settings, ...settings });
  listener.settingsChanged();
}

beforeEach(() => {
  bugs = [];
  isTapBehind = false;
  facts = [];
  taps = [];
  noticed = () => undefined;
});
afterEach(() => listener.stop(0));

describe('a connection', () => {
  it('is answered over IPv6 as well', async () => {
    await listen({}, '::1');
    const client = await TcpClient.open(port, '::1');
    await client.send(GET);
    expect(await client.until(/^HTTP\/1\.1 200 /)).toBeTruthy();
    expect((await fact('connection.opened')).client).toMatch(/^\[::1\]:\d+$/);
    client.close();
  });

  it('of an IPv4 client on a dual-stack address is named by its IPv4 address', async () => {
    await listen({}, '::');
    const client = await TcpClient.open(port);
    expect((await fact('connection.opened')).client).toMatch(/^127\.0\.0\.1:\d+$/);
    client.close();
  });

  it('has its bytes taped before they are parsed, refused ones too', async () => {
    await listen();
    const client = await TcpClient.open(port);
    await client.send('BAD\r\n\r\n');
    await client.untilEnd();
    expect(taps.slice(0, 2)).toEqual(['opened', 'in BAD\r\n\r\n']);
    expect(taps[2]).toMatch(/^out HTTP\/1\.1 400 /);
    client.close();
  });

  it('has the replies to pipelined requests merged into one write', async () => {
    await listen();
    const client = await TcpClient.open(port);
    await client.send(GET.repeat(3));
    await client.until(/(HTTP\/1\.1 200 [^]*){3}/);
    expect(taps.filter((line) => line.startsWith('out'))).toHaveLength(1);
    client.close();
  });

  it('that the client resets is stated as reset', async () => {
    await listen();
    const client = await TcpClient.open(port);
    await client.send(GET);
    // The server has read everything: bytes and RST that are read at once look like FIN to Node.
    await client.until(/200 OK/);
    client.reset();
    expect((await fact('connection.closed')).cause).toBe('client-reset');
  });

  it('that the client half-closes still gets its reply', async () => {
    await listen();
    const client = await TcpClient.open(port);
    await client.send(GET);
    client.end();
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 200 /);
    expect((await fact('connection.closed')).cause).toBe('client-closed');
  });

  it('delivers a long reply whole to a client that reads late', async () => {
    await listen({ maxBodyBytes: 20_000_000 });
    const client = await TcpClient.open(port);
    client.socket.pause();
    const body = 'x'.repeat(8_000_000);
    await client.send(
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
    await fact('reply');
    client.socket.resume();
    const reply = await client.untilEnd();
    expect(reply.length - reply.indexOf('\r\n\r\n') - 4).toBe(body.length);
    client.close();
  });

  it('of a client that never reads its long reply is reset after the idle timeout', async () => {
    await listen({ maxBodyBytes: 20_000_000, idleTimeoutMs: 100 });
    const client = await TcpClient.open(port);
    client.socket.pause();
    await client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n${'x'.repeat(8_000_000)}`);
    expect((await fact('connection.closed')).cause).toBe('guard-reset');
    expect(taps.at(-1)).toBe('out reset');
    client.close();
  });

  it('that uploads on after 413 reads the reply rather than a reset', async () => {
    await listen({ maxBodyBytes: 10 });
    const client = await TcpClient.open(port);
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n');
    await client.send('y'.repeat(1_000_000));
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 413 /);
    expect(client.error).toBeNull();
    client.close();
  });
});

describe('a bug met inside one connection', () => {
  const breakRoutes = (): void => {
    Object.assign(policy.responder, {
      route: () => {
        throw new BugError('this route is broken');
      },
    });
  };

  it('is answered 500, reported, and ends that connection only', async () => {
    await listen();
    const other = await TcpClient.open(port);
    const { route } = policy.responder;
    breakRoutes();
    const client = await TcpClient.open(port);
    await client.send(GET + GET);
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 500 (?![^]*HTTP\/1\.1)/);
    expect(bugs).toEqual([{ code: 'BUG_INVARIANT', detail: { reason: 'this route is broken' } }]);
    client.close();
    expect((await fact('connection.closed')).cause).toBe('server-closed');
    Object.assign(policy.responder, { route });
    await other.send(GET);
    await other.until(/^HTTP\/1\.1 200 /);
    other.close();
    expect(policy.admission.open).toBe(1);
  });

  it('resets it where not even the refusal can be made', async () => {
    await listen();
    breakRoutes();
    Object.assign(policy.responder, {
      refusal: () => {
        throw new TypeError('nor can this be said');
      },
    });
    const client = await TcpClient.open(port);
    await client.send(GET);
    await client.untilClosed();
    expect(client.error?.code).toBe('ECONNRESET');
    expect((await fact('connection.closed')).cause).toBe('server-closed');
    expect(policy.admission.open).toBe(0);
  });

  it('does not answer a second time where the reply is written already', async () => {
    await listen();
    noticed = () => {
      if (facts.at(-1)?.kind === 'reply') throw new Error('the list is broken');
    };
    const client = await TcpClient.open(port);
    await client.send(GET);
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 200 (?![^]*HTTP\/1\.1)/);
    expect(bugs).toHaveLength(1);
    client.close();
  });
});

describe('a tap that cannot follow', () => {
  it('has nothing more read from anyone until it has caught up', async () => {
    await listen();
    const [first, second] = [await TcpClient.open(port), await TcpClient.open(port)];
    isTapBehind = true;
    await first.send(GET);
    await first.until(/200 OK/);
    await second.send(GET);
    const third = await TcpClient.open(port);
    await third.send(GET);
    await first.send(GET);
    isTapBehind = false;
    const reads = () => taps.filter((line) => line.startsWith('in ')).length;
    expect(reads()).toBe(1);
    listener.tapCaughtUp();
    for (const client of [first, second, third]) await client.until(/200 OK/);
    await first.until(/200 OK[^]*200 OK/);
    expect(reads()).toBe(4);
    for (const client of [first, second, third]) client.close();
  });

  it('is followed by everybody in turn: by whoever was not reached, before who was', async () => {
    await listen();
    const clients = [await TcpClient.open(port), await TcpClient.open(port), await TcpClient.open(port)];
    const reads = (): string[] => taps.filter((line) => line.startsWith('in '));
    isTapBehind = true;
    for (const [index, client] of clients.entries()) await client.send(`${index}`);
    for (let count = 1; count <= 6; count += 1) {
      await expect.poll(() => reads().length).toBe(count);
      // Whoever was read has more at once, so that it could be read again.
      const index = Number(reads().at(-1)?.at(-1));
      await clients[index]?.send(`${index}`);
      await nextTurn();
      listener.tapCaughtUp();
    }
    expect(reads().slice(0, 6)).toEqual(['in 0', 'in 1', 'in 2', 'in 0', 'in 1', 'in 2']);
    for (const client of clients) client.close();
  });

  it('does not use up the time a client has', async () => {
    await listen({ headTimeoutMs: 40 });
    const client = await TcpClient.open(port);
    isTapBehind = true;
    await client.send('GET / HT');
    await new Promise((resolve) => setTimeout(resolve, 80));
    isTapBehind = false;
    listener.tapCaughtUp();
    await client.send('TP/1.1\r\nHost: a\r\n\r\n');
    expect(await client.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 200 /);
    client.close();
  });
});

describe('deadlines on the wire', () => {
  it('cut a head that does not come', async () => {
    await listen({ headTimeoutMs: 50 });
    const client = await TcpClient.open(port);
    await client.send('GET / HT');
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 408 [^]*Connection: close/);
    client.close();
  });

  it('reach a request under way when they are lowered', async () => {
    await listen({ headTimeoutMs: 3_600_000 });
    const client = await TcpClient.open(port);
    await client.send('GET / HT');
    await fact('connection.opened');
    change({ headTimeoutMs: 30 });
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 408 /);
    client.close();
  });

  it('close an idle connection without a word', async () => {
    await listen({ idleTimeoutMs: 50 });
    const client = await TcpClient.open(port);
    expect(await client.untilEnd()).toBe('');
    client.close();
  });
});

describe('admission on the wire', () => {
  it('answers 503 to one connection too many and goes on with the others', async () => {
    await listen({ maxConnections: 1 });
    const first = await TcpClient.open(port);
    await first.send(GET);
    await first.until(/200 OK/);
    const second = await TcpClient.open(port);
    expect(await second.untilEnd()).toMatch(/^HTTP\/1\.1 503 /);
    await first.send(GET);
    await first.until(/200 OK[^]*200 OK/);
    first.close();
    second.close();
  });
});

describe('a flood of connections from one client', () => {
  const FLOOD = MAX_REFUSED_AT_ONCE + 50;
  const openMany = () => Promise.all(Array.from({ length: FLOOD }, () => TcpClient.open(port)));

  it('is reset past those that may wait for their 503, also where the connections in all are not limited', async () => {
    await listen({ maxConnections: null, maxConnectionsPerClient: 1 });
    const clients = await openMany();
    await Promise.all(clients.slice(-10).map((client) => client.untilClosed()));
    expect(taps.filter((line) => line === 'opened')).toHaveLength(1 + MAX_REFUSED_AT_ONCE);
    for (const client of clients) client.close();
  });

  it('does not keep another client out', async () => {
    await listen({ maxConnections: 2, maxConnectionsPerClient: 1 }, '::');
    const clients = await openMany();
    await clients.at(-1)?.untilClosed();
    const other = await TcpClient.open(port, '::1');
    await other.send(GET);
    expect(await other.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 200 /);
    for (const client of [...clients, other]) client.close();
  });
});

describe('listening', () => {
  it('asked for twice at once ends on the second address and leaves the first', async () => {
    await listen();
    const [first, second] = await Promise.all([listener.listen('127.0.0.1', 0, 0), listener.listen('127.0.0.1', 0, 0)]);
    if (!first.ok || !second.ok) throw new Error('both ports are free');
    expect(listener.state).toEqual(second.value);
    await expect(TcpClient.open(first.value.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await listener.stop(0);
    await expect(TcpClient.open(second.value.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('that is stopped while it starts is stopped in the end', async () => {
    await listen();
    const [started] = await Promise.all([listener.listen('127.0.0.1', 0, 0), listener.stop(0)]);
    if (!started.ok) throw new Error('the port is free');
    expect(listener.state.state).toBe('stopped');
    await expect(TcpClient.open(started.value.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('says that a port is in use', async () => {
    await listen();
    const other = new OriginListener(policy, { ...silentHooks });
    expect(await other.listen('127.0.0.1', port, 0)).toMatchObject({
      ok: false,
      error: { code: 'NET_PORT_IN_USE', detail: { host: '127.0.0.1', port } },
    });
    expect(other.state.state).toBe('failed');
  });

  it('says that an address is not one of this machine', async () => {
    await listen();
    const other = new OriginListener(policy, { ...silentHooks });
    expect(await other.listen('192.0.2.1', 0, 0)).toMatchObject({ ok: false, error: { code: 'NET_ADDRESS_NOT_HERE' } });
  });

  it('says that a host name cannot be resolved', async () => {
    await listen();
    const other = new OriginListener(policy, { ...silentHooks });
    expect(await other.listen('no.such.host.invalid', 0, 0)).toMatchObject({
      ok: false,
      error: { code: 'NET_HOST_UNKNOWN' },
    });
  });

  it('moves to another address and leaves the old one', async () => {
    await listen();
    const old = port;
    await listener.listen('127.0.0.1', 0, 0);
    expect(listener.state).toMatchObject({ state: 'listening', host: '127.0.0.1' });
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(old, '127.0.0.1', resolve));
    await new Promise((resolve) => free.close(resolve));
  });

  it('ends when it stops, with an idle and a busy connection open', async () => {
    await listen();
    const idle = await TcpClient.open(port);
    await idle.send(GET);
    await idle.until(/200 OK/);
    const busy = await TcpClient.open(port);
    await busy.send('GET / HT');
    await fact('connection.opened');
    await listener.stop(20);
    await idle.untilEnd();
    await busy.untilEnd();
    expect(listener.state.state).toBe('stopped');
    idle.close();
    busy.close();
  });
});

const silentHooks = {
  tap: { isBehind: false, opened: () => undefined, recorded: () => undefined, ended: () => undefined },
  record: () => undefined,
  accepted: () => undefined,
  moved: () => undefined,
  gone: () => undefined,
  broke: () => undefined,
};
