import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DirectWrites, MAX_DIRECT_BYTES } from '../../src-main/net/direct-writes';
import { withStaticReads } from '../../src-main/net/static-reads';
import { TcpClient } from '../support/tcp-client';

interface Pair {
  readonly client: TcpClient;
  readonly socket: Socket;
  readonly direct: DirectWrites;
  readonly drained: ReturnType<typeof vi.fn>;
}

let server: Server;
let sockets: Socket[];

/** The first write of all goes through a socket: it shows how writes are made. */
async function connectPair(): Promise<Pair> {
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = await TcpClient.open((server.address() as AddressInfo).port);
  const socket = withStaticReads((await accepted)[0], { received: () => undefined });
  sockets.push(socket);
  const drained = vi.fn();
  const direct = new DirectWrites(socket, { drained });
  await new Promise<void>((resolve) => socket.write(Buffer.from('first '), () => resolve()));
  return { client, socket, direct, drained };
}

const piece = (letter: string): Uint8Array => new Uint8Array(MAX_DIRECT_BYTES).fill(letter.charCodeAt(0));

beforeEach(async () => {
  sockets = [];
  server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

describe('a direct write', () => {
  it('is with the kernel when it returns', async () => {
    const { client, socket, direct } = await connectPair();
    expect(direct.write(Buffer.from('second '))).toBe(true);
    expect([socket.writableLength, direct.pendingBytes]).toEqual([0, 0]);
    socket.end('third');
    await once(client.socket, 'end');
    expect(client.received).toBe('first second third');
  });

  it('waits where the client takes nothing, in order with what is written after it', async () => {
    const { client, socket, direct, drained } = await connectPair();
    client.socket.pause();
    let sent = 'first ';
    const letters = Array.from('abcdefghijklmnopqrstuvwxyz'.repeat(8));
    for (const letter of letters) {
      const taken = direct.write(piece(letter));
      if (taken === null) break;
      sent += letter.repeat(MAX_DIRECT_BYTES);
      if (!taken) expect(direct.pendingBytes).toBeGreaterThan(0);
    }
    expect(direct.write(piece('!'))).toBe(null);
    socket.write('last');
    socket.end();
    expect(drained).not.toHaveBeenCalled();
    client.socket.resume();
    await once(client.socket, 'end');
    expect(client.received === `${sent}last`).toBe(true);
    expect(direct.pendingBytes).toBe(0);
  });

  it('that waited tells when it has left, and the next one goes the same way', async () => {
    const { client, direct, drained } = await connectPair();
    client.socket.pause();
    while (direct.write(piece('x')) === true);
    const told = new Promise<void>((resolve) => drained.mockImplementation(resolve));
    client.socket.resume();
    await told;
    expect([drained.mock.calls.length, direct.pendingBytes, direct.write(piece('y'))]).toEqual([1, 0, true]);
  });

  it('keeps out of a record that is in use until the loop comes round, though nothing waits any more', async () => {
    await connectPair();
    const records: object[] = [];
    const _handle = {
      writeQueueSize: 0,
      // The kernel takes a part, and the rest when it is asked again at once.
      writeBuffer: (record: object): number => {
        records.push(Object.assign(record, { getAsyncId: () => 7 }));
        return 0;
      },
    };
    const socket = { _handle, writableLength: 0, destroyed: false } as unknown as Socket;
    const direct = new DirectWrites(socket, { drained: () => undefined });
    expect([direct.write(piece('x')), direct.write(piece('y')), direct.pendingBytes]).toEqual([true, true, 0]);
    expect(new Set(records).size).toBe(2);
  });

  it('is left to the socket where it is long, or where the socket has something waiting', async () => {
    const { client, socket, direct } = await connectPair();
    expect(direct.write(new Uint8Array(MAX_DIRECT_BYTES + 1))).toBe(null);
    client.socket.pause();
    while (socket.write(piece('x')));
    expect(direct.write(piece('y'))).toBe(null);
  });

  it('is left to the socket where the client is gone, which tells it', async () => {
    const { client, socket, direct } = await connectPair();
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => socket.on('error', resolve));
    client.socket.resetAndDestroy();
    await new Promise((resolve) => client.socket.on('close', resolve));
    while (direct.write(piece('x')) === true);
    socket.write('x');
    expect(['EPIPE', 'ECONNRESET']).toContain((await failed).code);
  });
});
