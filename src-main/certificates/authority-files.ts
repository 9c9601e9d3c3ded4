/**
 * The local authority in its folder: `ca-key.pem`, which nobody else may read, and `ca.pem`, which clients are given.
 *
 * Both are made once. What is there is never overwritten: a file that cannot be used is a failure that names it, since
 * clients trust the certificate and a new one would fail them without a word.
 *
 * Several processes may start at once. Each writes its files whole under a name of its own and links them to the final
 * one, which fails where that exists (a rename, as write-file-atomic does it, would replace it): the first wins, and
 * all go on with what is there. The key comes first, and the certificate is made for the key that won, so no certificate
 * ever stands beside a key that does not fit; a process that died in between left a key that the next one goes on with.
 *
 * A folder made here is for its owner alone; one that was there keeps its mode.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { chmod, link, mkdir, open, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fail, ok, type Failure, type Result } from '../contract/errors';
import { CertificateAuthority, makeAuthorityCertificate } from './certificate-authority';
import { readPemFile, reasonOf } from './pem-file';

const CERTIFICATE_FILE = 'ca.pem';
const KEY_FILE = 'ca-key.pem';

const FOLDER_MODE = 0o700;
const CERTIFICATE_MODE = 0o644;
const KEY_MODE = 0o600;
/** What a group and others may do. */
const OTHERS = 0o077;

const CURVE = 'prime256v1';

export interface AuthorityPlace {
  readonly folder: string;
  /** The name of this computer, which goes into the name of a new authority. */
  readonly machine: string;
  readonly nowMs: number;
}

export interface OpenedAuthority {
  readonly authority: CertificateAuthority;
  /** Made just now: no client trusts it yet. */
  readonly isNew: boolean;
  /** What was wrong and has been mended. */
  readonly warnings: readonly Failure[];
}

interface Paths {
  readonly folder: string;
  readonly certificate: string;
  readonly key: string;
}

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
const isThereAlready = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST';

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    // What cannot be looked at is there for all we know: reading it will tell what is wrong.
    return !isMissing(error);
  }
}

/** Puts a file where none is, whole or not at all. False where one is already. */
async function place(path: string, text: string, mode: number): Promise<boolean> {
  const own = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    // The mode holds from the moment the file exists.
    const file = await open(own, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(own, path);
    return true;
  } catch (error) {
    if (isThereAlready(error)) return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** The private key in a PEM text, or what is wrong with it. */
function parseKey(pem: string): KeyObject | string {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return `${KEY_FILE} holds no private key that can be read`;
  }
  const isP256 = key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === CURVE;
  return isP256 ? key : `the key in ${KEY_FILE} is not an ECDSA key on P-256`;
}

function newKeyPem(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: CURVE });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

const unusable = (paths: Paths, reason: string) => fail('TLS_CA_UNUSABLE', { path: paths.folder, reason });

async function readKey(paths: Paths): Promise<Result<KeyObject>> {
  const text = await readPemFile(paths.key);
  if (!text.ok) return unusable(paths, `${KEY_FILE}: ${text.error.detail?.['reason']}`);
  const key = parseKey(text.value);
  return typeof key === 'string' ? unusable(paths, key) : ok(key);
}

/** Makes what is missing. The value tells whether the certificate is ours. */
async function makeMissing(paths: Paths, { machine, nowMs }: AuthorityPlace): Promise<Result<boolean>> {
  // A certificate without its key is not made whole by a new key, which would not fit.
  if (await exists(paths.certificate)) return ok(false);
  try {
    await mkdir(paths.folder, { recursive: true, mode: FOLDER_MODE });
    if (!(await exists(paths.key))) await place(paths.key, newKeyPem(), KEY_MODE);
    const key = await readKey(paths);
    if (!key.ok) return key;
    const keys = { privateKey: key.value, publicKey: createPublicKey(key.value) };
    const pem = makeAuthorityCertificate(keys, machine, nowMs);
    return ok(await place(paths.certificate, pem, CERTIFICATE_MODE));
  } catch (error) {
    return fail('TLS_CA_WRITE_FAILED', { path: paths.folder, reason: reasonOf(error) });
  }
}

function parseCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

const dayOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);

/** Why the certificate is not that of the authority with this key, at this time. */
function problemOf(certificate: X509Certificate, key: KeyObject, nowMs: number): string | null {
  if (!certificate.checkPrivateKey(key)) return `the key in ${KEY_FILE} is not the one of ${CERTIFICATE_FILE}`;
  if (!certificate.ca) return `${CERTIFICATE_FILE} is not the certificate of an authority`;
  if (!certificate.verify(certificate.publicKey)) return `${CERTIFICATE_FILE} is not signed by its own key`;
  const [fromMs, untilMs] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (nowMs >= untilMs) return `${CERTIFICATE_FILE} expired on ${dayOf(untilMs)}`;
  return nowMs < fromMs ? `${CERTIFICATE_FILE} is not valid before ${dayOf(fromMs)}` : null;
}

/** Windows has no modes: the folder is inside the user's profile, which others cannot read. */
const hasModes = process.platform !== 'win32';

/** Shuts a key that others may read, and tells so: it may have been read. */
async function shutKey(paths: Paths): Promise<Result<readonly Failure[]>> {
  if (!hasModes) return ok([]);
  try {
    const { mode } = await stat(paths.key);
    if ((mode & OTHERS) === 0) return ok([]);
    await chmod(paths.key, KEY_MODE);
    return ok([{ code: 'TLS_CA_KEY_EXPOSED', detail: { path: paths.key, mode: (mode & 0o777).toString(8) } }]);
  } catch (error) {
    return unusable(paths, `others may read ${KEY_FILE}, and that cannot be changed: ${reasonOf(error)}`);
  }
}

async function load(paths: Paths, nowMs: number, isNew: boolean): Promise<Result<OpenedAuthority>> {
  const text = await readPemFile(paths.certificate);
  if (!text.ok) return unusable(paths, `${CERTIFICATE_FILE}: ${text.error.detail?.['reason']}`);
  const certificate = parseCertificate(text.value);
  if (certificate === null) return unusable(paths, `${CERTIFICATE_FILE} holds no certificate that can be read`);
  const key = await readKey(paths);
  if (!key.ok) return key;
  const problem = problemOf(certificate, key.value, nowMs);
  if (problem !== null) return unusable(paths, problem);
  const warnings = await shutKey(paths);
  if (!warnings.ok) return warnings;
  const authority = new CertificateAuthority(certificate, key.value, paths.certificate);
  return ok({ authority, isNew, warnings: warnings.value });
}

/**
 * The authority kept in a folder, made there where it is missing. Fails with `TLS_CA_UNUSABLE` where something is there
 * that cannot be used, and with `TLS_CA_WRITE_FAILED`.
 */
export async function openAuthority(at: AuthorityPlace): Promise<Result<OpenedAuthority>> {
  const folder = resolve(at.folder);
  const paths = { folder, certificate: join(folder, CERTIFICATE_FILE), key: join(folder, KEY_FILE) };
  const made = await makeMissing(paths, at);
  return made.ok ? load(paths, at.nowMs, made.value) : made;
}
