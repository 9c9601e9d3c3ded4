import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CertificateAuthority } from '../../src-main/certificates/certificate-authority';
import { MAX_CONTEXTS, SecureContexts } from '../../src-main/certificates/secure-contexts';
import { certificateFolder, openedIn, removeCertificateFolders, serveTls } from '../support/certificates';

const DAY_MS = 24 * 60 * 60 * 1000;

let authority: CertificateAuthority;
let nowMs = Date.now();

beforeAll(async () => {
  ({ authority } = await openedIn(certificateFolder()));
});
afterAll(removeCertificateFolders);

const contexts = () => new SecureContexts(authority, () => nowMs);

function contextOf(of: SecureContexts, host: string) {
  const context = of.contextFor(host);
  if (!context.ok) throw new Error(context.error.code);
  return context.value;
}

describe('the context of a host', () => {
  it('is made once for all spellings of it', () => {
    const own = contexts();
    expect(contextOf(own, 'Example.COM.')).toBe(contextOf(own, 'example.com'));
    expect(contextOf(own, '[2001:db8::1]')).toBe(contextOf(own, '2001:DB8:0::1'));
    expect(contextOf(own, 'a.example')).not.toBe(contextOf(own, 'b.example'));
    expect(own.size).toBe(4);
  });

  it.each(['*.example.com', '', 'a b', 'a\0b', 'x'.repeat(100_000)])('is refused for %j', (host) => {
    const own = contexts();
    expect(own.contextFor(host)).toEqual({
      ok: false,
      error: { code: 'TLS_HOST', detail: { host: host.slice(0, 100) } },
    });
    expect(own.size).toBe(0);
  });

  it('is made anew a day before its certificate ends', () => {
    const own = contexts();
    const first = contextOf(own, 'a.example');
    nowMs += 390 * DAY_MS;
    expect(contextOf(own, 'a.example')).toBe(first);
    nowMs += 6 * DAY_MS;
    expect(contextOf(own, 'a.example')).not.toBe(first);
    expect(own.size).toBe(1);
    nowMs = Date.now();
  });

  it('is forgotten when as many others as are kept were asked for since', () => {
    const own = contexts();
    const [used, old] = [contextOf(own, 'used.example'), contextOf(own, 'old.example')];
    for (let index = 0; index < MAX_CONTEXTS - 2; index += 1) contextOf(own, `host-${index}.example`);
    expect(own.size).toBe(MAX_CONTEXTS);
    expect(contextOf(own, 'used.example')).toBe(used);
    contextOf(own, 'one-more.example');
    expect(own.size).toBe(MAX_CONTEXTS);
    expect(contextOf(own, 'used.example')).toBe(used);
    expect(contextOf(own, 'old.example')).not.toBe(old);
    expect(own.size).toBe(MAX_CONTEXTS);
  });
});

describe('a server with these contexts', () => {
  const subjectShown = (port: number, servername: string | undefined) =>
    new Promise<{ subject: string | undefined; protocol: string | null; alpn: string | false | null }>(
      (resolve, reject) => {
        const socket = connect({
          port,
          host: '127.0.0.1',
          ca: authority.pem,
          ALPNProtocols: ['h2', 'http/1.1'],
          ...(servername !== undefined && { servername }),
        });
        socket.on('error', reject);
        socket.on('secureConnect', () => {
          const { subjectaltname } = socket.getPeerCertificate();
          resolve({ subject: subjectaltname, protocol: socket.getProtocol(), alpn: socket.alpnProtocol });
          socket.destroy();
        });
      },
    );

  it('shows each client the certificate of the host it names, in TLS 1.3 and with http/1.1', async () => {
    const server = await serveTls(contexts());
    const shown = await subjectShown(server.port, 'a.example');
    expect(shown).toEqual({ subject: 'DNS:a.example', protocol: 'TLSv1.3', alpn: 'http/1.1' });
    expect((await subjectShown(server.port, 'b.example')).subject).toBe('DNS:b.example');
    server.close();
  });

  it('shows the one it was made for to a client that names no host', async () => {
    const server = await serveTls(contexts(), '127.0.0.1');
    expect((await subjectShown(server.port, undefined)).subject).toBe('IP Address:127.0.0.1');
    server.close();
  });
});
