/** Why a connection is closed, by code (RFC 6455 §7.4; IANA, "WebSocket Close Code Number Registry"). */

/** As the registry has them; those that RFC 6455 §7.4.1 keeps from the wire are among them. */
export const CLOSE_CODES: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1004: 'reserved',
  1005: 'no status received',
  1006: 'abnormal closure',
  1007: 'invalid frame payload data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'mandatory extension',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
  1015: 'TLS handshake',
  3000: 'unauthorized',
  3003: 'forbidden',
  3008: 'timeout',
};

/** Said to the application when no code came, and never sent; 1004 has no meaning. */
const NEVER_SENT: ReadonlySet<number> = new Set([1004, 1005, 1006, 1015]);
const LAST_OF_PROTOCOL = 1014;

/** 1000 to 2999 are of the protocol, 3000 to 3999 of libraries, 4000 to 4999 of applications (RFC 6455 §7.4.2). */
export const mayBeSent = (code: number): boolean =>
  (code >= 1000 && code <= LAST_OF_PROTOCOL && !NEVER_SENT.has(code)) || (code >= 3000 && code <= 4999);

/** What a code means; null where only those who use it know. */
export const closeCodeName = (code: number): string | null => CLOSE_CODES[code] ?? null;
