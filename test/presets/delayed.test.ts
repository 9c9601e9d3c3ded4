/** The leaky bucket on real sockets: one buffer takes the reads of all connections, one timer wakes them. */
import { afterEach, expect, it } from 'vitest';
import { TcpClient } from '../support/tcp-client';
import { PresetServer } from './preset-server';

/** nginx’s `limit_req` with rate=50r/s and burst=5. */
const LIMIT_REQ = { bucketCapacity: 6, bucketRefillPerSec: 50 };
const post = (body: string, more = ''): string =>
  `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;

let server: PresetServer;
afterEach(() => server.close());

it('delays those of ten requests at once that have room to wait, and refuses the others with 503', async () => {
  server = await PresetServer.open('nginx', LIMIT_REQ);
  const clients = await Promise.all(Array.from({ length: 10 }, () => TcpClient.open(server.port)));
  const replies = await Promise.all(
    clients.map(async (client, index) => {
      await client.send(post(`body ${index}`, 'Connection: close\r\n'));
      return client.untilEnd();
    }),
  );
  clients.forEach((client) => client.close());
  const rates = server.facts.filter((fact) => fact.kind === 'rate');
  const served = replies.filter((reply) => reply.startsWith('HTTP/1.1 200 '));
  expect(served).toHaveLength(rates.filter(({ allowed }) => allowed).length);
  expect(replies.filter((reply) => reply.startsWith('HTTP/1.1 503 '))).toHaveLength(10 - served.length);
  replies.forEach((reply, index) => {
    if (served.includes(reply)) expect(reply.slice(reply.indexOf('\r\n\r\n') + 4)).toBe(`body ${index}`);
  });
  expect(rates.filter(({ delayMs }) => delayMs > 0).length).toBeGreaterThan(0);
});

it('answers pipelined requests in their order, each with its own body, after their turns', async () => {
  server = await PresetServer.open('nginx', LIMIT_REQ);
  const client = await TcpClient.open(server.port);
  const other = await TcpClient.open(server.port);
  const bodies = ['one', 'two', 'three', 'four'];
  await client.send(bodies.map((body, index) => post(body, index === 3 ? 'Connection: close\r\n' : '')).join(''));
  // Overwrites the buffer of all reads while the rest of the first one waits.
  await other.send(`GET /${'z'.repeat(2_000)} HTTP/1.1\r\nHost: a\r\n\r\n`);
  const received = await client.untilEnd();
  expect(Array.from(received.matchAll(/\r\n\r\n(one|two|three|four)/g), ([, body]) => body)).toEqual(bodies);
  client.close();
  other.close();
});

it('answers a client that half-closed while it waited', async () => {
  server = await PresetServer.open('nginx', LIMIT_REQ);
  const client = await TcpClient.open(server.port);
  await client.send(post('one') + post('two'));
  client.end();
  expect(await client.untilEnd()).toMatch(/\r\n\r\none[^]*\r\n\r\ntwo$/);
  client.close();
});
