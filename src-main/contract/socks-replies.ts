/**
 * What a SOCKS5 server replies with (RFC 1928 §6). Such a code stands where that of an HTTP reply does: a status of HTTP
 * is 100 or more, so that the two cannot be taken for one another.
 */
export const SOCKS_REPLIES = {
  succeeded: 0,
  failed: 1,
  notAllowed: 2,
  networkUnreachable: 3,
  hostUnreachable: 4,
  refused: 5,
  timedOut: 6,
  commandUnsupported: 7,
  addressUnsupported: 8,
} as const;
export type SocksReply = (typeof SOCKS_REPLIES)[keyof typeof SOCKS_REPLIES];

/** As the RFC calls them. */
const NAMES: Readonly<Record<SocksReply, string>> = {
  0: 'succeeded',
  1: 'general SOCKS server failure',
  2: 'connection not allowed by ruleset',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'TTL expired',
  7: 'command not supported',
  8: 'address type not supported',
};

const LEAST_HTTP_STATUS = 100;

export const isSocksReply = (status: number): status is SocksReply => status < LEAST_HTTP_STATUS;

/** `REP 5 (connection refused)`: REP is the field of the reply that the code stands in. */
export const socksReplyWords = (reply: SocksReply): string => `REP ${reply} (${NAMES[reply]})`;
