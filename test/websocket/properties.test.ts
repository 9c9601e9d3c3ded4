import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sender } from '../../src-main/websocket/frame';
import { FrameList } from '../../src-main/websocket/frame-list';
import { FrameReader } from '../../src-main/websocket/frame-reader';
import { unmask } from '../../src-main/websocket/masking';
import { messagesOf } from '../../src-main/websocket/messages';
import { frameSpans } from '../../src-main/websocket/span-kinds';
import { utf8Text } from '../../src-main/websocket/utf8';
import { piecesAt } from '../support/event-log';
import { frameBytes, joined, readFrames } from '../support/websocket-frames';

const keys = fc.uint8Array({ minLength: 4, maxLength: 4 });
const payloads = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom(125, 126, 127, 65_535, 65_536).map((length) => new Uint8Array(length).fill(0x61)),
);
const shortPayloads = fc.uint8Array({ maxLength: 125 });

/** A message in fragments with control frames between them, as a sender may write it. */
const messages = fc
  .record({
    opcode: fc.constantFrom(1, 2),
    rsv: fc.constantFrom(0, 4),
    parts: fc.array(payloads, { minLength: 1, maxLength: 4 }),
    between: fc.array(fc.record({ opcode: fc.constantFrom(9, 10), payload: shortPayloads }), { maxLength: 2 }),
  })
  .map(({ opcode, rsv, parts, between }) =>
    parts.flatMap((payload, index) => [
      {
        opcode: index === 0 ? opcode : 0,
        rsv: index === 0 ? rsv : 0,
        fin: index === parts.length - 1,
        payload,
      },
      ...between.map((control) => ({ ...control, rsv: 0, fin: true })),
    ]),
  );

const conversations = fc.record({
  sender: fc.constantFrom<Sender>('client', 'server'),
  frames: fc.array(messages, { maxLength: 4 }).map((lists) => lists.flat()),
  key: keys,
});

const bytesFrom = ({ sender, frames, key }: { sender: Sender; frames: readonly object[]; key: Uint8Array }) =>
  joined(
    ...frames.map((frame) =>
      frameBytes({ ...(frame as Parameters<typeof frameBytes>[0]), key: sender === 'client' ? key : null }),
    ),
  );

interface Written {
  readonly opcode: number;
  readonly rsv: number;
  readonly fin: boolean;
  readonly payload: Uint8Array;
}

/** Long texts are compared much faster than long lists of bytes. */
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const asWritten = ({ opcode, rsv, fin, payload }: Written) => ({ opcode, rsv, fin, payload: textOf(payload) });

const cutsOf = (length: number, places: readonly number[]): number[] =>
  [...new Set(places.map((place) => place % Math.max(1, length)))].filter((place) => place > 0).sort((a, b) => a - b);
const places = fc.array(fc.nat(), { maxLength: 12 });

/** Headers that are nearly right: first and second byte of any value, and some bytes after them. */
const nearlyFrames = fc
  .array(
    fc.oneof(
      fc.tuple(fc.constantFrom(0x81, 0x01, 0x80, 0x00, 0x82, 0x88, 0x89, 0xc1), fc.nat(255)).map((pair) => [...pair]),
      fc.array(fc.nat(255), { maxLength: 10 }),
      fc.constantFrom([0x88, 0x82, 0, 0, 0, 0, 3, 0xe8], [0x82, 0x7e, 0, 3, 1, 2, 3], [0x81, 0x02, 0x68, 0x69]),
    ),
    { maxLength: 12 },
  )
  .map((lists) => Uint8Array.from(lists.flat()));

describe('frames that were written', () => {
  it('are read as they were, with every payload', () => {
    fc.assert(
      fc.property(conversations, (conversation) => {
        const { sender } = conversation;
        const { frames, fault } = readFrames([bytesFrom(conversation)], { sender, allowsRsv1: true });
        expect(fault).toBeNull();
        expect(frames.map(asWritten)).toEqual(conversation.frames.map(asWritten));
      }),
    );
  });

  it('stand one after the other, and their elements too', () => {
    fc.assert(
      fc.property(conversations, (conversation) => {
        const bytes = bytesFrom(conversation);
        const { frames } = readFrames([bytes], { sender: conversation.sender, allowsRsv1: true });
        const spans = frames.flatMap(frameSpans);
        expect(spans.map(({ start }) => start)).toEqual([0, ...spans.map(({ end }) => end)].slice(0, spans.length));
        expect(spans.at(-1)?.end ?? 0).toBe(bytes.length);
      }),
    );
  });

  it('make the messages they were made of', () => {
    fc.assert(
      fc.property(fc.array(messages, { maxLength: 5 }), keys, (lists, key) => {
        const bytes = bytesFrom({ sender: 'client', frames: lists.flat(), key });
        const { frames } = readFrames([bytes], { sender: 'client', allowsRsv1: true });
        const data = lists.map((list) => list.filter(({ opcode }) => opcode < 8));
        expect(messagesOf(frames).map((message) => [message.frames.length, message.isFinished])).toEqual(
          data.map((list) => [list.length, true]),
        );
        expect(messagesOf(frames).map(({ payloadBytes }) => payloadBytes)).toEqual(
          data.map((list) => list.reduce((sum, { payload }) => sum + payload.length, 0)),
        );
      }),
    );
  });
});

describe('how bytes are cut', () => {
  it('makes no difference to frames', () => {
    fc.assert(
      fc.property(conversations, places, (conversation, cuts) => {
        const bytes = bytesFrom(conversation);
        const options = { sender: conversation.sender, allowsRsv1: true };
        const told = (pieces: readonly Uint8Array[]) => {
          const { frames, ...rest } = readFrames(pieces, options);
          return { ...rest, frames: frames.map((frame) => ({ ...frame, payload: textOf(frame.payload) })) };
        };
        expect(told(piecesAt(bytes, cutsOf(bytes.length, cuts)))).toEqual(told([bytes]));
      }),
    );
  });

  it('makes no difference to faults', () => {
    fc.assert(
      fc.property(nearlyFrames, places, fc.constantFrom<Sender>('client', 'server'), (bytes, cuts, sender) => {
        expect(readFrames(piecesAt(bytes, cutsOf(bytes.length, cuts)), { sender })).toEqual(
          readFrames([bytes], { sender }),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('makes no difference to rows', () => {
    fc.assert(
      fc.property(conversations, places, (conversation, cuts) => {
        const bytes = bytesFrom(conversation);
        const direction = conversation.sender === 'client' ? 'in' : 'out';
        const rowsOf = (pieces: readonly Uint8Array[]) => {
          const list = new FrameList({ direction, start: 0, allowsRsv1: true });
          let at = 0;
          for (const piece of pieces) {
            // What the list leaves out is not fed.
            const from = Math.min(piece.length, Math.max(0, list.offset - at));
            list.receive(piece.subarray(from), () => 0);
            at += piece.length;
          }
          return { rows: list.rows, offset: list.offset, fault: list.fault };
        };
        expect(rowsOf(piecesAt(bytes, cutsOf(bytes.length, cuts)))).toEqual(rowsOf([bytes]));
      }),
    );
  });
});

describe('any bytes', () => {
  it('are read without throwing, and no frame reaches back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, allowsRsv1) => {
        const { frames, fault, offset } = readFrames([bytes], { sender: 'server', allowsRsv1 });
        expect(frames.every((frame, index) => frame.offset === (frames[index - 1]?.end ?? 0))).toBe(true);
        expect(fault === null ? offset : fault.offset).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are masked and unmasked to themselves, in pieces too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), keys, fc.nat(60), (bytes, key, place) => {
        const masked = unmask(bytes, key, 0);
        const at = Math.min(place, bytes.length);
        expect(joined(unmask(masked.subarray(0, at), key, 0), unmask(masked.subarray(at), key, at))).toEqual(bytes);
      }),
    );
  });

  it('become the text that TextDecoder makes of them', () => {
    const nearlyUtf8 = fc
      .array(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 3 }).map((text) => [...new TextEncoder().encode(text)]),
          fc.array(fc.constantFrom(0x61, 0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xa0, 0xed, 0x9f, 0xf0, 0x90, 0xf4, 0x8f, 0xff)),
        ),
      )
      .map((lists) => Uint8Array.from(lists.flat()));
    fc.assert(
      fc.property(nearlyUtf8, (bytes) => {
        const { text, isValid, bytes: shown } = utf8Text(bytes);
        expect([text, shown]).toEqual([new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), bytes.length]);
        expect(isValid).toBe(Buffer.from(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)).equals(bytes));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a reader that skips', () => {
  it('tells the same frames as one that does not', () => {
    fc.assert(
      fc.property(conversations, (conversation) => {
        const { sender } = conversation;
        const bytes = bytesFrom(conversation);
        const reader = new FrameReader({ sender, allowsRsv1: true });
        const offsets: number[] = [];
        reader.receive(bytes);
        for (let event = reader.next(); event !== null; event = reader.next()) {
          if (event.kind === 'frame') offsets.push(event.frame.offset);
          reader.skipPayload();
        }
        const { frames } = readFrames([bytes], { sender, allowsRsv1: true });
        expect(offsets).toEqual(frames.map(({ offset }) => offset));
        expect(reader.offset).toBe(bytes.length);
      }),
    );
  });
});
