/**
 * Why a TLS handshake failed, as one of our codes: read off the error that Node's TLS ends it with. Pure.
 *
 * Node names such errors `ERR_SSL_` and OpenSSL's reason; Electron's Node has BoringSSL, whose reasons are spelled the
 * same but for those marked. A reason with ALERT in it is what the other side said, one without what we found ourselves.
 */
import type { ErrorCode, Failure } from '../contract/errors';
import { RefusedServerName } from './server-identity';

type Codes = Readonly<Record<string, ErrorCode>>;

const CLIENT: Codes = {
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'TLS_CLIENT_DISTRUSTS',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'TLS_CLIENT_DISTRUSTS',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'TLS_CLIENT_DISTRUSTS',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'TLS_CLIENT_DISTRUSTS',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'TLS_CLIENT_DISTRUSTS',
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: 'TLS_CLIENT_DISTRUSTS',
  ERR_SSL_TLSV1_ALERT_ACCESS_DENIED: 'TLS_CLIENT_DISTRUSTS',

  ERR_SSL_NO_APPLICATION_PROTOCOL: 'TLS_CLIENT_ALPN',

  ERR_SSL_UNSUPPORTED_PROTOCOL: 'TLS_CLIENT_VERSION',
  ERR_SSL_UNKNOWN_PROTOCOL: 'TLS_CLIENT_VERSION',
  ERR_SSL_VERSION_TOO_LOW: 'TLS_CLIENT_VERSION',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'TLS_CLIENT_VERSION',

  ERR_SSL_NO_SHARED_CIPHER: 'TLS_CLIENT_CIPHERS',
  ERR_SSL_NO_SHARED_GROUP: 'TLS_CLIENT_CIPHERS',
  ERR_SSL_NO_SUITABLE_KEY_SHARE: 'TLS_CLIENT_CIPHERS',
  ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM: 'TLS_CLIENT_CIPHERS',
  ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS: 'TLS_CLIENT_CIPHERS',
  // BoringSSL.
  ERR_SSL_NO_COMMON_SIGNATURE_ALGORITHMS: 'TLS_CLIENT_CIPHERS',

  ERR_SSL_HTTP_REQUEST: 'TLS_CLIENT_PLAIN',
  ERR_SSL_HTTPS_PROXY_REQUEST: 'TLS_CLIENT_PLAIN',
  ERR_SSL_WRONG_VERSION_NUMBER: 'TLS_CLIENT_PLAIN',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'TLS_CLIENT_PLAIN',
  ERR_SSL_BAD_RECORD_TYPE: 'TLS_CLIENT_PLAIN',

  ERR_TLS_HANDSHAKE_TIMEOUT: 'TLS_CLIENT_SLOW',

  ECONNRESET: 'TLS_CLIENT_LEFT',
  EPIPE: 'TLS_CLIENT_LEFT',
  ERR_SSL_TLSV1_ALERT_USER_CANCELLED: 'TLS_CLIENT_LEFT',
  ERR_SSL_UNEXPECTED_EOF_WHILE_READING: 'TLS_CLIENT_LEFT',
};

const UPSTREAM: Codes = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS_UPSTREAM_SELF_SIGNED',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS_UPSTREAM_SELF_SIGNED',

  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS_UPSTREAM_UNTRUSTED',
  UNABLE_TO_GET_ISSUER_CERT: 'TLS_UPSTREAM_UNTRUSTED',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'TLS_UPSTREAM_UNTRUSTED',
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: 'TLS_UPSTREAM_UNTRUSTED',
  CERT_SIGNATURE_FAILURE: 'TLS_UPSTREAM_UNTRUSTED',
  CERT_CHAIN_TOO_LONG: 'TLS_UPSTREAM_UNTRUSTED',
  CERT_REVOKED: 'TLS_UPSTREAM_UNTRUSTED',
  CERT_UNTRUSTED: 'TLS_UPSTREAM_UNTRUSTED',
  CERT_REJECTED: 'TLS_UPSTREAM_UNTRUSTED',
  INVALID_CA: 'TLS_UPSTREAM_UNTRUSTED',
  INVALID_PURPOSE: 'TLS_UPSTREAM_UNTRUSTED',
  PATH_LENGTH_EXCEEDED: 'TLS_UPSTREAM_UNTRUSTED',

  CERT_HAS_EXPIRED: 'TLS_UPSTREAM_DATES',
  CERT_NOT_YET_VALID: 'TLS_UPSTREAM_DATES',

  HOSTNAME_MISMATCH: 'TLS_UPSTREAM_NAME',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS_UPSTREAM_NAME',

  ERR_SSL_WRONG_VERSION_NUMBER: 'TLS_UPSTREAM_PLAIN',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'TLS_UPSTREAM_PLAIN',
  ERR_SSL_HTTP_REQUEST: 'TLS_UPSTREAM_PLAIN',

  ERR_SSL_UNSUPPORTED_PROTOCOL: 'TLS_UPSTREAM_VERSION',
  ERR_SSL_WRONG_SSL_VERSION: 'TLS_UPSTREAM_VERSION',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'TLS_UPSTREAM_VERSION',

  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'TLS_UPSTREAM_ALPN',

  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'TLS_UPSTREAM_WANTS_CERTIFICATE',
  // BoringSSL.
  ERR_SSL_TLSV1_ALERT_CERTIFICATE_REQUIRED: 'TLS_UPSTREAM_WANTS_CERTIFICATE',

  ECONNRESET: 'TLS_UPSTREAM_CLOSED',
  EPIPE: 'TLS_UPSTREAM_CLOSED',
  ERR_SSL_UNEXPECTED_EOF_WHILE_READING: 'TLS_UPSTREAM_CLOSED',
};

const MAX_REASON_CHARS = 200;

interface TlsError extends Error {
  readonly code?: string;
  /** OpenSSL's words, or those of Node about the names in a certificate. */
  readonly reason?: string;
}

/** The other side's certificate may be quoted in it: what is no plain character goes. */
const plain = (text: string): string => text.replace(/[^ -~]/g, '?').slice(0, MAX_REASON_CHARS);

function reasonOf(error: TlsError | null): string {
  if (error === null) return 'without a word';
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return 'it was cut';
  return plain(error.reason ?? error.message);
}

const named = (codes: Codes, name: string | undefined): ErrorCode | undefined =>
  name !== undefined && Object.hasOwn(codes, name) ? codes[name] : undefined;

const codeOf = (codes: Codes, error: TlsError): ErrorCode | undefined => named(codes, error.code);

/**
 * Why the handshake with a client failed: the error its socket ended with before it was secure, or null where it ended
 * without one.
 */
export function clientHandshakeFailure(error: Error | null): Failure {
  if (error instanceof RefusedServerName) return error.failure;
  const reason = reasonOf(error);
  const code = error === null ? 'TLS_CLIENT_LEFT' : codeOf(CLIENT, error);
  return { code: code ?? 'TLS_CLIENT_FAILED', detail: { reason } };
}

/** A client that ended, with or without an error, when its socket was secure and nothing had come of it. */
export const clientQuitAfterHandshake = (): Failure => ({ code: 'TLS_CLIENT_QUIT' });

/** Why a certificate would have been refused that was taken unverified: by the name that Node gives its problem. */
export const distrustOf = (problem: string): ErrorCode => named(UPSTREAM, problem) ?? 'TLS_UPSTREAM_UNTRUSTED';

/** Why the handshake with an upstream server failed; `server` names it. */
export function upstreamHandshakeFailure(error: Error | null, server: string): Failure {
  const reason = reasonOf(error);
  const code = error === null ? 'TLS_UPSTREAM_CLOSED' : codeOf(UPSTREAM, error);
  return { code: code ?? 'TLS_UPSTREAM_FAILED', detail: { server, reason } };
}
