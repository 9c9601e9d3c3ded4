/** What the servers to compare with answer: the reply of `/health`, field by field. */
export const BODY = 'ok\n';

export const FIELDS = {
  'Content-Type': 'text/plain; charset=utf-8',
  'X-Content-Type-Options': 'nosniff',
};

const fieldLines = Object.entries(FIELDS).map(([name, value]) => `${name}: ${value}\r\n`);

/** With a Date that stands still: making one is no work of this server. */
export const BYTES = Buffer.from(
  `HTTP/1.1 200 OK\r\nDate: ${new Date().toUTCString()}\r\n${fieldLines.join('')}` +
    `Content-Length: ${BODY.length}\r\n\r\n${BODY}`,
);
