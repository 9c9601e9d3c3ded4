import { describe, expect, it } from 'vitest';
import { FrameReader, type FrameReaderOptions } from '../../src-main/websocket/frame-reader';
import { countedBytes } from '../support/counted-bytes';
import { piecesOf } from '../support/event-log';
import { bytesOf, frameBytes, hex, joined, KEY, readFrames, type FrameParts } from '../support/websocket-frames';

const CLIENT: FrameReaderOptions = { sender: 'client' };
const SERVER: FrameReaderOptions = { sender: 'server' };
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('the examples of RFC 6455 §5.7', () => {
  it('read as a text without a mask', () => {
    const { frames, fault } = readFrames([hex('81 05 48 65 6c 6c 6f')], SERVER);
    expect(fault).toBeNull();
    expect(frames[0]).toMatchObject({
      number: 1,
      offset: 0,
      headerBytes: 2,
      fin: true,
      rsv: 0,
      opcode: 1,
      maskingKey: null,
      payloadBytes: 5,
      payloadOffset: 2,
      end: 7,
      message: { number: 1, kind: 'text', isCompressed: false },
    });
    expect(text(frames[0]!.payload)).toBe('Hello');
  });

  it('read as a text with a mask', () => {
    const { frames } = readFrames([hex('81 85 37 fa 21 3d 7f 9f 4d 51 58')], CLIENT);
    expect(frames[0]).toMatchObject({ headerBytes: 6, maskingKey: KEY, payloadOffset: 6, end: 11 });
    expect(text(frames[0]!.payload)).toBe('Hello');
  });

  it('read as a text in two fragments', () => {
    const { frames } = readFrames([hex('01 03 48 65 6c 80 02 6c 6f')], SERVER);
    expect(frames.map(({ fin, opcode, offset }) => [fin, opcode, offset])).toEqual([
      [false, 1, 0],
      [true, 0, 5],
    ]);
    expect(frames[1]!.message).toEqual({ number: 1, kind: 'text', isCompressed: false });
    expect(frames.map(({ payload }) => text(payload)).join('')).toBe('Hello');
  });

  it('read as a ping and the masked pong to it', () => {
    const ping = readFrames([hex('89 05 48 65 6c 6c 6f')], SERVER).frames[0]!;
    const pong = readFrames([hex('8a 85 37 fa 21 3d 7f 9f 4d 51 58')], CLIENT).frames[0]!;
    expect([ping.opcode, ping.message, text(ping.payload)]).toEqual([9, null, 'Hello']);
    expect([pong.opcode, pong.message, text(pong.payload)]).toEqual([10, null, 'Hello']);
  });

  it('read as 256 bytes with their length in 16 bits', () => {
    const { frames } = readFrames([joined(hex('82 7e 01 00'), new Uint8Array(256))], SERVER);
    expect(frames[0]).toMatchObject({ opcode: 2, headerBytes: 4, payloadBytes: 256, end: 260 });
  });

  it('read as 64 KiB with their length in 64 bits', () => {
    const { frames } = readFrames([joined(hex('82 7f 00 00 00 00 00 01 00 00'), new Uint8Array(65_536))], SERVER);
    expect(frames[0]).toMatchObject({ headerBytes: 10, payloadBytes: 65_536, end: 65_546 });
  });
});

describe('a frame', () => {
  it('stands where the stream says, and the next one after it', () => {
    const bytes = joined(frameBytes({ opcode: 1, payload: 'a' }), frameBytes({ opcode: 2, payload: 'bc' }));
    const { frames, offset } = readFrames([bytes], { sender: 'server', start: 1_000 });
    expect(frames.map((frame) => [frame.offset, frame.payloadOffset, frame.end])).toEqual([
      [1_000, 1_002, 1_003],
      [1_003, 1_005, 1_007],
    ]);
    expect(offset).toBe(1_007);
  });

  it('may be 2 ** 53 bytes long but for what stands before it', () => {
    const { frames, fault } = readFrames([hex('82 7f 00 1f ff ff ff ff ff 00')], SERVER);
    expect([frames[0]?.payloadBytes, fault]).toEqual([2 ** 53 - 256, null]);
  });

  it('is told before its payload, and the payload as it comes', () => {
    const reader = new FrameReader(SERVER);
    reader.receive(hex('81 05 48 65'));
    expect([reader.next()?.kind, reader.next(), reader.next()]).toMatchObject([
      'frame',
      { kind: 'payload', at: 0 },
      null,
    ]);
    expect(reader.openFrame).toMatchObject({ number: 1, end: 7 });
    reader.receive(hex('6c 6c 6f'));
    expect(reader.next()).toMatchObject({ kind: 'payload', at: 2, bytes: hex('6c 6c 6f') });
    expect([reader.next(), reader.openFrame]).toEqual([null, null]);
  });

  it('can be left before its payload has come, and read on behind it', () => {
    const reader = new FrameReader(SERVER);
    reader.receive(joined(hex('82 7e 01 00'), new Uint8Array(6)));
    expect([reader.next()?.kind, reader.next()?.kind]).toEqual(['frame', 'payload']);
    reader.skipPayload();
    expect([reader.next(), reader.offset]).toEqual([null, 260]);
    reader.receive(frameBytes({ opcode: 1, payload: 'after' }));
    expect(reader.next()).toMatchObject({ kind: 'frame', frame: { offset: 260, opcode: 1 } });
  });

  it('can be left where more than its payload was received', () => {
    const reader = new FrameReader(SERVER);
    reader.receive(joined(frameBytes({ opcode: 2, payload: 'skipped' }), frameBytes({ opcode: 1, payload: 'b' })));
    expect(reader.next()?.kind).toBe('frame');
    reader.skipPayload();
    expect(reader.next()).toMatchObject({ kind: 'frame', frame: { offset: 9, opcode: 1 } });
  });

  it('is not left where it is a control frame: a close code is looked at', () => {
    const reader = new FrameReader(SERVER);
    reader.receive(hex('88 02 03 ed'));
    expect(reader.next()?.kind).toBe('frame');
    reader.skipPayload();
    expect([reader.next()?.kind, reader.next()]).toMatchObject(['payload', { fault: { code: 'WS_CLOSE_CODE' } }]);
  });

  it('shows how much of its header has come', () => {
    const reader = new FrameReader({ sender: 'client', start: 40 });
    reader.receive(hex('81 fe 01'));
    expect([reader.next(), reader.unfinishedHeader]).toEqual([null, { start: 40, end: 43 }]);
    reader.receive(hex('00 01 02 03 04'));
    expect([reader.next()?.kind, reader.unfinishedHeader]).toEqual(['frame', null]);
  });
});

const data = (more: Partial<FrameParts> = {}) => frameBytes({ opcode: 1, payload: 'Hello', ...more });
const close = (code: number, reason = '') =>
  frameBytes({ opcode: 8, payload: joined(Uint8Array.of(code >> 8, code & 0xff), bytesOf(reason)) });

/** What is wrong, at which of its bytes, and why; each after a frame that is right. */
type Broken = readonly [code: string, at: number, what: string, bytes: Uint8Array, more?: Partial<FrameReaderOptions>];
const BROKEN: readonly Broken[] = [
  ['WS_OPCODE', 0, 'opcode 3', data({ opcode: 3 })],
  ['WS_OPCODE', 0, 'opcode 15', data({ opcode: 15 })],
  ['WS_RSV', 0, 'RSV1 with no extension', data({ rsv: 4 })],
  ['WS_RSV', 0, 'RSV2 with permessage-deflate', data({ rsv: 2 }), { allowsRsv1: true }],
  ['WS_RSV', 0, 'RSV3 with permessage-deflate', data({ rsv: 5 }), { allowsRsv1: true }],
  ['WS_RSV', 0, 'RSV1 on a ping', data({ opcode: 9, rsv: 4 }), { allowsRsv1: true }],
  ['WS_RSV', 5, 'RSV1 on a fragment', joined(hex('41 03 61 62 63'), data({ opcode: 0, rsv: 4 })), { allowsRsv1: true }],
  ['WS_MASK_FORBIDDEN', 1, 'a mask of a server', data({ key: KEY })],
  ['WS_MASK_MISSING', 1, 'no mask of a client', data(), { sender: 'client' }],
  ['WS_CONTROL_FRAGMENTED', 0, 'a ping without FIN', data({ opcode: 9, fin: false })],
  ['WS_CONTROL_LENGTH', 1, 'a ping of 126 bytes', frameBytes({ opcode: 9, payload: new Uint8Array(126) })],
  ['WS_CONTROL_LENGTH', 1, 'a short ping with its length in 64 bits', data({ opcode: 9, lengthBytes: 8 })],
  ['WS_LENGTH_NOT_SHORTEST', 2, '5 bytes in 16 bits', data({ lengthBytes: 2 })],
  ['WS_LENGTH_NOT_SHORTEST', 2, '125 bytes in 64 bits', data({ payload: new Uint8Array(125), lengthBytes: 8 })],
  ['WS_LENGTH_NOT_SHORTEST', 2, '65535 bytes in 64 bits', data({ payload: new Uint8Array(65_535), lengthBytes: 8 })],
  ['WS_LENGTH_TOP_BIT', 2, 'a length of 2 ** 63', hex('82 7f 80 00 00 00 00 00 00 00')],
  ['WS_LENGTH_TOO_LARGE', 2, 'a length of 2 ** 53', hex('82 7f 00 20 00 00 00 00 00 00')],
  ['WS_LENGTH_TOO_LARGE', 2, 'a length of 2 ** 63 - 1', hex('82 7f 7f ff ff ff ff ff ff ff')],
  ['WS_NOTHING_TO_CONTINUE', 0, 'a continuation of nothing', data({ opcode: 0 })],
  ['WS_NOTHING_TO_CONTINUE', 7, 'a continuation of a whole message', joined(data(), data({ opcode: 0 }))],
  ['WS_MESSAGE_UNFINISHED', 7, 'a text inside a text', joined(data({ fin: false }), data())],
  ['WS_DATA_AFTER_CLOSE', 4, 'a text after a close', joined(close(1000), data())],
  ['WS_CLOSE_LENGTH', 1, 'a close of one byte', frameBytes({ opcode: 8, payload: 'x' })],
  ['WS_CLOSE_CODE', 2, 'code 999', close(999)],
  ['WS_CLOSE_CODE', 2, 'code 1004', close(1004)],
  ['WS_CLOSE_CODE', 2, 'code 1005', close(1005, 'why')],
  ['WS_CLOSE_CODE', 2, 'code 1006', close(1006)],
  ['WS_CLOSE_CODE', 2, 'code 1015', close(1015)],
  ['WS_CLOSE_CODE', 2, 'code 2999', close(2999)],
  ['WS_CLOSE_CODE', 2, 'code 5000', close(5000)],
];

describe('a fault', () => {
  const cases = BROKEN.map(([code, at, what, broken, more = {}]) => ({ code, at, what, broken, more }));
  it.each(cases)('$code at byte $at: $what', ({ code, at, broken, more }) => {
    const options = { ...SERVER, ...more };
    const before = frameBytes({ opcode: 10, payload: 'abc', key: options.sender === 'client' ? KEY : null });
    const bytes = joined(before, broken, data());
    const expected = { code, offset: before.length + at };
    for (const pieces of [[bytes], piecesOf(bytes, 1), piecesOf(bytes, 3)])
      expect(readFrames(pieces, options).fault).toMatchObject(expected);
  });

  it('in a masked close code is seen through the mask', () => {
    const payload = Uint8Array.of(0x03, 0xed);
    const { fault } = readFrames([frameBytes({ opcode: 8, key: KEY, payload })], CLIENT);
    expect(fault).toMatchObject({ code: 'WS_CLOSE_CODE', offset: 6, detail: { code: 1005 } });
  });

  it('is the last that is told', () => {
    const reader = new FrameReader(SERVER);
    reader.receive(joined(data({ opcode: 3 }), data()));
    expect([reader.next()?.kind, reader.next()]).toEqual(['fault', null]);
    reader.receive(data());
    expect([reader.next(), reader.fault?.code, reader.offset]).toEqual([null, 'WS_OPCODE', 0]);
  });

  it.each([1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999])('is not in close code %i', (code) => {
    expect(readFrames([close(code, 'why')], SERVER).fault).toBeNull();
  });

  it('is not in RSV1 on the first frame of a message where it was negotiated', () => {
    const bytes = joined(data({ rsv: 4, fin: false }), data({ opcode: 0 }), data());
    const { frames, fault } = readFrames([bytes], { ...SERVER, allowsRsv1: true });
    expect(fault).toBeNull();
    expect(frames.map(({ message }) => message?.isCompressed)).toEqual([true, true, false]);
  });

  it('is not in control frames between fragments', () => {
    const bytes = joined(data({ fin: false }), frameBytes({ opcode: 9 }), data({ opcode: 0 }), data());
    const { frames, fault } = readFrames([bytes], SERVER);
    expect([fault, frames.map(({ message }) => message?.number ?? null)]).toEqual([null, [1, null, 1, 2]]);
  });
});

describe('the work', () => {
  it('is one look at each byte of a header and none at a payload, however they are cut', () => {
    const many = Array.from({ length: 2_000 }, () => frameBytes({ opcode: 9, key: KEY }));
    const bytes = joined(...many, frameBytes({ opcode: 2, key: KEY, payload: new Uint8Array(100_000) }));
    for (const pieceBytes of [bytes.length, 1, 7]) {
      const count = { reads: 0 };
      const reader = new FrameReader(CLIENT);
      for (const piece of piecesOf(bytes, pieceBytes)) {
        reader.receive(countedBytes(piece, count));
        while (reader.next() !== null);
      }
      expect([reader.fault, count.reads]).toEqual([null, 2_000 * 6 + 14]);
    }
  });
});
