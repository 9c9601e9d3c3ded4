import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withStaticReads } from '../../src-main/net/static-reads';
import { TcpClient } from '../support/tcp-client';

/** What a server sees of one client: reads are copied out, as whoever is handed one has to. */
interface Seen {
  readonly socket: Socket;
  text: string;
}

let server: Server;
let accepted: ((seen: Seen) => void)[];
let arrived: () => void;

async function connectPair(): Promise<{ client: TcpClient; seen: Seen }> {
  const seen = new Promise<Seen>((resolve) => accepted.push(resolve));
  const client = await TcpClient.open((server.address() as AddressInfo).port);
  return { client, seen: await seen };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise<void>((resolve) => (arrived = resolve));
}

beforeEach(async () => {
  accepted = [];
  arrived = () => undefined;
  server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (connection) => {
    const seen: Seen = {
      text: '',
      socket: withStaticReads(connection, {
        received: (bytes) => {
          seen.text += Buffer.from(bytes).toString('latin1');
          arrived();
        },
      }),
    };
    accepted.shift()?.(seen);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  if (server.listening) await new Promise((resolve) => server.close(resolve));
});

describe('an accepted socket that reads into the shared buffer', () => {
  it('keeps the bytes of two clients that send in turns apart', async () => {
    const one = await connectPair();
    const other = await connectPair();
    for (const piece of ['a', 'b', 'c']) {
      one.client.socket.write(piece);
      await until(() => one.seen.text.endsWith(piece));
      other.client.socket.write(piece.toUpperCase());
      await until(() => other.seen.text.endsWith(piece.toUpperCase()));
    }
    expect([one.seen.text, other.seen.text]).toEqual(['abc', 'ABC']);
    one.seen.socket.destroy();
    other.seen.socket.destroy();
  });

  it('reads nothing while it is paused, so that the client has to wait, and everything after', async () => {
    const { client, seen } = await connectPair();
    seen.socket.pause();
    const sent = 'x'.repeat(16 * 1024 * 1024);
    const isTaken = client.socket.write(sent);
    await new Promise((resolve) => setImmediate(resolve));
    expect({ isTaken, waits: client.socket.writableLength > 0, text: seen.text }).toEqual({
      isTaken: false,
      waits: true,
      text: '',
    });
    seen.socket.resume();
    await until(() => seen.text.length === sent.length);
    expect(seen.text).toBe(sent);
    seen.socket.destroy();
  });

  it('tells the end of a half-closed client after its last byte, and can still write to it', async () => {
    const { client, seen } = await connectPair();
    client.socket.end('last');
    await once(seen.socket, 'end');
    expect(seen.text).toBe('last');
    seen.socket.end('reply');
    await once(client.socket, 'close');
    expect(client.received).toBe('reply');
  });

  it('tells that the client reset it', async () => {
    const { client, seen } = await connectPair();
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => seen.socket.on('error', resolve));
    client.socket.resetAndDestroy();
    expect((await failed).code).toBe('ECONNRESET');
    await once(seen.socket, 'close');
  });

  it('does not keep its server from closing', async () => {
    const { seen } = await connectPair();
    await new Promise((resolve) => server.close(resolve));
    seen.socket.write('still open');
    expect(seen.socket.destroyed).toBe(false);
    seen.socket.destroy();
  });

  it('knows the address of its client', async () => {
    const { client, seen } = await connectPair();
    expect(seen.socket.remotePort).toBe(client.socket.localPort);
    seen.socket.destroy();
  });
});
