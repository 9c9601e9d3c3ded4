/** Active checks against real sockets: what each kind of server, and none, makes of one. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CertificateAuthority, makeAuthorityCertificate } from '../../src-main/certificates/certificate-authority';
import { parseCertificateHost } from '../../src-main/certificates/certificate-host';
import { subjectKeyOf } from '../../src-main/certificates/signing';
import type { ProbeResult, ServerChange } from '../../src-main/contract/upstreams';
import { checkProxyConfig } from '../../src-main/contract/proxy-reading';
import { parseUpstreamUrl } from '../../src-main/contract/upstream-url';
import { UpstreamGroup } from '../../src-main/guard/upstream-group';
import { Probe } from '../../src-main/net/probe';
import { MAX_CHECKS_AT_ONCE, Prober } from '../../src-main/net/prober';
import { freePort } from '../support/free-port';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const listening = async (server: Server): Promise<number> => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
};

/** A server that sends these bytes when it was asked; null: it says nothing. */
const answering = (bytes: string | null, ends = true): Promise<number> =>
  listening(
    createServer((socket) => {
      socket.once('data', () => {
        if (bytes === null) return;
        if (ends) socket.end(bytes);
        else socket.write(bytes);
      });
    }),
  );

const healthCheck = (more: object = {}) => {
  const servers = [{ url: 'http://a' }];
  const read = checkProxyConfig({ upstreams: { api: { servers, healthCheck: { intervalMs: 5_000, ...more } } } });
  const check = read.ok ? read.value.upstreams['api']?.healthCheck : null;
  if (!check) throw new Error('no check');
  return check;
};

/** What one check of it tells, and whether it passed. */
const probe = (url: string, check: object = {}, tlsOptions: object = {}): Promise<ProbeResult> =>
  new Promise((resolve, reject) => {
    const parsed = parseUpstreamUrl(url);
    if (typeof parsed === 'string') return reject(new Error(parsed));
    new Probe({ url: parsed, check: healthCheck(check), tlsOptions: () => tlsOptions, onDone: resolve });
  });
const local = (port: number) => `http://127.0.0.1:${port}`;
const verdict = async (...args: Parameters<typeof probe>) => {
  const { passed, told } = await probe(...args);
  return { passed, told };
};

describe('a check', () => {
  it('asks for its path as a client that closes afterwards', async () => {
    const asked: object[] = [];
    const server = createHttpServer((request, response) => {
      const { method, url, httpVersion, headers } = request;
      asked.push({ method, url, httpVersion, headers });
      response.writeHead(204).end();
    });
    const port = await listening(server);
    expect(await verdict(local(port), { path: '/healthy?deep=1' })).toEqual({ passed: true, told: '204' });
    const headers = {
      host: `127.0.0.1:${port}`,
      'user-agent': 'bytescope-check',
      accept: '*/*',
      connection: 'close',
    };
    expect(asked).toEqual([{ method: 'GET', url: '/healthy?deep=1', httpVersion: '1.1', headers }]);
  });

  it('tells when it was and how long it took', async () => {
    const result = await probe(local(await answering('HTTP/1.1 200 OK\r\n\r\n')));
    expect(Math.abs(result.atMs - Date.now())).toBeLessThan(5_000);
    expect(result.tookMs).toBeGreaterThan(0);
  });

  it.each([
    [['200-399'], 200, true],
    [['200-399'], 500, false],
    [['500', '404'], 404, true],
    [['500', '404'], 200, false],
  ])('expecting %j judges %i as %s', async (statuses, status, passed) => {
    const port = await answering(`HTTP/1.1 ${status} Whatever\r\nContent-Length: 0\r\n\r\n`);
    expect(await verdict(local(port), { statuses })).toEqual({ passed, told: String(status) });
  });

  it('is over with the head, however long the body goes on', async () => {
    const port = await answering('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbegun', false);
    expect(await verdict(local(port))).toEqual({ passed: true, told: '200' });
  });

  it('waits for the final reply', async () => {
    const port = await answering('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 503 No\r\n\r\n');
    expect(await verdict(local(port))).toEqual({ passed: false, told: '503' });
  });

  it('takes a switch of protocols for an answer that nobody expects', async () => {
    const port = await answering('HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', false);
    expect(await verdict(local(port))).toEqual({ passed: false, told: '101' });
  });

  it('is refused where nobody listens', async () => {
    expect(await verdict(local(await freePort()))).toEqual({ passed: false, told: 'connection refused' });
  });

  it.each([
    ['says nothing', null],
    ['stalls in its head', 'HTTP/1.1 200 OK\r\nServer:'],
    ['sends nothing but interim replies', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('does not wait for a server that %s', async (_name, bytes) => {
    const port = await answering(bytes, false);
    expect(await verdict(local(port), { timeoutMs: 60 })).toEqual({ passed: false, told: 'no answer in 60 ms' });
  });

  it('does not take a trickle for an answer', async () => {
    const server = createServer((socket) => {
      const trickle = setInterval(() => socket.write('x'), 10);
      socket.write('HTTP/1.1 200 OK\r\nX: ');
      socket.on('close', () => clearInterval(trickle));
      socket.on('error', () => undefined);
    });
    const port = await listening(server);
    expect(await verdict(local(port), { timeoutMs: 100 })).toEqual({ passed: false, told: 'no answer in 100 ms' });
  });

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'no HTTP'],
    ['a TLS alert', '\x15\x03\x01\x00\x02\x02\x16', 'no HTTP'],
    ['a broken status line', 'HTTP/1.1 two hundred\r\n\r\n', 'no HTTP'],
    ['a broken field', 'HTTP/1.1 200 OK\r\nBad : 1\r\n\r\n', 'no HTTP'],
    ['nothing', '', 'closed without an answer'],
    ['half a status line', 'HTTP/1.1 2', 'closed in the middle of its answer'],
    ['a field too long', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, 'a head of more than 65536 bytes'],
    ['a head too long', `HTTP/1.1 200 OK\r\n${'a:b\r\n'.repeat(20_000)}\r\n`, 'a head of more than 65536 bytes'],
  ])('says what was met in place of an answer: %s', async (_name, bytes, told) => {
    expect(await verdict(local(await answering(bytes)))).toEqual({ passed: false, told });
  });

  it('tells a reset', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await verdict(local(await listening(server)))).toEqual({ passed: false, told: 'connection reset' });
  });

  it('tells a name that is none', async () => {
    const { passed, told } = await probe('http://no-such-host.invalid');
    expect(passed).toBe(false);
    expect(told).toMatch(/^host name (unknown|lookup failed)$/);
  });

  it('tells nothing once it is stopped, and leaves its connection', async () => {
    const server = createServer();
    const port = await listening(server);
    const told = vi.fn();
    const url = parseUpstreamUrl(local(port));
    if (typeof url === 'string') throw new Error(url);
    const check = new Probe({ url, check: healthCheck(), tlsOptions: () => ({}), onDone: told });
    const [socket] = (await once(server, 'connection')) as [Socket];
    check.stop();
    socket.resume();
    await once(socket, 'close');
    expect(told).not.toHaveBeenCalled();
  });
});

describe('a check over TLS', () => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const nowMs = Date.now();
  const rootPem = makeAuthorityCertificate(keys, 'test', nowMs);
  const authority = new CertificateAuthority(new X509Certificate(rootPem), keys.privateKey, '/ca.pem');
  const keyPem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const asked: object[] = [];
  const secure = async (host: string): Promise<number> => {
    asked.splice(0);
    const parsed = parseCertificateHost(host);
    if (parsed === null) throw new Error('no host');
    const { pem } = authority.issue(parsed, subjectKeyOf(keys.publicKey), nowMs);
    const server = createTlsServer({ cert: pem, key: keyPem, ALPNProtocols: ['http/1.1'] }, (socket) => {
      const { servername, alpnProtocol } = socket as unknown as { servername: unknown; alpnProtocol: unknown };
      asked.push({ servername, alpnProtocol });
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
    });
    server.on('tlsClientError', () => undefined);
    return listening(server);
  };
  const secured = (port: number) => `https://127.0.0.1:${port}`;

  it('passes where the options trust the server', async () => {
    const port = await secure('127.0.0.1');
    expect(await verdict(secured(port), {}, { ca: rootPem })).toEqual({ passed: true, told: '200' });
  });

  it('asks for the host by its name, and for HTTP/1.1', async () => {
    const port = await secure('localhost');
    const { passed } = await probe(`https://localhost:${port}`, {}, { ca: rootPem });
    expect([passed, asked]).toEqual([true, [{ servername: 'localhost', alpnProtocol: 'http/1.1' }]]);
  });

  it('tells a certificate that is not trusted', async () => {
    const { passed, told } = await probe(secured(await secure('127.0.0.1')));
    expect(passed).toBe(false);
    expect(told).toMatch(/^TLS: unable to verify the first certificate/);
  });

  it('tells a certificate of another host', async () => {
    const { told } = await probe(secured(await secure('192.0.2.7')), {}, { ca: rootPem });
    expect(told).toMatch(/^TLS: IP: 127\.0\.0\.1 is not in the cert's list/);
  });

  it('tells a server that speaks no TLS', async () => {
    const { told } = await probe(secured(await answering('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(told).toBe('TLS: it does not speak TLS');
  });

  it('does not wait for a handshake that never ends', async () => {
    const port = await answering(null);
    expect(await verdict(secured(port), { timeoutMs: 60 })).toEqual({ passed: false, told: 'no answer in 60 ms' });
  });
});

describe('the schedule', () => {
  /** Checks as fast as they may be, each begun at once. */
  const quick = { intervalMs: 100, timeoutMs: 50, jitterShare: 0, healthyAfter: 1, unhealthyAfter: 2 };
  const changes: ServerChange[] = [];
  const groupOf = (urls: readonly string[], check: object | null, before?: UpstreamGroup): UpstreamGroup => {
    const upstream = { servers: urls.map((url) => ({ url })), slowStartMs: 0, healthCheck: check };
    const read = checkProxyConfig({ upstreams: { api: upstream } });
    const config = read.ok ? read.value.upstreams['api'] : undefined;
    if (config === undefined) throw new Error('no upstream');
    const onChange = (change: ServerChange) => void changes.push(change);
    const options = { name: 'api', config, random: () => 0, onChange, nowMs: 0 };
    return new UpstreamGroup(before === undefined ? options : { ...options, before });
  };
  const prober = (): Prober => {
    const made = new Prober({ random: () => 0, tlsOptions: () => ({}) });
    cleanUps.push(() => made.stop());
    changes.splice(0);
    return made;
  };

  it('takes a server out that fails and brings it back when it is well', async () => {
    let status = 500;
    const server = createHttpServer((_request, response) => response.writeHead(status).end());
    const group = groupOf([local(await listening(server))], quick);
    prober().configure([group]);
    await vi.waitUntil(() => changes.length === 1);
    expect(changes[0]).toMatchObject({ to: 'unhealthy', cause: 'check', reason: '2 checks in a row failed (500)' });
    expect(group.servers[0]?.lastProbe).toMatchObject({ passed: false, told: '500' });
    status = 204;
    await vi.waitUntil(() => changes.length === 2);
    expect(changes[1]).toMatchObject({ from: 'unhealthy', to: 'in', cause: 'check' });
  });

  it('asks no server again before it has answered', async () => {
    let underWay = 0;
    let most = 0;
    let asked = 0;
    const server = createServer((socket) => {
      underWay += 1;
      asked += 1;
      most = Math.max(most, underWay);
      socket.resume();
      socket.on('error', () => undefined);
      socket.on('close', () => (underWay -= 1));
    });
    const check = { ...quick, timeoutMs: 100, jitterShare: 1 };
    prober().configure([groupOf([local(await listening(server))], check)]);
    await vi.waitUntil(() => asked === 4, { timeout: 5_000 });
    expect(most).toBe(1);
  });

  it('has no more under way at once than it may, and asks all in turn', async () => {
    const urls = new Map<string, number>();
    let underWay = 0;
    let most = 0;
    const server = createHttpServer((request, response) => {
      const host = String(request.headers.host);
      urls.set(host, (urls.get(host) ?? 0) + 1);
      underWay += 1;
      most = Math.max(most, underWay);
      setTimeout(() => {
        underWay -= 1;
        response.writeHead(200).end();
      }, 20);
    });
    server.listen(0, '0.0.0.0');
    await once(server, 'listening');
    cleanUps.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const servers = Array.from({ length: 150 }, (_, index) => `http://127.0.1.${index + 1}:${port}`);
    prober().configure([groupOf(servers, { ...quick, timeoutMs: 5_000, intervalMs: 5_000 })]);
    await vi.waitUntil(() => urls.size === 150, { timeout: 5_000 });
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(MAX_CHECKS_AT_ONCE);
  });

  it('goes on for a server that stays when the configuration changes, and ends for one that goes', async () => {
    const asked = { stays: 0, goes: 0 };
    const counting = (name: keyof typeof asked) =>
      listening(
        createHttpServer((_request, response) => {
          asked[name] += 1;
          response.writeHead(200).end();
        }),
      );
    const stays = local(await counting('stays'));
    const goes = local(await counting('goes'));
    const made = prober();
    const before = groupOf([stays, goes], quick);
    made.configure([before]);
    await vi.waitUntil(() => asked.stays > 0 && asked.goes > 0);
    const after = groupOf([stays], quick, before);
    made.configure([after]);
    const gone = asked.goes;
    const seen = asked.stays;
    await vi.waitUntil(() => asked.stays >= seen + 3);
    expect(asked.goes).toBe(gone);
  });

  it('is not begun anew by a configuration that says the same of a server', async () => {
    let asked = 0;
    const server = createHttpServer((_request, response) => {
      asked += 1;
      response.writeHead(200).end();
    });
    const url = local(await listening(server));
    const made = new Prober({ random: () => 0.99, tlsOptions: () => ({}) });
    cleanUps.push(() => made.stop());
    let group = groupOf([url], { ...quick, jitterShare: 0 });
    made.configure([group]);
    // More often than it is asked: a schedule that began anew each time would never come to its first check.
    const again = setInterval(() => {
      group = groupOf([url], { ...quick, jitterShare: 0 }, group);
      made.configure([group]);
    }, 10);
    cleanUps.push(() => clearInterval(again));
    await vi.waitUntil(() => asked === 2, { timeout: 5_000 });
  });

  it('tells what it finds to the upstream that is in force', async () => {
    const server = createHttpServer((_request, response) => response.writeHead(500).end());
    const url = local(await listening(server));
    const made = prober();
    const before = groupOf([url], quick);
    made.configure([before]);
    const told = vi.spyOn(before, 'probed');
    const after = groupOf([url], quick, before);
    made.configure([after]);
    await vi.waitUntil(() => changes.length === 1);
    expect(told).not.toHaveBeenCalled();
  });

  it('gives the places of checks that are stopped to others', async () => {
    let stuck = 0;
    const silent = createServer((socket) => {
      stuck += 1;
      socket.on('error', () => undefined);
      cleanUps.push(() => socket.destroy());
    });
    silent.listen(0, '0.0.0.0');
    await once(silent, 'listening');
    cleanUps.push(() => silent.close());
    const { port } = silent.address() as AddressInfo;
    const servers = Array.from({ length: 80 }, (_, index) => `http://127.0.2.${index + 1}:${port}`);
    const made = prober();
    made.configure([groupOf(servers, { ...quick, timeoutMs: 60_000, intervalMs: 60_000 })]);
    await vi.waitUntil(() => stuck === MAX_CHECKS_AT_ONCE);
    const group = groupOf([local(await answering('HTTP/1.1 200 OK\r\n\r\n'))], quick);
    made.configure([group]);
    await vi.waitUntil(() => group.servers[0]?.lastProbe?.passed === true);
  });

  it('asks nobody any more once it is stopped, and tells nothing of what was under way', async () => {
    const server = createServer();
    const group = groupOf([local(await listening(server))], { ...quick, timeoutMs: 100 });
    const made = prober();
    made.configure([group]);
    const [socket] = (await once(server, 'connection')) as [Socket];
    made.stop();
    socket.resume();
    await once(socket, 'close');
    expect(group.servers[0]?.lastProbe).toBeNull();
    const again = vi.fn();
    server.on('connection', again);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(again).not.toHaveBeenCalled();
  });

  it('asks nobody where the configuration has no check', async () => {
    const server = createServer();
    const asked = vi.fn();
    server.on('connection', asked);
    const url = local(await listening(server));
    const made = prober();
    const before = groupOf([url], quick);
    made.configure([before]);
    made.configure([groupOf([url], null, before)]);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(asked.mock.calls.length).toBeLessThanOrEqual(1);
  });
});
