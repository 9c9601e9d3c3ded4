import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CertificateAuthority } from '../../src-main/certificates/certificate-authority';
import { parseCertificateHost } from '../../src-main/certificates/certificate-host';
import { subjectKeyOf } from '../../src-main/certificates/signing';
import { certificateFolder, openedIn, openssl, removeCertificateFolders } from '../support/certificates';

const DAY_MS = 24 * 60 * 60 * 1000;
const key = subjectKeyOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
const LONG = `${'a'.repeat(60)}.example`;

let folder: string;
let authority: CertificateAuthority;

beforeAll(async () => {
  folder = certificateFolder();
  ({ authority } = await openedIn(folder));
});
afterAll(removeCertificateFolders);

function issued(name: string, nowMs = Date.now()): X509Certificate {
  const host = parseCertificateHost(name);
  if (host === null) throw new Error(name);
  return new X509Certificate(authority.issue(host, key, nowMs).pem);
}

/** What openssl prints of a certificate, the names of one extension together with what it holds. */
function textOf(certificate: X509Certificate): string {
  const path = join(folder, 'shown.pem');
  writeFileSync(path, certificate.toString());
  return openssl('x509', '-in', path, '-noout', '-text').replace(/: ?(critical)?\n +/g, (_, mark = '') => `: ${mark} `);
}

const validMs = (certificate: X509Certificate) => Date.parse(certificate.validTo) - Date.parse(certificate.validFrom);

describe('the certificate of the authority', () => {
  it('signs certificates and revocation lists, and no authority below it', () => {
    const text = textOf(new X509Certificate(authority.pem));
    expect(text).toContain('X509v3 Basic Constraints: critical CA:TRUE, pathlen:0');
    expect(text).toContain('X509v3 Key Usage: critical Certificate Sign, CRL Sign');
    expect(text).toContain('ASN1 OID: prime256v1');
  });

  it('has a positive serial number of 20 bytes', () => {
    expect(new X509Certificate(authority.pem).serialNumber).toMatch(/^[4-7][0-9A-F]{39}$/);
  });

  it('began before now, for clocks that are behind', () => {
    expect(Date.parse(new X509Certificate(authority.pem).validFrom)).toBeLessThan(Date.now() - DAY_MS);
  });
});

describe('the certificate of a host', () => {
  it.each([
    ['example.com', 'X509v3 Subject Alternative Name:  DNS:example.com'],
    ['xn--mnchen-3ya.de', 'X509v3 Subject Alternative Name:  DNS:xn--mnchen-3ya.de'],
    ['127.0.0.1', 'X509v3 Subject Alternative Name:  IP Address:127.0.0.1'],
    ['2001:db8::1', 'X509v3 Subject Alternative Name:  IP Address:2001:DB8:0:0:0:0:0:1'],
    ['::ffff:192.0.2.1', 'X509v3 Subject Alternative Name:  IP Address:0:0:0:0:0:FFFF:C000:201'],
    [LONG, `X509v3 Subject Alternative Name: critical DNS:${LONG}`],
  ])('is accepted by openssl at its strictest for %s', (name, expected) => {
    const certificate = issued(name);
    expect(textOf(certificate)).toContain(expected);
    const check = name.includes(':') || /^[\d.]+$/.test(name) ? '-verify_ip' : '-verify_hostname';
    const strict = ['-x509_strict', '-purpose', 'sslserver', '-check_ss_sig', check, name];
    const path = join(folder, 'shown.pem');
    expect(openssl('verify', ...strict, '-CAfile', join(folder, 'ca.pem'), path)).toBe(`${path}: OK\n`);
  });

  it('is for servers alone and signs nothing', () => {
    const text = textOf(issued('example.com'));
    expect(text).toContain('X509v3 Basic Constraints: critical CA:FALSE');
    expect(text).toContain('X509v3 Key Usage: critical Digital Signature');
    expect(text).toContain('X509v3 Extended Key Usage:  TLS Web Server Authentication');
  });

  it('has a serial number of its own', () => {
    const serials = Array.from({ length: 50 }, () => issued('example.com').serialNumber);
    expect(new Set(serials).size).toBe(50);
    expect(serials.every((serial) => /^[4-7][0-9A-F]{39}$/.test(serial))).toBe(true);
  });

  it('has a subject where its name fits into one, else none', () => {
    expect(issued('a.example').subject).toBe('CN=a.example');
    expect(issued(LONG).subject ?? '').toBe('');
  });

  it('lasts for 397 days at most', () => {
    expect(validMs(issued('a.example'))).toBe(397 * DAY_MS - 1000);
  });

  it('begins and ends within the authority', () => {
    const own = new X509Certificate(authority.pem);
    const untilMs = Date.parse(own.validTo);
    expect(issued('a.example', Date.parse(own.validFrom)).validFrom).toBe(own.validFrom);
    expect(issued('a.example', untilMs - DAY_MS).validTo).toBe(own.validTo);
  });

  // UTCTime has two digits for the year; from 2050 on it has to be GeneralizedTime (RFC 5280 §4.1.2.5).
  it('is dated right beyond 2049', async () => {
    const later = certificateFolder();
    const nowMs = Date.UTC(2049, 6, 1);
    const opened = await openedIn(later, nowMs);
    const { pem } = opened.authority.issue({ kind: 'name', text: 'a.example' }, key, nowMs);
    expect(new X509Certificate(pem).validTo).toBe('Jul 30 23:59:59 2050 GMT');
  });
});

describe('the description of the authority', () => {
  it('has the hashes that openssl finds', () => {
    const { pem, fingerprintSha256, fingerprintSha1, spkiSha256, path, notAfterMs } = authority.describe();
    const of = (...args: string[]) => openssl('x509', '-in', path, '-noout', ...args);
    expect(of('-fingerprint', '-sha256')).toContain(`=${fingerprintSha256}\n`);
    expect(of('-fingerprint', '-sha1').replaceAll(':', '')).toContain(`=${fingerprintSha1}\n`);
    expect(Date.parse(of('-enddate').split('=')[1] ?? '')).toBe(notAfterMs);
    writeFileSync(join(folder, 'key-info.pem'), of('-pubkey'));
    openssl('pkey', '-pubin', '-in', join(folder, 'key-info.pem'), '-outform', 'der', '-out', join(folder, 'key.der'));
    openssl('dgst', '-sha256', '-binary', '-out', join(folder, 'hash'), join(folder, 'key.der'));
    expect(openssl('base64', '-in', join(folder, 'hash')).trim()).toBe(spkiSha256);
    expect(new X509Certificate(pem).fingerprint256).toBe(fingerprintSha256);
  });
});
