/** The `ws` package as the judge: what it sends is read as what was sent, and what it refuses is a fault here. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { constants, createInflateRaw } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import type { RequestHead, ResponseHead } from '../../src-main/http1/events';
import { readClose } from '../../src-main/websocket/close-frame';
import { readHandshake } from '../../src-main/websocket/handshake';
import { messagesOf } from '../../src-main/websocket/messages';
import { OPCODES } from '../../src-main/websocket/opcodes';
import { headOf, tapWebSocket, type Tapped, type TapOptions } from '../support/tapped-websocket';
import { frameBytes, hex, joined, KEY, readFrames, type FrameParts, type ReadFrame } from '../support/websocket-frames';

const sha1 = (text: string) => Promise.resolve(createHash('sha1').update(text).digest('base64'));

const open: Tapped[] = [];
const tapped = async (options: TapOptions = {}): Promise<Tapped> => {
  const one = await tapWebSocket(options);
  open.push(one);
  return one;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.stop()));
});

const heads = (one: Tapped) => ({
  request: headOf(one.bytes('in'), 'request') as RequestHead,
  response: headOf(one.bytes('out'), 'response') as ResponseHead,
});

function framesIn(one: Tapped, direction: 'in' | 'out', allowsRsv1 = false) {
  const { request, response } = heads(one);
  const start = direction === 'in' ? request.end : response.end;
  const sender = direction === 'in' ? 'client' : 'server';
  return readFrames([one.bytes(direction).subarray(start)], { sender, start, allowsRsv1 });
}

const nameAndText = ({ opcode, payload }: ReadFrame): string => `${OPCODES[opcode]} ${Buffer.from(payload).toString()}`;

/** Payloads of whole messages, in order; compressed ones inflated with the window of the ones before (RFC 7692 §7.2). */
async function messagePayloads(frames: readonly ReadFrame[]): Promise<string[]> {
  const inflate = createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH });
  const texts: string[] = [];
  for (const { message, frames: parts } of messagesOf(frames)) {
    const bytes = Buffer.concat(parts.map((part) => (part as ReadFrame).payload));
    if (!message.isCompressed) {
      texts.push(bytes.toString());
      continue;
    }
    const pieces: Buffer[] = [];
    const take = (piece: Buffer) => pieces.push(piece);
    inflate.on('data', take);
    inflate.write(Buffer.concat([bytes, Buffer.of(0, 0, 0xff, 0xff)]));
    await new Promise<void>((resolve) => inflate.flush(() => resolve()));
    inflate.off('data', take);
    texts.push(Buffer.concat(pieces).toString());
  }
  return texts;
}

describe('what ws sends', () => {
  it('is read as fragments, pings, pongs and a close, in both directions', async () => {
    const one = await tapped();
    const echoed = once(one.client, 'message');
    one.server.on('message', (message, isBinary) => one.server.send(message, { binary: isBinary }));
    one.client.send('Hel', { fin: false });
    one.client.ping('are you there');
    one.client.send('lo', { fin: true });
    await echoed;
    one.client.close(4001, 'enough');
    await one.closed;
    const received = framesIn(one, 'in');
    const sent = framesIn(one, 'out');
    expect([received.fault, sent.fault]).toEqual([null, null]);
    expect(received.frames.map(nameAndText).slice(0, 3)).toEqual(['text Hel', 'ping are you there', 'continuation lo']);
    expect(sent.frames.map(nameAndText).slice(0, 2)).toEqual(['pong are you there', 'text Hello']);
    const last = received.frames.at(-1) as ReadFrame;
    expect(readClose(last.payload)).toEqual({ code: 4001, name: null, reason: 'enough', fault: null });
    expect([received.offset, sent.offset]).toEqual([one.bytes('in').length, one.bytes('out').length]);
  });

  it('is agreed on as the heads say', async () => {
    const handleProtocols = (offered: Set<string>) => [...offered][1] ?? false;
    const one = await tapped({ compresses: true, protocols: ['a', 'b'], server: { handleProtocols } });
    const handshake = await readHandshake(heads(one), sha1);
    expect(handshake).toMatchObject({
      isOpened: true,
      problems: [],
      subprotocol: 'b',
      offeredSubprotocols: ['a', 'b'],
    });
    expect(handshake.accept).toMatchObject({ isRight: true, given: handshake.accept.expected });
    expect(handshake.deflate).toMatchObject({ serverKeepsContext: true, serverWindowBits: 15 });
  });

  it('is read as compressed where it is, and inflates to what was sent', async () => {
    const one = await tapped({ compresses: true });
    const texts = ['once upon a time', 'once upon a time there was', 'x'.repeat(70_000)];
    const all = new Promise<void>((resolve) => {
      let count = 0;
      one.server.on('message', () => (count += 1) === texts.length && resolve());
    });
    for (const text of texts) one.client.send(text);
    await all;
    expect(framesIn(one, 'in').fault?.code).toBe('WS_RSV');
    const { frames, fault } = framesIn(one, 'in', true);
    expect([fault, frames.every(({ message }) => message?.isCompressed)]).toEqual([null, true]);
    expect(await messagePayloads(frames)).toEqual(texts);
  });

  it('comes back from the reader message by message, whatever was sent', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            parts: fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { minLength: 1, maxLength: 3 }),
            binary: fc.boolean(),
            compress: fc.boolean(),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        fc.boolean(),
        async (sent, compresses) => {
          const one = await tapWebSocket({ compresses });
          for (const { parts, binary, compress } of sent)
            parts.forEach((part, index) =>
              one.client.send(part, { binary, compress, fin: index === parts.length - 1 }),
            );
          one.client.close(1000);
          await one.closed;
          const { frames, fault } = framesIn(one, 'in', compresses);
          await one.stop();
          expect(fault).toBeNull();
          expect(await messagePayloads(frames)).toEqual(sent.map(({ parts }) => parts.join('')));
          expect(messagesOf(frames).map(({ message }) => message.kind)).toEqual(
            sent.map(({ binary }) => (binary ? 'binary' : 'text')),
          );
        },
      ),
      { numRuns: 25 },
    );
  });
});

const HANDSHAKE = [
  'GET / HTTP/1.1',
  'Host: a',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Extensions: permessage-deflate',
  '\r\n',
].join('\r\n');

const data = (more: Partial<FrameParts> = {}) => frameBytes({ opcode: 1, payload: 'Hello', key: KEY, ...more });
const close = (code: number) => data({ opcode: 8, payload: Uint8Array.of(code >> 8, code & 0xff) });

/** What both refuse, with permessage-deflate negotiated. Of what ws lets pass see below. */
const REFUSED: readonly (readonly [code: string, what: string, bytes: Uint8Array])[] = [
  ['WS_OPCODE', 'opcode 3', data({ opcode: 3 })],
  ['WS_OPCODE', 'opcode 11', data({ opcode: 11 })],
  ['WS_RSV', 'RSV2', data({ rsv: 2 })],
  ['WS_RSV', 'RSV1 on a ping', data({ opcode: 9, rsv: 4 })],
  ['WS_RSV', 'RSV1 on a fragment', joined(data({ fin: false }), data({ opcode: 0, rsv: 4 }))],
  ['WS_MASK_MISSING', 'no mask', data({ key: null })],
  ['WS_CONTROL_FRAGMENTED', 'a ping without FIN', data({ opcode: 9, fin: false })],
  ['WS_CONTROL_LENGTH', 'a ping of 126 bytes', data({ opcode: 9, payload: new Uint8Array(126) })],
  ['WS_LENGTH_TOO_LARGE', 'a length of 2 ** 53', hex('82 ff 00 20 00 00 00 00 00 00 00 00 00 00')],
  ['WS_LENGTH_TOP_BIT', 'a length of 2 ** 63', hex('82 ff 80 00 00 00 00 00 00 00 00 00 00 00')],
  ['WS_NOTHING_TO_CONTINUE', 'a continuation of nothing', data({ opcode: 0 })],
  ['WS_MESSAGE_UNFINISHED', 'a text inside a text', joined(data({ fin: false }), data())],
  ['WS_CLOSE_LENGTH', 'a close of one byte', data({ opcode: 8, payload: 'x' })],
  ['WS_CLOSE_CODE', 'close code 1005', close(1005)],
  ['WS_CLOSE_CODE', 'close code 999', close(999)],
];

describe('what ws refuses', () => {
  let server: WebSocketServer;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: true });
    await once(server, 'listening');
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  /** The error of ws, or null where it closed as asked to. */
  async function judged(bytes: Uint8Array): Promise<Error | null> {
    const accepted = once(server, 'connection') as Promise<[WebSocket]>;
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined).resume();
    socket.write(HANDSHAKE);
    const [peer] = await accepted;
    let error: Error | null = null;
    peer.on('error', (thrown: Error) => (error = thrown));
    const ended = new Promise<unknown>((resolve) => peer.once('close', resolve));
    socket.write(joined(bytes, close(1000)));
    socket.end();
    await ended;
    return error;
  }

  it('is nothing of a message in due form', async () => {
    expect(await judged(data())).toBeNull();
  });

  it.each(REFUSED)('is %s here: %s', async (code, _what, bytes) => {
    expect(await judged(bytes)).toBeInstanceOf(RangeError);
    expect(readFrames([bytes], { sender: 'client', allowsRsv1: true }).fault?.code).toBe(code);
  });

  it('does not hold a length longer than it needs, which RFC 6455 §5.2 forbids', async () => {
    const bytes = data({ lengthBytes: 8 });
    expect(await judged(bytes)).toBeNull();
    expect(readFrames([bytes], { sender: 'client' }).fault?.code).toBe('WS_LENGTH_NOT_SHORTEST');
  });
});
