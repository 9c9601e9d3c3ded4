import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOwnCertificate } from '../../src-main/certificates/own-certificate';
import {
  certificateFolder,
  ended,
  openssl,
  removeCertificateFolders,
  selfSigned,
  serveTls,
  type SelfSigned,
} from '../support/certificates';

let folder: string;
let good: SelfSigned;

beforeAll(() => {
  folder = certificateFolder();
  good = selfSigned(folder, 'localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '30');
});
afterAll(removeCertificateFolders);

const read = (files: Partial<SelfSigned> = {}, nowMs = Date.now()) => readOwnCertificate({ ...good, ...files, nowMs });

async function codeOf(files: Partial<SelfSigned>) {
  const own = await read(files);
  return own.ok ? null : own.error;
}

function fileOf(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('a certificate that people bring along', () => {
  it('is shown to whoever asks for whatever host', async () => {
    const own = await read();
    if (!own.ok) throw new Error(own.error.code);
    expect(own.value).toMatchObject({ subject: 'CN=localhost', warnings: [] });
    const server = await serveTls(own.value);
    const url = `https://localhost:${server.port}/`;
    expect((await ended('curl', ['-sS', '--cacert', good.certificatePath, url])).out).toBe('hello\n');
    server.close();
  });

  it.each(['rsa:2048', 'ed25519'])('may have a key of the kind %s', async (kind) => {
    const files = { certificatePath: join(folder, 'kind.pem'), keyPath: join(folder, 'kind-key.pem') };
    openssl(
      'req',
      '-x509',
      '-newkey',
      kind,
      '-nodes',
      '-subj',
      '/CN=a',
      '-keyout',
      files.keyPath,
      '-out',
      files.certificatePath,
    );
    expect((await read(files)).ok).toBe(true);
  });

  it('works past its dates, with a warning', async () => {
    const later = await read({}, Date.now() + 31 * 24 * 60 * 60 * 1000);
    expect(later).toMatchObject({
      ok: true,
      value: { warnings: [{ code: 'TLS_CERTIFICATE_DATES', detail: { path: good.certificatePath } }] },
    });
  });

  it('is refused when a file is missing', async () => {
    const path = join(folder, 'none.pem');
    const error = { code: 'TLS_FILE_UNREADABLE', detail: { path, reason: 'there is no such file' } };
    expect(await codeOf({ certificatePath: path })).toEqual(error);
    expect(await codeOf({ keyPath: path })).toEqual(error);
  });

  it('is refused when a file is a folder, a pipe, or far too large', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const large = fileOf('large', Buffer.alloc(1024 * 1024 + 1));
    const reasons = [];
    for (const certificatePath of [folder, pipe, large]) {
      reasons.push((await codeOf({ certificatePath }))?.detail?.['reason']);
    }
    expect(reasons).toEqual(['it is not a regular file', 'it is not a regular file', 'it is larger than 1 MiB']);
  });

  it.each([
    ['DER', () => Buffer.from([0x30, 0x82, 1, 2, 3]), 'none begins in it'],
    ['nothing', () => '', 'none begins in it'],
    ['damage', () => '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n', /damaged/],
    ['a private key', () => readFileSync(good.keyPath), /swapped/],
  ])('is refused when its file holds %s', async (_, content, reason) => {
    const path = fileOf('other.pem', content());
    expect(await codeOf({ certificatePath: path })).toEqual({
      code: 'TLS_NO_CERTIFICATE',
      detail: { path, reason: typeof reason === 'string' ? reason : expect.stringMatching(reason) },
    });
  });

  it.each([
    ['nothing', () => '', 'none begins in it'],
    ['damage', () => '-----BEGIN EC PRIVATE KEY-----\nMIIB\n-----END EC PRIVATE KEY-----\n', /damaged/],
    ['a certificate', () => readFileSync(good.certificatePath), /swapped/],
  ])('is refused when the file of its key holds %s', async (_, content, reason) => {
    const path = fileOf('other-key.pem', content());
    expect(await codeOf({ keyPath: path })).toEqual({
      code: 'TLS_NO_KEY',
      detail: { path, reason: typeof reason === 'string' ? reason : expect.stringMatching(reason) },
    });
  });

  it.each([[['pkcs8', '-topk8', '-passout', 'pass:x']], [['ec', '-aes128', '-passout', 'pass:x']]])(
    'is refused when its key is encrypted by openssl %j',
    async (args) => {
      const path = join(folder, 'encrypted.pem');
      openssl(...args, '-in', good.keyPath, '-out', path);
      expect(await codeOf({ keyPath: path })).toEqual({ code: 'TLS_KEY_ENCRYPTED', detail: { path } });
    },
  );

  it('is refused with the key of another', async () => {
    const { keyPath } = selfSigned(folder, 'other');
    const detail = { certificate: good.certificatePath, key: keyPath };
    expect(await codeOf({ keyPath })).toEqual({ code: 'TLS_KEY_MISMATCH', detail });
  });

  it('is refused when the TLS library does not take it', async () => {
    const files = { certificatePath: join(folder, 'short.pem'), keyPath: join(folder, 'short-key.pem') };
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:512',
      '-nodes',
      '-subj',
      '/CN=a',
      '-keyout',
      files.keyPath,
      '-out',
      files.certificatePath,
    );
    const detail = { path: files.certificatePath, reason: 'ee key too small' };
    expect(await codeOf(files)).toEqual({ code: 'TLS_CERTIFICATE_REFUSED', detail });
  });
});
