/** That a proxy which does wrong is found out: what stands in for it here answers as each case has it. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ChaosClient } from './chaos-client';
import { replyBody } from './exchange';
import { Ledger } from './ledger';

const ID = 'c-1';
const RIGHT = replyBody(ID);
/** Always the same: one request at a time, GET, no pause. */
const random = (): number => 0.49;

let server: Server | null = null;
afterEach(() => server?.close());

/** What the ledger has after one GET that is answered so. */
async function judged(answer: (socket: Socket) => void): Promise<Ledger> {
  const ledger = new Ledger();
  server = createServer((socket) => socket.on('error', () => undefined).once('data', () => answer(socket)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new ChaosClient({ name: 'c', port, ledger, random, pauseMs: 0, hungAfterMs: 100 });
  await client.run(1);
  client.close();
  return ledger;
}

const reply = (id: string, body: Buffer, framing = `Content-Length: ${body.length}`, status = '200 OK'): Buffer =>
  Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\nX-Id: ${id}\r\n${framing}\r\n\r\n`), body]);

const chunk = (body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')]);
const half = RIGHT.subarray(0, RIGHT.length / 2);

describe('a reply', () => {
  it.each<[what: string, answer: (socket: Socket) => void]>([
    ['with a length', (socket) => socket.write(reply(ID, RIGHT))],
    [
      'in chunks',
      (socket) =>
        socket.write(reply(ID, Buffer.concat([chunk(RIGHT), Buffer.from('0\r\n\r\n')]), 'Transfer-Encoding: chunked')),
    ],
    ['until the connection closes', (socket) => socket.end(reply(ID, RIGHT, 'Connection: close'))],
    [
      'after an interim one',
      (socket) => socket.write(Buffer.concat([Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n'), reply(ID, RIGHT)])),
    ],
  ])('%s is right', async (_, answer) => {
    const { outcomes, violations } = await judged(answer);
    expect(violations).toEqual([]);
    expect(outcomes.ok).toBe(1);
  });

  it.each<[what: string, answer: (socket: Socket) => void, violation: RegExp]>([
    ['of another request', (socket) => socket.write(reply('c-2', replyBody('c-2'))), /the reply is that of c-2/],
    ['with the body of another', (socket) => socket.write(reply(ID, replyBody('c-2'))), /a wrong body/],
    ['cut short, with a length that fits', (socket) => socket.write(reply(ID, half)), /cut short that looks complete/],
    [
      'cut short, with a last chunk',
      (socket) =>
        socket.write(reply(ID, Buffer.concat([chunk(half), Buffer.from('0\r\n\r\n')]), 'Transfer-Encoding: chunked')),
      /cut short that looks complete/,
    ],
    [
      'cut short, and closed in order',
      (socket) => socket.end(reply(ID, half, 'Connection: close')),
      /cut short that looks complete/,
    ],
    [
      'with another status',
      (socket) => socket.write(reply(ID, RIGHT, `Content-Length: ${RIGHT.length}`, '500 Oops')),
      /status 500/,
    ],
    [
      'with two lengths',
      (socket) => socket.write(reply(ID, RIGHT, `Content-Length: ${RIGHT.length}\r\nContent-Length: 1`)),
      /a repeated field/,
    ],
    [
      'followed by another',
      (socket) => socket.write(Buffer.concat([reply(ID, RIGHT), reply('forged', RIGHT)])),
      /a reply nobody asked for/,
    ],
    ['that is no HTTP', (socket) => socket.write('HTTP/1.1 OK 200\r\n\r\n'), /a start line/],
    ['that never comes', () => undefined, /did not end within 100 ms/],
    ['that is a closed connection', (socket) => socket.end(), /closed without a word/],
  ])('%s is a violation', async (_, answer, violation) => {
    const { violations } = await judged(answer);
    expect(violations[0]).toMatch(violation);
  });

  it('that is 502, 503 or 504 is a refusal', async () => {
    const { outcomes, violations } = await judged((socket) =>
      socket.write(reply('', RIGHT, `Content-Length: ${RIGHT.length}`, '502 Bad Gateway')),
    );
    expect(violations).toEqual([]);
    expect(outcomes.refused).toBe(1);
  });

  it.each<[what: string, answer: (socket: Socket) => void]>([
    ['short of its length', (socket) => socket.end(reply(ID, half, `Content-Length: ${RIGHT.length}`))],
    ['without a last chunk', (socket) => socket.end(reply(ID, chunk(half), 'Transfer-Encoding: chunked'))],
    ['without the end of its head', (socket) => socket.end('HTTP/1.1 200 OK\r\nX-Id: c')],
  ])('%s is one that the client can tell', async (_, answer) => {
    const { outcomes, violations } = await judged(answer);
    expect(violations).toEqual([]);
    expect(outcomes.cut).toBe(1);
  });
});

describe('deliveries', () => {
  it('of a POST may be one', () => {
    const ledger = new Ledger();
    ledger.delivered({ id: ID, method: 'POST' });
    expect(ledger.violations).toEqual([]);
    ledger.delivered({ id: ID, method: 'POST' });
    expect(ledger.violations[0]).toMatch(/delivered too often/);
  });

  it('of a GET may be two', () => {
    const ledger = new Ledger();
    for (let count = 0; count < 2; count += 1) ledger.delivered({ id: ID, method: 'GET' });
    expect(ledger.violations).toEqual([]);
    ledger.delivered({ id: ID, method: 'GET' });
    expect(ledger.violations[0]).toMatch(/delivered too often/);
  });
});
