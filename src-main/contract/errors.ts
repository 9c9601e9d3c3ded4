/**
 * The error catalogue: every failure Bytescope can name, declared once.
 *
 * A code is permanent: it is never renamed and never reused; texts are free to improve. Wire status, window text and
 * command-line text all read this table. Peer faults travel as values `{ code, detail }`; only `BUG_` codes are thrown.
 *
 * `{name}` in a text is filled from the detail that travels with the code.
 *
 * Prefixes: `H1_` HTTP/1.1 bytes, `WS_` WebSocket frames, `LIM_` a limit or deadline, `NET_` listening, `CAP_` the
 * journal, `UP_` a server behind us, `TLS_` certificates and TLS handshakes, `FWD_` what a client may ask a forward
 * proxy for, `SOCKS_` SOCKS5, `CFG_` settings and flags, `CALL_` the contract between page and engine, `BUG_` a broken
 * invariant.
 */

export interface ErrorEntry {
  /** The status the server answers with; null where nothing is sent. */
  readonly status: number | null;
  /** One sentence: what happened. */
  readonly title: string;
  /** One sentence: what to do about it. */
  readonly hint: string;
  /** The rule that was broken, e.g. `RFC 9112 §3.2`. */
  readonly rfc?: string;
}

export const ERRORS = {
  H1_REQUEST_LINE: {
    status: 400,
    title: 'The request line is not "method SP target SP version".',
    hint: 'Separate the three parts by exactly one space and end the line with CRLF.',
    rfc: 'RFC 9112 §3',
  },
  H1_METHOD: {
    status: 400,
    title: 'The method holds a byte that no token may hold.',
    hint: "Use only letters, digits and !#$%&'*+-.^_`|~ in it.",
    rfc: 'RFC 9110 §5.6.2',
  },
  H1_METHOD_LENGTH: {
    status: 501,
    title: 'The method is longer than any that is implemented.',
    hint: 'Look for what was sent in place of a method such as GET.',
    rfc: 'RFC 9112 §3',
  },
  H1_TARGET: {
    status: 400,
    title: 'The request target holds a byte that has to be percent-encoded, or has no form that its method takes.',
    hint: 'Percent-encode spaces, controls and bytes above 0x7E; start the target with "/".',
    rfc: 'RFC 9112 §3.2',
  },
  H1_VERSION: {
    status: 400,
    title: 'The protocol version is not "HTTP/" digit "." digit.',
    hint: 'Send HTTP/1.1, in capitals.',
    rfc: 'RFC 9112 §2.3',
  },
  H1_VERSION_UNSUPPORTED: {
    status: 505,
    title: 'The major protocol version is not 1.',
    hint: 'This server speaks HTTP/1.1 and HTTP/1.0.',
    rfc: 'RFC 9110 §15.6.6',
  },
  H1_HTTP2_PREFACE: {
    status: 505,
    title: 'The client began with the HTTP/2 connection preface.',
    hint: 'Let the client start with HTTP/1.1 (curl: --http1.1 in place of --http2-prior-knowledge).',
    rfc: 'RFC 9113 §3.4',
  },
  H1_TLS_ON_PLAIN_PORT: {
    status: 400,
    title: 'The client began a TLS handshake on a plain HTTP port.',
    hint: 'Use http:// in place of https:// for this address.',
    rfc: 'RFC 8446 §5.1',
  },
  H1_BARE_LF: {
    status: 400,
    title: 'A line ends in LF without CR.',
    hint: 'End every line with CRLF.',
    rfc: 'RFC 9112 §2.2',
  },
  H1_BARE_CR: {
    status: 400,
    title: 'A CR is not followed by LF.',
    hint: 'Send CR only as part of CRLF.',
    rfc: 'RFC 9112 §2.2',
  },
  H1_FIELD_NAME: {
    status: 400,
    title: 'A field name is empty or holds a byte that no token may hold.',
    hint: "Use only letters, digits and !#$%&'*+-.^_`|~ in it.",
    rfc: 'RFC 9110 §5.1',
  },
  H1_FIELD_COLON: {
    status: 400,
    title: 'A field line has no colon.',
    hint: 'Write every field line as "Name: value".',
    rfc: 'RFC 9112 §5',
  },
  H1_FIELD_SPACE: {
    status: 400,
    title: 'There is white space between a field name and its colon.',
    hint: 'Put the colon right after the name.',
    rfc: 'RFC 9112 §5.1',
  },
  H1_FIELD_VALUE: {
    status: 400,
    title: 'A field value holds a control byte.',
    hint: 'Leave NUL and other controls out of field values; only tab is allowed.',
    rfc: 'RFC 9110 §5.5',
  },
  H1_OBS_FOLD: {
    status: 400,
    title: 'A field line is folded onto a second line.',
    hint: 'Write each field on one line.',
    rfc: 'RFC 9112 §5.2',
  },
  H1_HOST_MISSING: {
    status: 400,
    title: 'An HTTP/1.1 request has no Host field.',
    hint: 'Send exactly one Host field.',
    rfc: 'RFC 9112 §3.2',
  },
  H1_HOST_REPEATED: {
    status: 400,
    title: 'The request has more than one Host field.',
    hint: 'Send exactly one Host field.',
    rfc: 'RFC 9112 §3.2',
  },
  H1_HOST: {
    status: 400,
    title: 'The Host field is not a host with an optional port.',
    hint: 'Send the host name or address, then ":" and the port where it is not the default.',
    rfc: 'RFC 9110 §7.2',
  },
  H1_LENGTH: {
    status: 400,
    title: 'Content-Length is not a decimal number, or is too large to be counted.',
    hint: 'Send digits alone.',
    rfc: 'RFC 9110 §8.6',
  },
  H1_LENGTH_REPEATED: {
    status: 400,
    title: 'There is more than one Content-Length.',
    hint: 'Send one Content-Length; two are how requests are smuggled.',
    rfc: 'RFC 9112 §6.3',
  },
  H1_LENGTH_WITH_CODING: {
    status: 400,
    title: 'The message has both Content-Length and Transfer-Encoding.',
    hint: 'Send one of the two; both together are how requests are smuggled.',
    rfc: 'RFC 9112 §6.3',
  },
  H1_CODING_UNKNOWN: {
    status: 501,
    title: 'Transfer-Encoding names a coding this server does not know.',
    hint: 'Send "Transfer-Encoding: chunked" alone.',
    rfc: 'RFC 9112 §6.1',
  },
  H1_CODING_ORDER: {
    status: 400,
    title: 'Transfer-Encoding does not end in chunked, or has it twice.',
    hint: 'Apply chunked once and last.',
    rfc: 'RFC 9112 §6.3',
  },
  H1_CODING_IN_HTTP10: {
    status: 400,
    title: 'An HTTP/1.0 request has Transfer-Encoding.',
    hint: 'Send Content-Length, or speak HTTP/1.1.',
    rfc: 'RFC 9112 §6.1',
  },
  H1_CHUNK_SIZE: {
    status: 400,
    title: 'A chunk size is not a hexadecimal number, or is too large to be counted.',
    hint: 'Send hex digits, then CRLF.',
    rfc: 'RFC 9112 §7.1',
  },
  H1_CHUNK_EXTENSION: {
    status: 400,
    title: 'A chunk extension is malformed, or chunk extensions are too long.',
    hint: 'Leave chunk extensions out.',
    rfc: 'RFC 9112 §7.1.1',
  },
  H1_CHUNK_END: {
    status: 400,
    title: 'The bytes after a chunk are not CRLF: its size was wrong.',
    hint: 'Count the bytes of the chunk and end it with CRLF.',
    rfc: 'RFC 9112 §7.1',
  },
  H1_TRAILER_FIELD: {
    status: 400,
    title: 'A trailer field is one that may only stand in the head.',
    hint: 'Move framing, routing and authentication fields to the head.',
    rfc: 'RFC 9110 §6.5.1',
  },
  H1_STATUS_LINE: {
    status: null,
    title: 'The status line is not "version SP three digits SP reason".',
    hint: 'Compare the first line of the reply with RFC 9112 §4.',
    rfc: 'RFC 9112 §4',
  },
  H1_EXPECTATION: {
    status: 417,
    title: 'The request expects something other than 100-continue.',
    hint: 'Send "Expect: 100-continue" or no Expect field.',
    rfc: 'RFC 9110 §10.1.1',
  },
  H1_INCOMPLETE: {
    status: null,
    title: 'The client closed the connection in the middle of a message.',
    hint: 'Look at the last byte received: the message was not complete there.',
    rfc: 'RFC 9112 §8',
  },

  WS_OPCODE: {
    status: null,
    title: 'The opcode of a frame is a reserved one.',
    hint: 'Use 0 (continuation), 1 (text), 2 (binary), 8 (close), 9 (ping) or 10 (pong).',
    rfc: 'RFC 6455 §5.2',
  },
  WS_RSV: {
    status: null,
    title: 'A reserved bit of a frame is set, and no extension was negotiated that gives it a meaning there.',
    hint: 'Leave RSV1 to RSV3 clear; with permessage-deflate set RSV1 on the first frame of a message alone.',
    rfc: 'RFC 6455 §5.2',
  },
  WS_MASK_MISSING: {
    status: null,
    title: 'A frame of the client is not masked.',
    hint: 'Mask every frame a client sends, with a new key each.',
    rfc: 'RFC 6455 §5.1',
  },
  WS_MASK_FORBIDDEN: {
    status: null,
    title: 'A frame of the server is masked.',
    hint: 'Send frames of a server without a mask.',
    rfc: 'RFC 6455 §5.1',
  },
  WS_CONTROL_FRAGMENTED: {
    status: null,
    title: 'A control frame is not the whole of its message.',
    hint: 'Set FIN on every close, ping and pong.',
    rfc: 'RFC 6455 §5.5',
  },
  WS_CONTROL_LENGTH: {
    status: null,
    title: 'The payload of a control frame is longer than 125 bytes.',
    hint: 'Keep what is sent with close, ping and pong short.',
    rfc: 'RFC 6455 §5.5',
  },
  WS_LENGTH_NOT_SHORTEST: {
    status: null,
    title: 'The payload length is written in more bytes than it needs.',
    hint: 'Write lengths up to 125 in 7 bits, and up to 65,535 in 16.',
    rfc: 'RFC 6455 §5.2',
  },
  WS_LENGTH_TOP_BIT: {
    status: null,
    title: 'The highest bit of a payload length in 64 bits is set.',
    hint: 'See that the length is written with its highest byte first.',
    rfc: 'RFC 6455 §5.2',
  },
  WS_LENGTH_TOO_LARGE: {
    status: null,
    title: 'A frame announces more bytes than can be counted here.',
    hint: 'See that the length is written with its highest byte first; nothing sends 8 PiB in one frame.',
    rfc: 'RFC 6455 §10.4',
  },
  WS_NOTHING_TO_CONTINUE: {
    status: null,
    title: 'A continuation frame comes while no message is under way.',
    hint: 'Begin every message with a text or binary frame.',
    rfc: 'RFC 6455 §5.4',
  },
  WS_MESSAGE_UNFINISHED: {
    status: null,
    title: 'A new message begins before the one under way is finished.',
    hint: 'Send the fragments of a message one after the other, and set FIN on the last one.',
    rfc: 'RFC 6455 §5.4',
  },
  WS_DATA_AFTER_CLOSE: {
    status: null,
    title: 'A data frame comes after a close frame.',
    hint: 'Send nothing after a close frame.',
    rfc: 'RFC 6455 §5.5.1',
  },
  WS_CLOSE_LENGTH: {
    status: null,
    title: 'The payload of a close frame is one byte long.',
    hint: 'Send a code of two bytes, then the reason, or no payload.',
    rfc: 'RFC 6455 §5.5.1',
  },
  WS_CLOSE_CODE: {
    status: null,
    title: 'The close code {code} is not one that may be sent.',
    hint: 'Send 1000 to 1003, 1007 to 1014, or one of your own from 3000 to 4999.',
    rfc: 'RFC 6455 §7.4',
  },
  WS_CLOSE_REASON: {
    status: null,
    title: 'The reason in a close frame is not UTF-8.',
    hint: 'Write the reason in UTF-8, and cut it between characters.',
    rfc: 'RFC 6455 §5.5.1',
  },

  LIM_HEAD_TIMEOUT: {
    status: 408,
    title: 'The head was not complete within {limit} ms.',
    hint: 'Send the head faster, or raise the head timeout.',
    rfc: 'RFC 9110 §15.5.9',
  },
  LIM_FIRST_BYTE_TIMEOUT: {
    status: null,
    title: 'No byte arrived within {limit} ms of the opening of the connection.',
    hint: 'Nothing is wrong: unused connections are closed. Raise the first byte timeout to keep them longer.',
    rfc: 'RFC 9112 §9.5',
  },
  LIM_HEAD_RATE: {
    status: 408,
    title: 'The head arrived at less than {limit} bytes per second.',
    hint: 'Send the head faster, or lower the minimum head rate.',
    rfc: 'RFC 9110 §15.5.9',
  },
  LIM_REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request was not complete within {limit} ms.',
    hint: 'Send the request faster, or raise the request timeout.',
    rfc: 'RFC 9110 §15.5.9',
  },
  LIM_BODY_TIMEOUT: {
    status: 408,
    title: 'The body was not complete within {limit} ms.',
    hint: 'Send the body faster, or raise the body timeout.',
    rfc: 'RFC 9110 §15.5.9',
  },
  LIM_BODY_RATE: {
    status: 408,
    title: 'The body arrived at less than {limit} bytes per second.',
    hint: 'Send the body faster, or lower the minimum data rate.',
    rfc: 'RFC 9110 §15.5.9',
  },
  LIM_IDLE_TIMEOUT: {
    status: null,
    title: 'No request began within {limit} ms.',
    hint: 'Nothing is wrong: idle connections are closed. Raise the idle timeout to keep them longer.',
    rfc: 'RFC 9112 §9.5',
  },
  LIM_HEAD_BYTES: {
    status: 431,
    title: 'The head is longer than {limit} bytes.',
    hint: 'Send fewer or shorter fields (cookies are usually the largest), or raise the head size limit.',
    rfc: 'RFC 6585 §5',
  },
  LIM_FIELD_COUNT: {
    status: 431,
    title: 'The message has more than {limit} fields.',
    hint: 'Send fewer fields, or raise the field count limit.',
    rfc: 'RFC 6585 §5',
  },
  LIM_TARGET_BYTES: {
    status: 414,
    title: 'The request target is longer than {limit} bytes.',
    hint: 'Move data from the query to the body, or raise the target size limit.',
    rfc: 'RFC 9112 §3',
  },
  LIM_REQUEST_LINE_BYTES: {
    status: 414,
    title: 'The request line is longer than {limit} bytes.',
    hint: 'Move data from the query to the body, or raise the request line size limit.',
    rfc: 'RFC 9112 §3',
  },
  LIM_FIELD_LINE_BYTES: {
    status: 431,
    title: 'A field line is longer than {limit} bytes.',
    hint: 'Send a shorter value (cookies are usually the largest), or raise the field line size limit.',
    rfc: 'RFC 6585 §5',
  },
  LIM_BODY_BYTES: {
    status: 413,
    title: 'The body is longer than {limit} bytes.',
    hint: 'Send a smaller body, or raise the body size limit.',
    rfc: 'RFC 9110 §15.5.14',
  },
  LIM_HELD_BODY: {
    status: 413,
    title: 'A reply that repeats the body would have to hold more than {limit} bytes of it.',
    hint: 'Send a smaller body to this address, or send it to a path that does not repeat it.',
    rfc: 'RFC 9110 §15.5.14',
  },
  LIM_HELD_TOTAL: {
    status: 503,
    title: 'The requests under way together hold {limit} bytes of bodies; there is no room for one more.',
    hint: 'Send fewer large bodies at once to paths that repeat them.',
    rfc: 'RFC 9110 §15.6.4',
  },
  LIM_CONNECTIONS: {
    status: 503,
    title: 'All {limit} connections are taken.',
    hint: 'Close connections, or raise the limit of open connections.',
    rfc: 'RFC 9110 §15.6.4',
  },
  LIM_CLIENT_CONNECTIONS: {
    status: 503,
    title: 'This client address already has {limit} connections.',
    hint: 'Reuse connections, or raise the limit of connections per client.',
    rfc: 'RFC 9110 §15.6.4',
  },
  LIM_REQUESTS: {
    status: null,
    title: 'The connection carried its {limit} requests and was closed after the last reply.',
    hint: 'Nothing is wrong: the client opens a new connection. Raise the limit of requests per connection to keep it.',
    rfc: 'RFC 9112 §9.6',
  },
  LIM_RATE: {
    status: 429,
    title: 'The bucket holds fewer tokens than the {cost} this request costs; a full one holds {limit}.',
    hint: 'Wait until enough has flowed back, or raise capacity or refill; what costs more than a full bucket never passes.',
    rfc: 'RFC 6585 §4',
  },

  LIM_CONNECT_TIMEOUT: {
    status: 504,
    title: 'The server could not be connected to within {limit} ms.',
    hint: 'See whether it runs and can be reached from here; connectTimeoutMs is the limit.',
    rfc: 'RFC 9110 §15.6.5',
  },
  LIM_REPLY_TIMEOUT: {
    status: 504,
    title: 'The server did not begin its reply within {limit} ms.',
    hint: 'See what it is busy with; replyTimeoutMs is the limit.',
    rfc: 'RFC 9110 §15.6.5',
  },
  LIM_REPLY_STALL: {
    status: 504,
    title: 'The server sent nothing, or took nothing, for {limit} ms in the middle of an exchange.',
    hint: 'See what it is busy with; replyStallTimeoutMs is the limit.',
    rfc: 'RFC 9110 §15.6.5',
  },

  LIM_TUNNEL_IDLE: {
    status: null,
    title: 'Nothing passed through the tunnel for {limit} ms.',
    hint: 'Let one side send something from time to time, or raise tunnelIdleTimeoutMs.',
  },

  UP_NO_ROUTE: {
    status: 404,
    title: 'No route takes this host and path.',
    hint: 'Add a route with a shorter path prefix, or one for any host, to the configuration.',
  },
  UP_ALL_OUT: {
    status: 503,
    title: 'No server of upstream {upstream} takes requests.',
    hint: 'The topology panel tells why each of them is out.',
    rfc: 'RFC 9110 §15.6.4',
  },
  UP_ALL_BUSY: {
    status: 503,
    title: 'Every server of upstream {upstream} has as many requests under way as it may.',
    hint: 'Raise pool.maxConnections in the configuration, or add servers.',
    rfc: 'RFC 9110 §15.6.4',
  },
  UP_CONNECT: {
    status: 502,
    title: 'The server {server} could not be connected to ({reason}).',
    hint: 'See whether it runs, listens on that address, and can be reached from here.',
    rfc: 'RFC 9110 §15.6.3',
  },
  UP_CLOSED: {
    status: 502,
    title: 'The server {server} closed the connection before its reply ({reason}).',
    hint: 'See its log: it crashed, was restarted, or closes connections that are still in use.',
    rfc: 'RFC 9110 §15.6.3',
  },
  UP_CUT_SHORT: {
    status: null,
    title: 'The server {server} closed the connection in the middle of its reply.',
    hint: 'The client got what there was and a connection that ends early; see the log of the server.',
    rfc: 'RFC 9112 §8',
  },
  UP_MALFORMED: {
    status: 502,
    title: 'The reply of the server {server} is no HTTP/1.1 that can be passed on ({reason}).',
    hint: 'Look at the bytes of its connection: the first one that cannot be accepted is marked.',
    rfc: 'RFC 9110 §15.6.3',
  },
  UP_CODED: {
    status: 502,
    title: 'The reply of the server {server} has a transfer coding that nobody asked for.',
    hint: 'Let it send chunked alone; compress with Content-Encoding instead.',
    rfc: 'RFC 9110 §10.1.4',
  },
  UP_SWITCHED: {
    status: 502,
    title: 'The server {server} switched to a protocol that nobody asked for.',
    hint: 'See why it answers 101.',
    rfc: 'RFC 9110 §15.2.2',
  },
  UP_LOOP: {
    status: 508,
    title: 'The request has come through this proxy already.',
    hint: 'Let no upstream lead back here: its Via field tells the way it took.',
    rfc: 'RFC 9110 §7.6.3',
  },

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

  NET_PORT_IN_USE: {
    status: null,
    title: 'Port {port} on {host} is already in use.',
    hint: 'Stop the program that listens there, or choose another port.',
  },
  NET_NO_PERMISSION: {
    status: null,
    title: 'There is no permission to listen on {host} port {port}.',
    hint: 'Choose a port from 1024 up.',
  },
  NET_ADDRESS_NOT_HERE: {
    status: null,
    title: 'The address {host} is not an address of this machine.',
    hint: 'Choose 127.0.0.1, ::1, 0.0.0.0 or an address of this machine.',
  },
  NET_HOST_UNKNOWN: {
    status: null,
    title: 'The host name {host} cannot be resolved.',
    hint: 'Choose an IP address, or check the name.',
  },
  NET_ADDRESS_MALFORMED: {
    status: null,
    title: '"{text}" is not an address to listen on.',
    hint: 'Write HOST:PORT, for example 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:0.',
  },
  NET_LISTEN_FAILED: {
    status: null,
    title: 'Listening on {host} port {port} failed ({reason}).',
    hint: 'Choose another address or port.',
  },

  TLS_CA_UNUSABLE: {
    status: null,
    title: 'The local CA in {path} cannot be used ({reason}).',
    hint: 'Mend it, or move ca.pem and ca-key.pem away: a new CA is made then, which every client has to be told to trust.',
  },
  TLS_CA_WRITE_FAILED: {
    status: null,
    title: 'The local CA could not be made in {path} ({reason}).',
    hint: 'See that the folder may be written to and lies on a disk with room and with file permissions.',
  },
  TLS_CA_KEY_EXPOSED: {
    status: null,
    title: 'The key of the local CA, {path}, could be read by others (mode {mode}); now it cannot.',
    hint: 'Where others use this machine, remove the CA from what trusts it and move both of its files away.',
  },
  TLS_FILE_UNREADABLE: {
    status: null,
    title: 'The file {path} cannot be read ({reason}).',
    hint: 'See whether it is there and may be read.',
  },
  TLS_NO_CERTIFICATE: {
    status: null,
    title: 'The file {path} holds no certificate in PEM form ({reason}).',
    hint: 'Give a file with a line "-----BEGIN CERTIFICATE-----"; openssl x509 -inform der turns DER into it.',
  },
  TLS_NO_KEY: {
    status: null,
    title: 'The file {path} holds no private key in PEM form ({reason}).',
    hint: 'Give a file with a line "-----BEGIN PRIVATE KEY-----"; openssl pkey -inform der turns DER into it.',
  },
  TLS_KEY_ENCRYPTED: {
    status: null,
    title: 'The private key in {path} is encrypted.',
    hint: 'Give one without a password: openssl pkey -in key.pem -out plain-key.pem asks for it once.',
  },
  TLS_KEY_MISMATCH: {
    status: null,
    title: 'The private key in {key} is not the one of the first certificate in {certificate}.',
    hint: 'Give the key the certificate was made for; in a chain the certificate of the server stands first.',
  },
  TLS_CERTIFICATE_REFUSED: {
    status: null,
    title: 'The TLS library refuses the certificate {path} or its key ({reason}).',
    hint: 'Give a certificate with a key of today: ECDSA on P-256, or RSA with 2048 bits or more.',
  },
  TLS_CERTIFICATE_DATES: {
    status: null,
    title: 'The certificate {path} is valid from {from} to {until}, which is not now.',
    hint: 'It is shown all the same, and clients will refuse it; renew it, or set the clock of this machine.',
  },
  TLS_HOST: {
    status: null,
    title: '"{host}" is no host name and no address that a certificate could be made for.',
    hint: 'Let the client ask for a name of letters, digits, "-" and "_" between dots, or an IP address.',
    rfc: 'RFC 5280 §4.2.1.6',
  },

  TLS_CLIENT_DISTRUSTS: {
    status: null,
    title: 'The client does not trust the certificate it was shown ({reason}).',
    hint: 'Install the local CA where this client looks for it and start the client anew; one that pins certificates takes no other.',
    rfc: 'RFC 8446 §6.2',
  },
  TLS_CLIENT_QUIT: {
    status: null,
    title: 'The client ended the connection right after the handshake, before any request.',
    hint: 'Node does so over TLS 1.2 when it does not trust the certificate: install the local CA; browsers do so with spare connections.',
    rfc: 'RFC 8446 §6.1',
  },
  TLS_CLIENT_LEFT: {
    status: null,
    title: 'The client ended the connection in the middle of the TLS handshake ({reason}).',
    hint: 'A client that does not trust the certificate may leave without a word, as Node does: install the local CA where it looks for it.',
    rfc: 'RFC 8446 §6.1',
  },
  TLS_CLIENT_SLOW: {
    status: null,
    title: 'The client did not finish the TLS handshake in time.',
    hint: 'See what keeps it, such as a question to its user whether to trust the certificate.',
  },
  TLS_CLIENT_ALPN: {
    status: null,
    title: 'The client offers no protocol that is spoken here: that is http/1.1 alone.',
    hint: 'Let it offer http/1.1 too, or HTTP/2 not alone (curl: --http1.1).',
    rfc: 'RFC 7301 §3.2',
  },
  TLS_CLIENT_VERSION: {
    status: null,
    title: 'The client speaks no version of TLS that is spoken here: those are 1.2 and 1.3.',
    hint: 'Let the client use TLS 1.2 or newer; what came before is broken.',
    rfc: 'RFC 8996 §5',
  },
  TLS_CLIENT_CIPHERS: {
    status: null,
    title: 'The client offers no cipher, curve or signature that goes with the certificate it was shown.',
    hint: 'Let it offer ECDSA on P-256 with AES-GCM, or give a certificate with an RSA key.',
    rfc: 'RFC 8446 §6.2',
  },
  TLS_CLIENT_PLAIN: {
    status: 400,
    title: 'The client does not speak TLS, which this port expects.',
    hint: 'Use https:// in place of http:// for this address.',
    rfc: 'RFC 8446 §5.1',
  },
  TLS_CLIENT_FAILED: {
    status: null,
    title: 'The TLS handshake with the client failed ({reason}).',
    hint: 'See what the client itself says about it.',
    rfc: 'RFC 8446 §6.2',
  },

  TLS_UPSTREAM_SELF_SIGNED: {
    status: 502,
    title:
      'The server {server} shows a certificate that is signed by nobody this machine trusts, only by itself ({reason}).',
    hint: 'Start Bytescope with NODE_EXTRA_CA_CERTS set to the certificate that signed it, if that is the one you expect.',
    rfc: 'RFC 9110 §15.6.3',
  },
  TLS_UPSTREAM_UNTRUSTED: {
    status: 502,
    title: 'The certificate of the server {server} does not lead to an authority this machine trusts ({reason}).',
    hint: 'Let the server send the certificates between its own and its authority, or set NODE_EXTRA_CA_CERTS to that authority.',
    rfc: 'RFC 9110 §15.6.3',
  },
  TLS_UPSTREAM_DATES: {
    status: 502,
    title: 'The certificate of the server {server} is not valid now ({reason}).',
    hint: 'Renew it, or set the clock of this machine.',
    rfc: 'RFC 9110 §15.6.3',
  },
  TLS_UPSTREAM_NAME: {
    status: 502,
    title: 'The certificate of the server {server} is made out to another host ({reason}).',
    hint: 'Reach the server by a name that is in its certificate.',
    rfc: 'RFC 9110 §4.3.4',
  },
  TLS_UPSTREAM_PLAIN: {
    status: 502,
    title: 'The server {server} does not speak TLS on that port.',
    hint: 'Use http:// in place of https:// for it, or the port on which it speaks TLS.',
    rfc: 'RFC 9110 §15.6.3',
  },
  TLS_UPSTREAM_VERSION: {
    status: 502,
    title: 'The server {server} speaks no version of TLS that is spoken here: those are 1.2 and 1.3.',
    hint: 'Let the server use TLS 1.2 or newer; what came before is broken.',
    rfc: 'RFC 8996 §5',
  },
  TLS_UPSTREAM_ALPN: {
    status: 502,
    title: 'The server {server} does not speak http/1.1, which is all that was offered.',
    hint: 'Let the server speak HTTP/1.1 too on that port.',
    rfc: 'RFC 7301 §3.2',
  },
  TLS_UPSTREAM_WANTS_CERTIFICATE: {
    status: 502,
    title: 'The server {server} wants a certificate of its client, and Bytescope has none to show.',
    hint: 'Let the server take clients without one, or let this host through without intercepting it.',
    rfc: 'RFC 8446 §6.2',
  },
  TLS_UPSTREAM_CLOSED: {
    status: 502,
    title: 'The server {server} ended the connection in the middle of the TLS handshake ({reason}).',
    hint: 'See its log, and whether it speaks TLS on that port and knows the name it was asked for.',
    rfc: 'RFC 9110 §15.6.3',
  },
  TLS_UPSTREAM_FAILED: {
    status: 502,
    title: 'The TLS handshake with the server {server} failed ({reason}).',
    hint: 'See the log of the server.',
    rfc: 'RFC 9110 §15.6.3',
  },

  CAP_OPEN_FAILED: {
    status: null,
    title: 'The journal {path} cannot be opened for writing ({reason}).',
    hint: 'Choose a path in a folder that exists and may be written to.',
  },
  CAP_WRITE_FAILED: {
    status: null,
    title: 'The journal cannot be written ({reason}); bytes that arrive now are not kept.',
    hint: 'Free some disk space; recording goes on as soon as a write succeeds.',
  },
  CAP_TOO_SLOW: {
    status: null,
    title: 'Bytes arrive faster than the disk takes them; some of them are not kept.',
    hint: 'Send less at once, or keep the journal on a faster disk.',
  },
  CAP_READ_FAILED: {
    status: null,
    title: 'The journal cannot be read ({reason}).',
    hint: 'See whether the journal file still exists and can be read.',
  },

  CFG_UNKNOWN_SETTING: {
    status: null,
    title: 'There is no setting named "{name}".',
    hint: 'The settings are listed by --help.',
  },
  CFG_NOT_A_NUMBER: {
    status: null,
    title: '{name} takes a number, not "{value}".',
    hint: 'Write digits, for example {name}={example}.',
  },
  CFG_NOT_WHOLE: {
    status: null,
    title: '{name} takes a whole number, not {value}.',
    hint: 'Leave the fraction out.',
  },
  CFG_TOO_SMALL: {
    status: null,
    title: '{name} cannot be {value}: it starts at {min}.',
    hint: 'Choose a number from {min} to {max}.',
  },
  CFG_TOO_LARGE: {
    status: null,
    title: '{name} cannot be {value}: it ends at {max}.',
    hint: 'Choose a number from {min} to {max}.',
  },
  CFG_NOT_OFFABLE: {
    status: null,
    title: '{name} cannot be switched off.',
    hint: 'Choose a number from {min} to {max}.',
  },
  CFG_NOT_A_CHOICE: {
    status: null,
    title: '{name} cannot be "{value}".',
    hint: 'Choose one of: {choices}.',
  },
  CFG_NOT_A_SWITCH: {
    status: null,
    title: '{name} is on or off, not "{value}".',
    hint: 'Write on or off.',
  },
  CFG_NOT_TEXT: {
    status: null,
    title: '{name} cannot take this text: {reason}.',
    hint: 'See what --help says about it.',
  },
  CFG_UNKNOWN_PRESET: {
    status: null,
    title: 'There is no preset named "{name}".',
    hint: 'Choose one of: {choices}.',
  },
  CFG_FILE_BROKEN: {
    status: null,
    title: 'The settings file {path} cannot be used ({reason}); it was set aside as {aside}.',
    hint: 'The defaults are in force; copy what you need from the file that was set aside.',
  },
  CFG_FILE_UNUSABLE: {
    status: null,
    title: 'The settings file {path} cannot be used ({reason}).',
    hint: 'What it does not say has its default; mend the file, or see that it may be read.',
  },
  CFG_SAVE_FAILED: {
    status: null,
    title: 'The settings could not be saved to {path} ({reason}).',
    hint: 'The change is in force until Bytescope ends; see that the folder may be written to.',
  },
  CFG_PROXY: {
    status: null,
    title: 'The proxy configuration cannot be used: {mistake}.',
    hint: 'Mend it and load it again; until then what was in force before stays in force.',
  },
  CFG_MODE_NEEDS: {
    status: null,
    title: 'The {mode} mode needs {what}.',
    hint: 'Give it together with the mode.',
  },
  CFG_PROXY_FILE: {
    status: null,
    title: 'The configuration file {path} could not be read ({reason}).',
    hint: 'See that it is there and may be read; until then what was in force before stays in force.',
  },
  CFG_FLAG: {
    status: null,
    title: '{reason}',
    hint: 'bytescope --help lists the commands and flags.',
  },

  CALL_UNKNOWN: {
    status: null,
    title: 'There is no call named "{name}".',
    hint: 'Reload the page: it may be older than the engine.',
  },
  CALL_BAD_PARAMS: {
    status: null,
    title: 'The call {name} was made with something it does not take ({reason}).',
    hint: 'Reload the page: it may be older than the engine.',
  },
  CALL_TIMED_OUT: {
    status: null,
    title: 'The engine did not answer {name} within {limit} ms.',
    hint: 'Try again; if it goes on, the engine is stuck or gone.',
  },
  CALL_FORBIDDEN: {
    status: 403,
    title: 'This page is not allowed to talk to the engine.',
    hint: 'Open the address that Bytescope printed, token included.',
  },
  CALL_DISCONNECTED: {
    status: null,
    title: 'The connection to the engine is gone.',
    hint: 'See whether Bytescope still runs; the page connects again by itself.',
  },
  CALL_NO_CONNECTION: {
    status: null,
    title: 'Connection #{connection} is no longer kept.',
    hint: 'The oldest closed connections are dropped first, and Clear drops all closed ones.',
  },
  CALL_NO_SERVER: {
    status: null,
    title: 'There is no server {server} in upstream {upstream}.',
    hint: 'The configuration was changed meanwhile.',
  },
  CALL_FAILED: {
    status: null,
    title: 'The call {name} failed inside Bytescope ({reason}).',
    hint: 'This is a bug in Bytescope: please report it with what you did.',
  },

  BUG_INVARIANT: {
    status: 500,
    title: 'Bytescope broke a rule of its own ({reason}).',
    hint: 'This is a bug in Bytescope: please report it with what you did.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** What fills the `{name}` places of an entry's texts. */
export type ErrorDetail = Readonly<Record<string, string | number>>;

/** A failure as a value: it travels over every transport unchanged. */
export interface Failure {
  readonly code: ErrorCode;
  readonly detail?: ErrorDetail;
}

export type Result<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: Failure };

export const ok = <Value>(value: Value): Result<Value> => ({ ok: true, value });
export const fail = (code: ErrorCode, detail?: ErrorDetail): { readonly ok: false; readonly error: Failure } => ({
  ok: false,
  error: detail === undefined ? { code } : { code, detail },
});

/** The catalogue entry with one type for all codes, for code that reads any of them. */
export const errorEntry = (code: ErrorCode): ErrorEntry => ERRORS[code];

const fill = (text: string, detail: ErrorDetail): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => (name in detail ? String(detail[name]) : place));

/** What happened and what to do, as two finished sentences. */
export function describe(failure: Failure): { title: string; hint: string } {
  const entry = ERRORS[failure.code];
  const detail = failure.detail ?? {};
  return { title: fill(entry.title, detail), hint: fill(entry.hint, detail) };
}

/** A broken invariant: the only thing the engine throws. */
export class BugError extends Error {
  readonly code = 'BUG_INVARIANT';
  constructor(readonly reason: string) {
    super(describe({ code: 'BUG_INVARIANT', detail: { reason } }).title);
    this.name = 'BugError';
  }
}
