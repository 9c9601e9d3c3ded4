import { X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { afterEach, describe, expect, it } from 'vitest';
import { openAuthority } from '../../src-main/certificates/authority-files';
import {
  certificateFolder,
  ended,
  openedIn,
  openssl,
  removeCertificateFolders,
  selfSigned,
} from '../support/certificates';

afterEach(removeCertificateFolders);

const DAY_MS = 24 * 60 * 60 * 1000;
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const textIn = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8');

/** The reason an authority is refused for; that its files are as before is checked each time. */
async function reasonFor(folder: string, nowMs = Date.now()): Promise<string> {
  const before = readdirSync(folder).map((name) => [name, textIn(folder, name)]);
  const opened = await openAuthority({ folder, machine: 'test', nowMs });
  expect(readdirSync(folder).map((name) => [name, textIn(folder, name)])).toEqual(before);
  if (opened.ok) return 'none';
  expect(opened.error).toMatchObject({ code: 'TLS_CA_UNUSABLE', detail: { path: folder } });
  return String(opened.error.detail?.['reason']);
}

describe('an authority that is made', () => {
  it('lies in two files, the key of which is for its owner alone, as is the folder', async () => {
    const folder = join(certificateFolder(), 'a', 'b');
    await openedIn(folder);
    expect(readdirSync(folder).sort()).toEqual(['ca-key.pem', 'ca.pem']);
    expect(modeOf(join(folder, 'ca-key.pem'))).toBe('600');
    expect(modeOf(folder)).toBe('700');
  });

  it('leaves the mode of a folder that was there', async () => {
    const folder = certificateFolder();
    chmodSync(folder, 0o755);
    await openedIn(folder);
    expect(modeOf(folder)).toBe('755');
  });

  it('is new once', async () => {
    const folder = certificateFolder();
    // Warnings would tell of a key that others could read for a moment.
    expect(await openedIn(folder)).toMatchObject({ isNew: true, warnings: [] });
    expect(await openedIn(folder)).toMatchObject({ isNew: false, warnings: [] });
  });

  it('is the same when it is opened again', async () => {
    const folder = certificateFolder();
    const { authority } = await openedIn(folder);
    expect((await openedIn(folder)).authority.describe()).toEqual(authority.describe());
  });

  it('is named after the machine and the day, whatever the machine is called', async () => {
    const folder = certificateFolder();
    const machine = `böx, O=Evil\0${'x'.repeat(300)}`;
    const opened = await openAuthority({ folder, machine, nowMs: Date.UTC(2027, 0, 2) });
    const subject = opened.ok ? opened.value.authority.describe().subject : '';
    expect(subject).toMatch(/^O=Bytescope, CN=Bytescope local CA \(b-x--O-Evil-x+ 2027-01-02\)$/);
    expect(subject.split('CN=')[1]?.length).toBeLessThanOrEqual(64);
  });

  it('goes on with a key whose process died before the certificate was made', async () => {
    const folder = certificateFolder();
    await openedIn(folder);
    rmSync(join(folder, 'ca.pem'));
    const key = textIn(folder, 'ca-key.pem');
    expect((await openedIn(folder)).isNew).toBe(true);
    expect(textIn(folder, 'ca-key.pem')).toBe(key);
  });

  it('fails in a folder that cannot be made', async () => {
    const folder = certificateFolder();
    writeFileSync(join(folder, 'file'), '');
    const opened = await openAuthority({ folder: join(folder, 'file', 'ca'), machine: 'test', nowMs: Date.now() });
    expect(opened).toMatchObject({ ok: false, error: { code: 'TLS_CA_WRITE_FAILED', detail: { reason: 'ENOTDIR' } } });
  });
});

describe('an authority that many ask for at once', () => {
  it('is one and the same for all of them, in one process', async () => {
    const folder = certificateFolder();
    const opened = await Promise.all(Array.from({ length: 20 }, () => openedIn(folder)));
    expect(new Set(opened.map(({ authority }) => authority.pem)).size).toBe(1);
    expect(opened.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(readdirSync(folder).sort()).toEqual(['ca-key.pem', 'ca.pem']);
  });

  // Bundled as the engine is, which shows that the library works so, too.
  it('is one and the same for several processes', async () => {
    const out = certificateFolder();
    const entry = join(import.meta.dirname, '../../src-main/certificates/authority-files.ts');
    await build({
      configFile: false,
      logLevel: 'error',
      build: { ssr: entry, outDir: out, target: 'node20', rolldownOptions: { output: { entryFileNames: 'ca.mjs' } } },
      ssr: { noExternal: true },
    });
    const script = `
      import { openAuthority } from ${JSON.stringify(join(out, 'ca.mjs'))};
      process.umask(0);
      const opened = await openAuthority({ folder: process.argv[1], machine: 'test', nowMs: Date.now() });
      console.log(opened.ok ? opened.value.authority.describe().fingerprintSha256 : '', JSON.stringify(opened.value?.warnings ?? opened));`;
    for (let round = 0; round < 3; round += 1) {
      const folder = certificateFolder();
      const processes = Array.from({ length: 4 }, () =>
        ended(process.execPath, ['--input-type=module', '-e', script, folder]),
      );
      const outputs = (await Promise.all(processes)).map(({ out: text, err }) => text + err);
      expect(new Set(outputs)).toEqual(
        new Set([`${new X509Certificate(textIn(folder, 'ca.pem')).fingerprint256} []\n`]),
      );
      expect(modeOf(join(folder, 'ca-key.pem'))).toBe('600');
    }
  });
});

describe('an authority that is there', () => {
  it.each([
    ['ca.pem', '', 'ca.pem holds no certificate that can be read'],
    [
      'ca.pem',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      'ca.pem holds no certificate that can be read',
    ],
    ['ca.pem', 'x'.repeat(1024 * 1024 + 1), 'ca.pem: it is larger than 1 MiB'],
    ['ca-key.pem', '', 'ca-key.pem holds no private key that can be read'],
    ['ca-key.pem', '\0\xff', 'ca-key.pem holds no private key that can be read'],
  ])('is refused when %s is broken, and stays as it is', async (name, text, reason) => {
    const folder = certificateFolder();
    await openedIn(folder);
    writeFileSync(join(folder, name), text);
    expect(await reasonFor(folder)).toBe(reason);
  });

  it('is refused without its key', async () => {
    const folder = certificateFolder();
    await openedIn(folder);
    rmSync(join(folder, 'ca-key.pem'));
    expect(await reasonFor(folder)).toBe('ca-key.pem: there is no such file');
  });

  it('is refused with the key of another', async () => {
    const folder = certificateFolder();
    const other = certificateFolder();
    await openedIn(folder);
    await openedIn(other);
    writeFileSync(join(folder, 'ca-key.pem'), textIn(other, 'ca-key.pem'));
    expect(await reasonFor(folder)).toBe('the key in ca-key.pem is not the one of ca.pem');
  });

  it('is refused with a key of another kind', async () => {
    const folder = certificateFolder();
    await openedIn(folder);
    openssl('genpkey', '-algorithm', 'ed25519', '-out', join(folder, 'ca-key.pem'));
    expect(await reasonFor(folder)).toBe('the key in ca-key.pem is not an ECDSA key on P-256');
  });

  it('is refused when its certificate is that of a server', async () => {
    const folder = certificateFolder();
    const files = selfSigned(folder, 'server', '-addext', 'basicConstraints=critical,CA:FALSE', '-days', '2');
    writeFileSync(join(folder, 'ca.pem'), readFileSync(files.certificatePath));
    writeFileSync(join(folder, 'ca-key.pem'), readFileSync(files.keyPath), { mode: 0o600 });
    expect(await reasonFor(folder)).toBe('ca.pem is not the certificate of an authority');
  });

  it('is refused after its end and before its beginning', async () => {
    const folder = certificateFolder();
    await openedIn(folder, Date.UTC(2026, 0, 10));
    expect(await reasonFor(folder, Date.UTC(2036, 0, 7))).toBe('none');
    expect(await reasonFor(folder, Date.UTC(2036, 0, 9))).toBe('ca.pem expired on 2036-01-08');
    expect(await reasonFor(folder, Date.UTC(2026, 0, 10) - 3 * DAY_MS)).toBe('ca.pem is not valid before 2026-01-08');
  });

  it('is refused when a folder stands in place of a file', async () => {
    const folder = certificateFolder();
    mkdirSync(join(folder, 'ca.pem'));
    const opened = await openAuthority({ folder, machine: 'test', nowMs: Date.now() });
    expect(opened).toMatchObject({ ok: false, error: { detail: { reason: 'ca.pem: it is not a regular file' } } });
    expect(existsSync(join(folder, 'ca-key.pem'))).toBe(false);
  });

  it('has a key shut that others could read, and says so once', async () => {
    const folder = certificateFolder();
    await openedIn(folder);
    chmodSync(join(folder, 'ca-key.pem'), 0o644);
    const detail = { path: join(folder, 'ca-key.pem'), mode: '644' };
    expect((await openedIn(folder)).warnings).toEqual([{ code: 'TLS_CA_KEY_EXPOSED', detail }]);
    expect(modeOf(join(folder, 'ca-key.pem'))).toBe('600');
    expect((await openedIn(folder)).warnings).toEqual([]);
  });
});
