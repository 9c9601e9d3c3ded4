/** Requests that servers read differently, byte for byte as they were sent to the real ones. */

const head = (...lines: string[]): string => `GET / HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;

/** So many field lines in all, Host among them. */
const fields = (count: number): string => head('Host: a', ...Array.from({ length: count - 1 }, (_, at) => `F${at}: 1`));

const post = (...lines: string[]): string =>
  `POST / HTTP/1.1\r\n${['Host: a', ...lines].map((line) => `${line}\r\n`).join('')}\r\n`;

/** A record with the beginning of a ClientHello (RFC 8446 §4.1.2), no byte of which is LF. */
const CLIENT_HELLO = `\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03${'\x55'.repeat(32)}\x00\x00\x02\x13\x01\x01\x00`;

/** What is sent for a target of so many bytes. */
const target = (bytes: number): string => `GET /${'t'.repeat(bytes - 1)} HTTP/1.1\r\nHost: a\r\n\r\n`;

export const ODD_REQUESTS = {
  'a field line of 8,200 bytes': head('Host: a', `X: ${'x'.repeat(8_197)}`),
  'a field line of 16,500 bytes': head('Host: a', `X: ${'x'.repeat(16_497)}`),
  '101 fields': fields(101),
  '1,001 fields': fields(1_001),
  '1,500 fields': fields(1_500),
  'a target of 8,190 bytes': target(8_190),
  'a target of 17,000 bytes': target(17_000),
  'no Host': head('Accept: */*'),
  'two different Host': head('Host: a', 'Host: b'),
  'bare LF line ends': 'GET / HTTP/1.1\nHost: a\n\n',
  'Content-Length beside chunked': `${post('Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
  'two equal Content-Length': `${post('Content-Length: 2', 'Content-Length: 2')}hi`,
  'two equal lengths in one field': `${post('Content-Length: 2, 2')}hi`,
  'two different Content-Length': `${post('Content-Length: 2', 'Content-Length: 3')}hi`,
  'an unknown Transfer-Encoding': `${post('Transfer-Encoding: pigeon')}0\r\n\r\n`,
  'Transfer-Encoding in HTTP/1.0': 'POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'a space before the colon': head('Host: a', 'X : 1'),
  'a folded line': head('Host: a', 'X: 1', ' 2'),
  'byte 0x80 in a name': head('Host: a', 'X\x80: 1'),
  'an at sign in a name': head('Host: a', 'X@Y: 1'),
  'NUL in a value': head('Host: a', 'X: a\0b'),
  'CR in a value': head('Host: a', 'X: a\rb'),
  'an empty name': head('Host: a', ': 1'),
  'two empty lines first': `\r\n\r\n${head('Host: a')}`,
  'HTTP/1.2': 'GET / HTTP/1.2\r\nHost: a\r\n\r\n',
  'HTTP/2.0': 'GET / HTTP/2.0\r\nHost: a\r\n\r\n',
  'HTTP/3.1': 'GET / HTTP/3.1\r\nHost: a\r\n\r\n',
  'HTTP/0.9': 'GET /\r\n',
  'a TLS ClientHello': CLIENT_HELLO,
  'three requests in one write': head('Host: a').repeat(3),
  'one LF first': `\n${head('Host: a')}`,
  'two spaces in the request line': 'GET  / HTTP/1.1\r\nHost: a\r\n\r\n',
  'a tab in the request line': 'GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n',
  'an unknown expectation': head('Host: a', 'Expect: x'),
  'gzip before chunked': `${post('Transfer-Encoding: gzip, chunked')}0\r\n\r\n`,
} as const;

export type OddRequest = keyof typeof ODD_REQUESTS;
