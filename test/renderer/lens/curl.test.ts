import { expect, test } from 'vitest';
import { addressText, curlCommand, ncCommand, repeatCommand } from '../../../src-renderer/lens/curl';

test.each([
  ['127.0.0.1', 8080, 'curl -v http://127.0.0.1:8080/'],
  ['0.0.0.0', 80, 'curl -v http://127.0.0.1:80/'],
  ['::', 8080, "curl -v 'http://[::1]:8080/'"],
  ['localhost', 8080, 'curl -v http://localhost:8080/'],
])('for %s the command reaches the listener', (host, port, command) => {
  expect(curlCommand({ host, port })).toBe(command);
});

test('an IPv6 address stands in brackets where a port follows', () => {
  expect(addressText({ host: '::1', port: 8080 })).toBe('[::1]:8080');
});

test('nc takes host and port apart', () => {
  expect(ncCommand({ host: '::', port: 8080 })).toBe('nc ::1 8080');
});

test('a request is sent again byte for byte', () => {
  const bytes = new TextEncoder().encode("GET /%20' HTTP/1.1\r\n\r\n");
  expect(repeatCommand(bytes, { host: '0.0.0.0', port: 8080 })).toBe(
    "printf 'GET /%%20\\047 HTTP/1.1\\r\\n\\r\\n' | nc -w 2 127.0.0.1 8080",
  );
});
