/**
 * A certificate and a TLS context for every host that a client asks for, signed by the local authority when the first
 * one asks. All of a run have one key pair: making a key for each would buy nothing, they all lie in this process.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { fail, ok, type Result } from '../contract/errors';
import type { CertificateAuthority } from './certificate-authority';
import { hostKey, parseCertificateHost, type CertificateHost } from './certificate-host';
import { CONTEXT_OPTIONS, type ServerIdentity } from './server-identity';
import { subjectKeyOf } from './signing';

/** The hosts asked for last that are kept. A context holds some 40 KB; a browser that starts asks for about a hundred. */
export const MAX_CONTEXTS = 500;
/** A certificate is made anew a day before it ends: no connection outlives it that began under it. */
const RENEW_BEFORE_MS = 24 * 60 * 60 * 1000;
/** What a host name off the wire may take of a message. */
const MAX_SHOWN_CHARS = 100;

interface Kept {
  readonly context: SecureContext;
  readonly untilMs: number;
}

export class SecureContexts implements ServerIdentity {
  /** In the order they were last asked for. */
  readonly #kept = new Map<string, Kept>();
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  readonly #subjectKey = subjectKeyOf(this.#keys.publicKey);
  readonly #keyPem = this.#keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

  constructor(
    private readonly authority: CertificateAuthority,
    private readonly nowMs: () => number,
  ) {}

  get size(): number {
    return this.#kept.size;
  }

  /** For a host as it stands in SNI or CONNECT. Fails with `TLS_HOST` where no certificate is made for such a name. */
  contextFor(text: string): Result<SecureContext> {
    const host = parseCertificateHost(text);
    if (host === null) return fail('TLS_HOST', { host: text.slice(0, MAX_SHOWN_CHARS) });
    const key = hostKey(host);
    const known = this.#kept.get(key);
    const isGood = known !== undefined && this.nowMs() < known.untilMs - RENEW_BEFORE_MS;
    const kept = isGood ? known : this.#make(host);
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    if (this.#kept.size > MAX_CONTEXTS) this.#kept.delete(this.#kept.keys().next().value ?? '');
    return ok(kept.context);
  }

  #make(host: CertificateHost): Kept {
    const { pem, untilMs } = this.authority.issue(host, this.#subjectKey, this.nowMs());
    // The authority goes along: a client that does not know it can then say so, and be told by its hash to trust it.
    const cert = `${pem}${this.authority.pem}`;
    return { context: createSecureContext({ ...CONTEXT_OPTIONS, cert, key: this.#keyPem }), untilMs };
  }
}
