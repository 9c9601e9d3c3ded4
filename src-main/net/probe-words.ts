/** What an active check met, in few words. What a server says of itself is cut and made plain first. */
import type { Fault } from '../http1/events';
import { upstreamHandshakeFailure } from '../certificates/handshake-failures';

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EADDRNOTAVAIL: 'address not available',
  ENOTFOUND: 'host name unknown',
  EAI_AGAIN: 'host name lookup failed',
  EACCES: 'not permitted',
  EPERM: 'not permitted',
  EMFILE: 'too many open files',
};

/** OpenSSL calls it a wrong version number. */
const PLAIN = 'it does not speak TLS';

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? '';

/** `isSecuring`: TCP was there and the TLS handshake was not complete. */
export function errorWords(error: Error, isSecuring: boolean): string {
  if (isSecuring) {
    const failure = upstreamHandshakeFailure(error, '');
    return `TLS: ${failure.code === 'TLS_UPSTREAM_PLAIN' ? PLAIN : String(failure.detail?.['reason'])}`;
  }
  const code = codeOf(error);
  return WORDS[code] ?? (/^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : 'connection failed');
}

export const faultWords = ({ code, detail }: Fault): string =>
  code === 'LIM_HEAD_BYTES' ? `a head of more than ${String(detail?.['limit'])} bytes` : 'no HTTP';
