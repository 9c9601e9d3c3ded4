/** What the numbers of TLS are called: the IANA registries as far as clients use them, one table each. */
import { CIPHER_SUITES } from './cipher-suites';
import { EXTENSION_RULES, EXTENSIONS } from './extensions';

export { CIPHER_SUITES, EXTENSION_RULES, EXTENSIONS };

export const VERSIONS: Readonly<Record<number, string>> = {
  0x0300: 'SSL 3.0',
  0x0301: 'TLS 1.0',
  0x0302: 'TLS 1.1',
  0x0303: 'TLS 1.2',
  0x0304: 'TLS 1.3',
};

export const CONTENT_TYPES: Readonly<Record<number, string>> = {
  20: 'change_cipher_spec',
  21: 'alert',
  22: 'handshake',
  23: 'application_data',
  24: 'heartbeat',
};

export const NAMED_GROUPS: Readonly<Record<number, string>> = {
  0x0001: 'sect163k1',
  0x0003: 'sect163r2',
  0x0006: 'sect233k1',
  0x0007: 'sect233r1',
  0x0009: 'sect283k1',
  0x000a: 'sect283r1',
  0x000b: 'sect409k1',
  0x000c: 'sect409r1',
  0x000d: 'sect571k1',
  0x000e: 'sect571r1',
  0x0010: 'secp160r1',
  0x0012: 'secp192k1',
  0x0013: 'secp192r1',
  0x0014: 'secp224k1',
  0x0015: 'secp224r1',
  0x0016: 'secp256k1',
  0x0017: 'secp256r1',
  0x0018: 'secp384r1',
  0x0019: 'secp521r1',
  0x001a: 'brainpoolP256r1',
  0x001b: 'brainpoolP384r1',
  0x001c: 'brainpoolP512r1',
  0x001d: 'x25519',
  0x001e: 'x448',
  0x001f: 'brainpoolP256r1tls13',
  0x0020: 'brainpoolP384r1tls13',
  0x0021: 'brainpoolP512r1tls13',
  0x0029: 'curveSM2',
  0x0100: 'ffdhe2048',
  0x0101: 'ffdhe3072',
  0x0102: 'ffdhe4096',
  0x0103: 'ffdhe6144',
  0x0104: 'ffdhe8192',
  0x0200: 'MLKEM512',
  0x0201: 'MLKEM768',
  0x0202: 'MLKEM1024',
  0x11eb: 'SecP256r1MLKEM768',
  0x11ec: 'X25519MLKEM768',
  0x11ed: 'SecP384r1MLKEM1024',
  0x6399: 'X25519Kyber768Draft00',
};

export const SIGNATURE_SCHEMES: Readonly<Record<number, string>> = {
  0x0201: 'rsa_pkcs1_sha1',
  0x0202: 'dsa_sha1',
  0x0203: 'ecdsa_sha1',
  0x0301: 'rsa_pkcs1_sha224',
  0x0302: 'dsa_sha224',
  0x0303: 'ecdsa_sha224',
  0x0401: 'rsa_pkcs1_sha256',
  0x0402: 'dsa_sha256',
  0x0403: 'ecdsa_secp256r1_sha256',
  0x0501: 'rsa_pkcs1_sha384',
  0x0502: 'dsa_sha384',
  0x0503: 'ecdsa_secp384r1_sha384',
  0x0601: 'rsa_pkcs1_sha512',
  0x0602: 'dsa_sha512',
  0x0603: 'ecdsa_secp521r1_sha512',
  0x0708: 'sm2sig_sm3',
  0x0804: 'rsa_pss_rsae_sha256',
  0x0805: 'rsa_pss_rsae_sha384',
  0x0806: 'rsa_pss_rsae_sha512',
  0x0807: 'ed25519',
  0x0808: 'ed448',
  0x0809: 'rsa_pss_pss_sha256',
  0x080a: 'rsa_pss_pss_sha384',
  0x080b: 'rsa_pss_pss_sha512',
  0x081a: 'ecdsa_brainpoolP256r1tls13_sha256',
  0x081b: 'ecdsa_brainpoolP384r1tls13_sha384',
  0x081c: 'ecdsa_brainpoolP512r1tls13_sha512',
  0x0904: 'mldsa44',
  0x0905: 'mldsa65',
  0x0906: 'mldsa87',
};

export const PSK_MODES: Readonly<Record<number, string>> = { 0: 'psk_ke', 1: 'psk_dhe_ke' };

export const COMPRESSION_METHODS: Readonly<Record<number, string>> = { 0: 'null', 1: 'DEFLATE', 64: 'LZS' };

export const ALERT_LEVELS: Readonly<Record<number, string>> = { 1: 'warning', 2: 'fatal' };

export const ALERTS: Readonly<Record<number, string>> = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  22: 'record_overflow',
  40: 'handshake_failure',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  109: 'missing_extension',
  110: 'unsupported_extension',
  112: 'unrecognized_name',
  113: 'bad_certificate_status_response',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  120: 'no_application_protocol',
};

export const hex4 = (code: number): string => code.toString(16).padStart(4, '0');

/** Values a client sends only to see that servers bear the unknown (RFC 8701): 0x0A0A, 0x1A1A … 0xFAFA. */
export const isGrease = (code: number): boolean => (code & 0x0f0f) === 0x0a0a && code >> 8 === (code & 0xff);

/** The same for the modes of a pre-shared key, which are one byte (RFC 8701 §2): 0x0B, 0x2A … 0xE4. */
export const isGreaseMode = (code: number): boolean => code % 0x1f === 0x0b;

/** A number off the wire with its name. */
export interface Named {
  readonly code: number;
  /** The registered name, `GREASE 0x1A1A`, or the number alone where it has none. */
  readonly name: string;
  readonly isGrease: boolean;
}

/** One kind of number: what its values are called, its size in bytes, and which values stand for nothing. */
export interface Registry {
  readonly names: Readonly<Record<number, string>>;
  readonly width: 1 | 2;
  readonly isGrease: (code: number) => boolean;
}

export const twoBytes = (names: Registry['names']): Registry => ({ names, width: 2, isGrease });
export const oneByte = (names: Registry['names'], isGreaseByte = (_code: number) => false): Registry => ({
  names,
  width: 1,
  isGrease: isGreaseByte,
});

export function named({ names, width, isGrease: isIgnored }: Registry, code: number): Named {
  const known = names[code];
  if (known !== undefined) return { code, name: known, isGrease: false };
  const number = `0x${code
    .toString(16)
    .toUpperCase()
    .padStart(width * 2, '0')}`;
  return isIgnored(code) ? { code, name: `GREASE ${number}`, isGrease: true } : { code, name: number, isGrease: false };
}
