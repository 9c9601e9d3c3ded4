/** What a client cannot ask a proxy for: of the forward and SOCKS modes (`FWD_`), and in the words of SOCKS5 (`SOCKS_`). */
import type { ErrorEntry } from '../error-entry';

export const FORWARD_ERRORS = {
  FWD_NOT_ABSOLUTE: {
    status: 400,
    title: 'A request to a forward proxy has to name a whole http:// URL.',
    hint: 'Set this address as the proxy of the client (curl -x); to see it answer by itself, choose the server mode.',
    rfc: 'RFC 9112 §3.2.2',
  },
  FWD_SCHEME: {
    status: 400,
    title: 'The scheme of the URL is not http.',
    hint: 'Clients reach https:// through CONNECT.',
    rfc: 'RFC 9110 §7.4',
  },
  FWD_HOST: {
    status: 400,
    title: 'The host or port asked for is none.',
    hint: 'Write host:port with a port from 1 to 65535.',
    rfc: 'RFC 9112 §3.2.3',
  },
  FWD_CLIENT: {
    status: 403,
    title: 'The client {client} may not use this proxy.',
    hint: 'Add its address or range to the allow list (--allow).',
  },
  FWD_PRIVATE: {
    status: 403,
    title: 'The address asked for is a private one, which clients from elsewhere may not reach.',
    hint: 'Allow private addresses (--allow-private) where that is meant.',
  },
  FWD_LOOP: {
    status: 508,
    title: 'The address asked for is the one this proxy listens on.',
    hint: 'See why the client asks a proxy for itself.',
  },
  SOCKS_VERSION: {
    status: null,
    title: 'The client does not speak SOCKS5.',
    hint: 'Let it use SOCKS5 (curl --socks5), or choose another mode.',
    rfc: 'RFC 1928 §3',
  },
  SOCKS_METHOD: {
    status: null,
    title: 'The client offers no way in that needs no password.',
    hint: 'Let it offer "no authentication".',
    rfc: 'RFC 1928 §3',
  },
  SOCKS_COMMAND: {
    status: null,
    title: 'The client asked for something else than CONNECT.',
    hint: 'BIND and UDP are not passed on.',
    rfc: 'RFC 1928 §4',
  },
  SOCKS_ADDRESS: {
    status: null,
    title: 'The address asked for is none.',
    hint: 'Send an IPv4 address, an IPv6 address or a host name, and a port from 1 to 65535.',
    rfc: 'RFC 1928 §5',
  },
  SOCKS_INCOMPLETE: {
    status: null,
    title: 'The client closed in the middle of its SOCKS5 request.',
    hint: 'See why it gave up.',
    rfc: 'RFC 1928 §4',
  },
} as const satisfies Record<string, ErrorEntry>;
