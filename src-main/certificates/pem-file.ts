/** PEM files (RFC 7468) of people: bounded, and every way of not being one told apart. */
import { readFile, stat } from 'node:fs/promises';
import { fail, ok, type Result } from '../contract/errors';

/** A chain of a dozen large certificates has some 30 KB. */
const MAX_PEM_BYTES = 1024 * 1024;

export const reasonOf = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return code === 'ENOENT' ? 'there is no such file' : code;
};

/** The text of a file. Fails with `TLS_FILE_UNREADABLE`. */
export async function readPemFile(path: string): Promise<Result<string>> {
  try {
    const known = await stat(path);
    // Reading a pipe would wait for whoever writes to it.
    if (!known.isFile()) return fail('TLS_FILE_UNREADABLE', { path, reason: 'it is not a regular file' });
    if (known.size > MAX_PEM_BYTES) return fail('TLS_FILE_UNREADABLE', { path, reason: 'it is larger than 1 MiB' });
    return ok(await readFile(path, 'latin1'));
  } catch (error) {
    return fail('TLS_FILE_UNREADABLE', { path, reason: reasonOf(error) });
  }
}

export const holdsCertificate = (pem: string): boolean => pem.includes('-----BEGIN CERTIFICATE-----');
export const holdsPrivateKey = (pem: string): boolean => /-----BEGIN (?:\w{1,20} ){0,2}PRIVATE KEY-----/.test(pem);
/** PKCS #8 by its label (RFC 7468 §11), the older forms by a line below theirs (RFC 1421 §4.6.1.1). */
export const isKeyEncrypted = (pem: string): boolean =>
  pem.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----') || pem.includes('Proc-Type: 4,ENCRYPTED');
