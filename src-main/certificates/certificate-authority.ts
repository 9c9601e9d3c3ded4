/**
 * The local certificate authority: makes its own certificate, and certificates of hosts below it.
 *
 * A client that trusts it believes every certificate it signs, so it signs only for a host that was checked
 * (`CertificateHost`), only for servers (RFC 5280 §4.2.1.12), and no authority below it (path length 0).
 */
import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  type Extension,
  type Name,
} from '@peculiar/asn1-x509';
import type { CaDescription } from '../contract/ca-install';
import type { CertificateHost } from './certificate-host';
import {
  distinguishedName,
  extension,
  MAX_COMMON_NAME_CHARS,
  signCertificate,
  subjectKeyOf,
  type SubjectKey,
} from './signing';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Clients whose clock is behind by less take a certificate made just now. */
const SKEW_MS = 2 * DAY_MS;
/** Whoever has told a dozen clients to trust it does not want to do so every year. */
const AUTHORITY_VALID_MS = 10 * 365 * DAY_MS;
/**
 * The longest browsers take from a public authority is 398 days (CA/Browser Forum baseline requirements §6.3.2), by
 * the count of seconds; some hold local ones to it too.
 */
const LEAF_VALID_MS = 397 * DAY_MS - 1000;

const ORGANIZATION = 'Bytescope';
const MAX_MACHINE_CHARS = 30;

/** `Bytescope local CA (laptop 2026-11-26)`: tells two of them apart in a list. */
function authorityName(machine: string, nowMs: number): string {
  const plain = machine.replace(/[^\w.-]/g, '-').slice(0, MAX_MACHINE_CHARS);
  return `Bytescope local CA (${plain} ${new Date(nowMs).toISOString().slice(0, 10)})`;
}

const keyId = (key: SubjectKey): Extension =>
  extension(id_ce_subjectKeyIdentifier, false, new SubjectKeyIdentifier(key.id));

export interface AuthorityKeys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** The certificate of a new authority, as PEM. `machine` is the name of the computer it is made on. */
export function makeAuthorityCertificate(keys: AuthorityKeys, machine: string, nowMs: number): string {
  const name = distinguishedName({ organization: ORGANIZATION, common: authorityName(machine, nowMs) });
  const key = subjectKeyOf(keys.publicKey);
  return signCertificate(
    {
      subject: name,
      issuer: name,
      key,
      fromMs: nowMs - SKEW_MS,
      untilMs: nowMs + AUTHORITY_VALID_MS,
      extensions: [
        extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: true, pathLenConstraint: 0 })),
        extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign)),
        keyId(key),
      ],
    },
    keys.privateKey,
  );
}

/** The same in every certificate of a host. */
const LEAF_EXTENSIONS: readonly Extension[] = [
  extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: false })),
  extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.digitalSignature)),
  extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage([id_kp_serverAuth])),
];

const alternativeName = (host: CertificateHost): GeneralName =>
  host.kind === 'name' ? new GeneralName({ dNSName: host.text }) : new GeneralName({ iPAddress: host.full });

export interface IssuedCertificate {
  readonly pem: string;
  readonly untilMs: number;
}

export class CertificateAuthority {
  readonly pem: string;
  readonly #name: Name;
  readonly #keyId: Extension;
  readonly #fromMs: number;
  readonly #untilMs: number;

  /** `key` belongs to the certificate; `path` is where that is kept, absolute. */
  constructor(
    private readonly certificate: X509Certificate,
    private readonly key: KeyObject,
    private readonly path: string,
  ) {
    const { subject, extensions } = AsnConvert.parse(certificate.raw, Certificate).tbsCertificate;
    const own = extensions?.find(({ extnID }) => extnID === id_ce_subjectKeyIdentifier);
    const ownId = own === undefined ? null : AsnConvert.parse(own.extnValue, SubjectKeyIdentifier).buffer;
    const keyIdentifier = new KeyIdentifier(ownId ?? subjectKeyOf(certificate.publicKey).id);
    this.#keyId = extension(id_ce_authorityKeyIdentifier, false, new AuthorityKeyIdentifier({ keyIdentifier }));
    this.#name = subject;
    this.#fromMs = Date.parse(certificate.validFrom);
    this.#untilMs = Date.parse(certificate.validTo);
    this.pem = certificate.toString();
  }

  /** A certificate for one host and the key given. Takes about a millisecond, at once. */
  issue(host: CertificateHost, key: SubjectKey, nowMs: number): IssuedCertificate {
    const fromMs = Math.max(nowMs - SKEW_MS, this.#fromMs);
    const untilMs = Math.min(fromMs + LEAF_VALID_MS, this.#untilMs);
    const isNamed = host.text.length <= MAX_COMMON_NAME_CHARS;
    const pem = signCertificate(
      {
        subject: distinguishedName({ organization: null, common: isNamed ? host.text : null }),
        issuer: this.#name,
        key,
        fromMs,
        untilMs,
        extensions: [
          ...LEAF_EXTENSIONS,
          // Critical where it is all that says whose certificate this is (RFC 5280 §4.2.1.6).
          extension(id_ce_subjectAltName, !isNamed, new SubjectAlternativeName([alternativeName(host)])),
          this.#keyId,
          keyId(key),
        ],
      },
      this.key,
    );
    return { pem, untilMs };
  }

  /** What the page and the command line show of it. */
  describe(): CaDescription {
    const keyInfo = this.certificate.publicKey.export({ type: 'spki', format: 'der' });
    return {
      pem: this.pem,
      path: this.path,
      subject: this.certificate.subject.split('\n').join(', '),
      fingerprintSha256: this.certificate.fingerprint256,
      fingerprintSha1: this.certificate.fingerprint.replaceAll(':', ''),
      spkiSha256: createHash('sha256').update(keyInfo).digest('base64'),
      notAfterMs: this.#untilMs,
    };
  }
}
