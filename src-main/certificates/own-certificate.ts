/** A certificate and a key that the person brings along, as PEM files: every way they cannot be used told apart. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { fail, ok, type Failure, type Result } from '../contract/errors';
import { holdsCertificate, holdsPrivateKey, isKeyEncrypted, readPemFile } from './pem-file';
import { CONTEXT_OPTIONS, type ServerIdentity } from './server-identity';

export interface OwnCertificateFiles {
  /** The certificate of the server first, then those between it and its authority. */
  readonly certificatePath: string;
  readonly keyPath: string;
  readonly nowMs: number;
}

/** One certificate for whatever host is asked for: whether it fits is for the client to judge. */
export interface OwnCertificate extends ServerIdentity {
  readonly subject: string;
  readonly fingerprintSha256: string;
  readonly notAfterMs: number;
  /** It works, but clients will not like it. */
  readonly warnings: readonly Failure[];
}

async function readCertificate(path: string): Promise<Result<{ pem: string; certificate: X509Certificate }>> {
  const text = await readPemFile(path);
  if (!text.ok) return text;
  if (!holdsCertificate(text.value)) {
    const found = holdsPrivateKey(text.value) ? 'it holds a private key: are the two swapped?' : 'none begins in it';
    return fail('TLS_NO_CERTIFICATE', { path, reason: found });
  }
  try {
    return ok({ pem: text.value, certificate: new X509Certificate(text.value) });
  } catch {
    return fail('TLS_NO_CERTIFICATE', { path, reason: 'what is between BEGIN and END is damaged' });
  }
}

async function readKey(path: string): Promise<Result<{ pem: string; key: KeyObject }>> {
  const text = await readPemFile(path);
  if (!text.ok) return text;
  if (isKeyEncrypted(text.value)) return fail('TLS_KEY_ENCRYPTED', { path });
  if (!holdsPrivateKey(text.value)) {
    const found = holdsCertificate(text.value) ? 'it holds a certificate: are the two swapped?' : 'none begins in it';
    return fail('TLS_NO_KEY', { path, reason: found });
  }
  try {
    return ok({ pem: text.value, key: createPrivateKey(text.value) });
  } catch {
    return fail('TLS_NO_KEY', { path, reason: 'what is between BEGIN and END is damaged' });
  }
}

function warningsOf(certificate: X509Certificate, path: string, nowMs: number): Failure[] {
  const fromMs = Date.parse(certificate.validFrom);
  const untilMs = Date.parse(certificate.validTo);
  if (nowMs >= fromMs && nowMs < untilMs) return [];
  const [from, until] = [fromMs, untilMs].map((timeMs) => new Date(timeMs).toISOString().slice(0, 10)) as [
    string,
    string,
  ];
  return [{ code: 'TLS_CERTIFICATE_DATES', detail: { path, from, until } }];
}

/** OpenSSL has rules of its own, as how short a key may be. */
function contextOf(path: string, cert: string, key: string): Result<SecureContext> {
  try {
    return ok(createSecureContext({ ...CONTEXT_OPTIONS, cert, key }));
  } catch (error) {
    const { reason, message } = error as Error & { reason?: string };
    return fail('TLS_CERTIFICATE_REFUSED', { path, reason: reason ?? message });
  }
}

/**
 * Fails with `TLS_FILE_UNREADABLE`, `TLS_NO_CERTIFICATE`, `TLS_NO_KEY`, `TLS_KEY_ENCRYPTED`, `TLS_KEY_MISMATCH` or
 * `TLS_CERTIFICATE_REFUSED`; dates that are over are a warning.
 */
export async function readOwnCertificate(files: OwnCertificateFiles): Promise<Result<OwnCertificate>> {
  const { certificatePath, keyPath, nowMs } = files;
  const read = await readCertificate(certificatePath);
  if (!read.ok) return read;
  const key = await readKey(keyPath);
  if (!key.ok) return key;
  const { certificate, pem } = read.value;
  if (!certificate.checkPrivateKey(key.value.key)) {
    return fail('TLS_KEY_MISMATCH', { certificate: certificatePath, key: keyPath });
  }
  const context = contextOf(certificatePath, pem, key.value.pem);
  if (!context.ok) return context;
  return ok({
    contextFor: () => context,
    subject: certificate.subject.split('\n').join(', '),
    fingerprintSha256: certificate.fingerprint256,
    notAfterMs: Date.parse(certificate.validTo),
    warnings: warningsOf(certificate, certificatePath, nowMs),
  });
}
