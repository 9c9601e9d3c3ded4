/**
 * X.509 certificates (RFC 5280) as bytes: what goes into one is handed in, the signature is ECDSA with SHA-256
 * (RFC 5758 §3.2). Who signs what is not known here.
 */
import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  Certificate,
  Extension,
  Extensions,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const ID_AT_COMMON_NAME = '2.5.4.3';
const ID_AT_ORGANIZATION = '2.5.4.10';

/** The most a common name may have (RFC 5280 Appendix A.1, ub-common-name). */
export const MAX_COMMON_NAME_CHARS = 64;

/** The longest a serial number may be (RFC 5280 §4.1.2.2). */
const SERIAL_BYTES = 20;
/** RFC 7093 §2, method 1: the leftmost 160 bits of a SHA-256. */
const KEY_ID_BYTES = 20;

export interface CertificatePlan {
  readonly subject: Name;
  readonly issuer: Name;
  readonly key: SubjectKey;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly extensions: readonly Extension[];
}

/** The library wants an ArrayBuffer of its own for each value. */
export const ownBuffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

/** Random, so that two authorities of one name never give out the same number; positive, and without a leading zero. */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return ownBuffer(bytes);
}

const attribute = (type: string, text: string): RelativeDistinguishedName =>
  new RelativeDistinguishedName([new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String: text }) })]);

/** Either may be null; a name of neither is the empty one. */
export function distinguishedName(names: {
  readonly organization: string | null;
  readonly common: string | null;
}): Name {
  const { organization, common } = names;
  return new Name([
    ...(organization === null ? [] : [attribute(ID_AT_ORGANIZATION, organization)]),
    ...(common === null ? [] : [attribute(ID_AT_COMMON_NAME, common)]),
  ]);
}

/** One extension around its value, a class of the library. */
export const extension = (extnID: string, critical: boolean, value: object): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });

/** A public key as it stands in certificates: taken apart once for all that have it. */
export interface SubjectKey {
  readonly info: SubjectPublicKeyInfo;
  /** By which a certificate is found among those of the same name (RFC 5280 §4.2.1.2). */
  readonly id: ArrayBuffer;
}

export function subjectKeyOf(publicKey: KeyObject): SubjectKey {
  const info = AsnConvert.parse(publicKey.export({ type: 'spki', format: 'der' }), SubjectPublicKeyInfo);
  const hash = createHash('sha256').update(new Uint8Array(info.subjectPublicKey)).digest();
  return { info, id: ownBuffer(hash.subarray(0, KEY_ID_BYTES)) };
}

/** RFC 7468 §5.1. */
function certificatePem(der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** The certificate as PEM; `issuerKey` is on P-256. */
export function signCertificate(plan: CertificatePlan, issuerKey: KeyObject): string {
  const algorithm = new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
  const body = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: algorithm,
    issuer: plan.issuer,
    subject: plan.subject,
    validity: new Validity({ notBefore: new Date(plan.fromMs), notAfter: new Date(plan.untilMs) }),
    subjectPublicKeyInfo: plan.key.info,
    extensions: new Extensions([...plan.extensions]),
  });
  const signature = sign('sha256', new Uint8Array(AsnConvert.serialize(body)), issuerKey);
  const signed = new Certificate({
    tbsCertificate: body,
    signatureAlgorithm: algorithm,
    signatureValue: ownBuffer(signature),
  });
  return certificatePem(AsnConvert.serialize(signed));
}
