import { connect as connectTcp, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { connect, createServer as createTlsServer, type ConnectionOptions, type TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CertificateAuthority } from '../../src-main/certificates/certificate-authority';
import {
  clientHandshakeFailure,
  distrustOf,
  upstreamHandshakeFailure,
} from '../../src-main/certificates/handshake-failures';
import { SecureContexts } from '../../src-main/certificates/secure-contexts';
import type { Failure } from '../../src-main/contract/errors';
import {
  certificateFolder,
  ended,
  openedIn,
  openssl,
  removeCertificateFolders,
  selfSigned,
  serveTls,
  type TlsServer,
} from '../support/certificates';

let folder: string;
let authority: CertificateAuthority;
let server: TlsServer;
let url: string;

beforeAll(async () => {
  folder = certificateFolder();
  ({ authority } = await openedIn(folder));
  server = await serveTls(new SecureContexts(authority, Date.now));
  url = `https://localhost:${server.port}/`;
});
afterAll(() => {
  server.close();
  removeCertificateFolders();
});

/** openssl s_client to its end. */
const openSslClient = (...args: string[]) =>
  ended('openssl', ['s_client', '-connect', `127.0.0.1:${server.port}`, '-servername', 'localhost', ...args]);

/** A Node client, which ends whether or not it likes what it sees. */
const nodeClient = (options: ConnectionOptions) =>
  new Promise<void>((resolve) => {
    const socket = connect({ port: server.port, host: '127.0.0.1', servername: 'localhost', ...options });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.on('secureConnect', () => socket.end());
  });

describe('a client whose handshake fails', () => {
  it.each([
    ['curl', () => ended('curl', ['-sS', url])],
    ['openssl', () => openSslClient('-verify_return_error', '-tls1_2')],
    [
      'openssl that wants another host',
      () => openSslClient('-verify_return_error', '-verify_hostname', 'other.example'),
    ],
  ])('does not trust the certificate: %s', async (_, client) => {
    await client();
    expect(await server.failure()).toMatchObject({ code: 'TLS_CLIENT_DISTRUSTS' });
  });

  it('left without a word: a Node client that does not trust the certificate', async () => {
    await nodeClient({});
    expect(await server.failure()).toEqual({ code: 'TLS_CLIENT_LEFT', detail: { reason: 'without a word' } });
  });

  it('quit after the handshake: a Node client over TLS 1.2 that does not trust the certificate', async () => {
    await nodeClient({ maxVersion: 'TLSv1.2' });
    expect(await server.failure()).toEqual({ code: 'TLS_CLIENT_QUIT' });
  });

  it('offers h2 alone', async () => {
    await openSslClient('-alpn', 'h2');
    expect(await server.failure()).toMatchObject({ code: 'TLS_CLIENT_ALPN' });
  });

  it('speaks nothing newer than TLS 1.1', async () => {
    await openSslClient('-tls1_1', '-cipher', 'ALL@SECLEVEL=0');
    expect(await server.failure()).toMatchObject({ code: 'TLS_CLIENT_VERSION' });
  });

  it('has no cipher for the key of the certificate', async () => {
    await openSslClient('-tls1_2', '-cipher', 'AES128-SHA256');
    expect(await server.failure()).toMatchObject({ code: 'TLS_CLIENT_CIPHERS' });
  });

  it('speaks plain HTTP', async () => {
    await ended('curl', ['-sS', url.replace('https', 'http')]);
    expect(await server.failure()).toMatchObject({ code: 'TLS_CLIENT_PLAIN' });
  });

  it('speaks something else', async () => {
    const socket = connectTcp(server.port, '127.0.0.1', () => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    socket.on('error', () => undefined);
    expect(await server.failure()).toMatchObject({ code: 'TLS_CLIENT_PLAIN' });
    socket.destroy();
  });

  it('asks for a host that no certificate is made for', async () => {
    await openSslClient('-servername', 'a..b');
    expect(await server.failure()).toEqual({ code: 'TLS_HOST', detail: { host: 'a..b' } });
  });

  it('closes before it says anything', async () => {
    const socket = connectTcp(server.port, '127.0.0.1', () => socket.end());
    expect(await server.failure()).toEqual({ code: 'TLS_CLIENT_LEFT', detail: { reason: 'without a word' } });
  });

  it('resets the connection', async () => {
    const socket = connectTcp(server.port, '127.0.0.1', () => socket.resetAndDestroy());
    expect(await server.failure()).toEqual({ code: 'TLS_CLIENT_LEFT', detail: { reason: 'it was cut' } });
  });

  it('takes too long', () => {
    const error = Object.assign(new Error('TLS handshake timeout'), { code: 'ERR_TLS_HANDSHAKE_TIMEOUT' });
    expect(clientHandshakeFailure(error)).toMatchObject({ code: 'TLS_CLIENT_SLOW' });
  });
});

describe('an upstream server whose handshake fails', () => {
  const opened: Server[] = [];
  afterAll(() => {
    for (const one of opened) one.close();
  });

  /** Connects to a server on loopback as an upstream connection would. */
  async function failureOf(listening: Server, options: ConnectionOptions = {}): Promise<Failure> {
    opened.push(listening);
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    const { port } = listening.address() as AddressInfo;
    const socket = connect({
      port,
      host: '127.0.0.1',
      servername: 'localhost',
      ALPNProtocols: ['http/1.1'],
      ...options,
    });
    const error = await new Promise<Error | null>((resolve) => {
      socket.on('error', resolve);
      // What a TLS 1.3 server refuses at last it refuses after the client is done.
      socket.on('close', () => resolve(null));
      socket.resume();
    });
    return upstreamHandshakeFailure(error, 'upstream.test:443');
  }

  const tlsServer = (options: TlsOptions): Server =>
    createTlsServer(options, (socket) => socket.end()).on('tlsClientError', () => undefined);

  /** A key and a certificate by openssl, as options. */
  function pairOf(name: string, ...args: string[]): { cert: string; key: string } {
    const { certificatePath, keyPath } = selfSigned(folder, name, ...args);
    return { cert: readFileSync(certificatePath, 'latin1'), key: readFileSync(keyPath, 'latin1') };
  }

  /** The same, signed by our authority. */
  function signedPair(name: string, ...args: string[]): { cert: string; key: string } {
    const request = join(folder, 'request.pem');
    const [keyPath, certificatePath] = [join(folder, 'signed-key.pem'), join(folder, 'signed.pem')];
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyPath];
    openssl('req', '-new', ...newKey, '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-out', request);
    const by = ['-CA', join(folder, 'ca.pem'), '-CAkey', join(folder, 'ca-key.pem'), '-copy_extensions', 'copy'];
    openssl('x509', '-req', '-in', request, ...by, '-out', certificatePath, ...args);
    return { cert: readFileSync(certificatePath, 'latin1'), key: readFileSync(keyPath, 'latin1') };
  }

  const raw = (answer: (socket: Socket) => void): Server =>
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => answer(socket));
    });

  it('signed its certificate itself', async () => {
    const failure = await failureOf(tlsServer(pairOf('localhost')));
    const detail = { server: 'upstream.test:443', reason: 'self-signed certificate' };
    expect(failure).toEqual({ code: 'TLS_UPSTREAM_SELF_SIGNED', detail });
  });

  it('shows an authority of its own that nobody knows', async () => {
    const { cert, key } = signedPair('localhost');
    const failure = await failureOf(tlsServer({ cert: cert + authority.pem, key }));
    expect(failure).toMatchObject({ code: 'TLS_UPSTREAM_SELF_SIGNED' });
  });

  it('does not show who signed its certificate', async () => {
    const failure = await failureOf(tlsServer(signedPair('localhost')));
    expect(failure).toMatchObject({ code: 'TLS_UPSTREAM_UNTRUSTED' });
  });

  it('has a certificate that is over', async () => {
    const { pem: ca } = authority;
    const expired = await failureOf(tlsServer(signedPair('localhost', '-days', '-1')), { ca });
    expect(expired).toMatchObject({ code: 'TLS_UPSTREAM_DATES' });
  });

  it('has a certificate of another host', async () => {
    const failure = await failureOf(tlsServer(signedPair('other.example')), { ca: authority.pem });
    expect(failure).toMatchObject({
      code: 'TLS_UPSTREAM_NAME',
      detail: { reason: "Host: localhost. is not in the cert's altnames: DNS:other.example" },
    });
  });

  it('speaks plain HTTP', async () => {
    const failure = await failureOf(raw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(failure).toMatchObject({ code: 'TLS_UPSTREAM_PLAIN' });
  });

  it('speaks nothing newer than TLS 1.1', async () => {
    const old: TlsOptions = { ...pairOf('localhost'), minVersion: 'TLSv1', maxVersion: 'TLSv1.1' };
    const failure = await failureOf(tlsServer({ ...old, ciphers: 'DEFAULT@SECLEVEL=0' }));
    expect(failure).toMatchObject({ code: 'TLS_UPSTREAM_VERSION' });
  });

  it('speaks h2 alone', async () => {
    const failure = await failureOf(tlsServer({ ...pairOf('localhost'), ALPNProtocols: ['h2'] }));
    expect(failure).toMatchObject({ code: 'TLS_UPSTREAM_ALPN' });
  });

  it('wants a certificate of its client', async () => {
    const wanting: TlsOptions = { ...signedPair('localhost'), requestCert: true, rejectUnauthorized: true };
    const failure = await failureOf(tlsServer(wanting), { ca: authority.pem });
    expect(failure).toMatchObject({ code: 'TLS_UPSTREAM_WANTS_CERTIFICATE' });
  });

  it('closes or resets in the middle', async () => {
    const closed = await failureOf(raw((socket) => socket.end()));
    const reset = await failureOf(raw((socket) => socket.resetAndDestroy()));
    expect([closed.code, reset.code]).toEqual(['TLS_UPSTREAM_CLOSED', 'TLS_UPSTREAM_CLOSED']);
  });

  it('says that something else is wrong', async () => {
    // handshake_failure: fatal, 40.
    const alert = Buffer.from([21, 3, 3, 0, 2, 2, 40]);
    const failure = await failureOf(raw((socket) => socket.end(alert)));
    const detail = { server: 'upstream.test:443', reason: 'sslv3 alert handshake failure' };
    expect(failure).toEqual({ code: 'TLS_UPSTREAM_FAILED', detail });
  });
});

describe('the reason of a failure', () => {
  it('is short and of plain characters, whatever a certificate holds', () => {
    const reason = `Host: a. is not in the cert's altnames: DNS:\x1b[2J\u202e${'x'.repeat(1000)}`;
    const error = Object.assign(new Error('x'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID', reason });
    expect(upstreamHandshakeFailure(error, 'a').detail?.['reason']).toMatch(/altnames: DNS:\?\[2J\?x+$/);
    expect(String(upstreamHandshakeFailure(error, 'a').detail?.['reason'])).toHaveLength(200);
  });

  it('has no code where an error has the name of something every object has', () => {
    const error = Object.assign(new Error('odd'), { code: 'constructor' });
    expect(clientHandshakeFailure(error)).toEqual({ code: 'TLS_CLIENT_FAILED', detail: { reason: 'odd' } });
  });
});

it('a problem of a certificate that was taken unverified is one of our codes, also where nobody here knows it', () => {
  expect(['DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'CRL_HAS_EXPIRED'].map(distrustOf)).toEqual([
    'TLS_UPSTREAM_SELF_SIGNED',
    'TLS_UPSTREAM_NAME',
    'TLS_UPSTREAM_UNTRUSTED',
  ]);
});
