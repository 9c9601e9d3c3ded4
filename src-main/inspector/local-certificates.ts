/** The local CA of this machine and the certificates people bring along, opened when they are first needed. */
import { hostname } from 'node:os';
import { openAuthority } from '../certificates/authority-files';
import { readOwnCertificate } from '../certificates/own-certificate';
import { SecureContexts } from '../certificates/secure-contexts';
import type { ServerIdentity } from '../certificates/server-identity';
import type { CertificateAuthority } from '../certificates/certificate-authority';
import { ok, type Failure, type Result } from '../contract/errors';
import type { ListenerTls, LocalCa } from '../contract/proxy-state';
import type { Certificates } from './proxy-plan';

export interface LocalCertificatesOptions {
  readonly folder: string;
  readonly nowMs: () => number;
  readonly report: (failure: Failure) => void;
}

interface Opened {
  readonly authority: CertificateAuthority;
  readonly contexts: SecureContexts;
}

export class LocalCertificates implements Certificates {
  #opened: Opened | null = null;

  constructor(private readonly options: LocalCertificatesOptions) {}

  /** Null: the local CA was not needed so far. */
  get contexts(): SecureContexts | null {
    return this.#opened?.contexts ?? null;
  }

  async ca(): Promise<Result<LocalCa>> {
    const opened = await this.#open();
    return opened.ok ? ok(opened.value.authority.describe()) : opened;
  }

  async checkOwn(files: { readonly certificatePath: string; readonly keyPath: string }): Promise<Result<null>> {
    const read = await readOwnCertificate({ ...files, nowMs: this.options.nowMs() });
    return read.ok ? ok(null) : read;
  }

  /** What the listener shows its clients; null: it speaks no TLS. */
  async identityFor(tls: ListenerTls): Promise<Result<ServerIdentity | null>> {
    if (tls.kind === 'off') return ok(null);
    if (tls.kind === 'own') return readOwnCertificate({ ...tls, nowMs: this.options.nowMs() });
    const opened = await this.#open();
    return opened.ok ? ok(opened.value.contexts) : opened;
  }

  async #open(): Promise<Result<Opened>> {
    if (this.#opened !== null) return ok(this.#opened);
    const { folder, nowMs, report } = this.options;
    const opened = await openAuthority({ folder, machine: hostname(), nowMs: nowMs() });
    if (!opened.ok) return opened;
    for (const warning of opened.value.warnings) report(warning);
    const { authority } = opened.value;
    this.#opened ??= { authority, contexts: new SecureContexts(authority, nowMs) };
    return ok(this.#opened);
  }
}
