/** What compressed messages say: those of `ws`, as they come over a wire, and hostile ones made by hand. */
import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { PerMessageDeflateOptions } from 'ws';
import type { Direction } from '../../src-main/contract/connections';
import type { RequestHead, ResponseHead } from '../../src-main/http1/events';
import { FrameList } from '../../src-main/websocket/frame-list';
import { readHandshake } from '../../src-main/websocket/handshake';
import {
  INFLATION_BOUNDS,
  inflationOf,
  type InflationBounds,
  type InflationOptions,
} from '../../src-main/websocket/inflated-messages';
import { openInflater } from '../../src-renderer/model/page-inflater';
import { compressed, compressedInContext } from '../support/compressed-messages';
import { headOf, tapWebSocket, type Tapped } from '../support/tapped-websocket';
import { frameBytes, hex, joined, type FrameParts } from '../support/websocket-frames';

const MIB = 1024 * 1024;
const STORY = ['once upon a time', 'once upon a time there was', '', '{"once":"upon a time"}', 'x'.repeat(70_000)];

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const saidIn = (list: FrameList): string[] =>
  [...new Set(list.rows.map(({ frame }) => frame.message))]
    .filter((message) => message !== null)
    .map(({ number }) => textOf(list.inflatedMessage(number)?.bytes ?? new Uint8Array()));

describe('what ws sends compressed', () => {
  let one: Tapped | null = null;
  afterEach(async () => {
    await one?.stop();
    one = null;
  });

  async function talk(compresses: PerMessageDeflateOptions, parts: readonly (readonly string[])[]) {
    const tapped = await tapWebSocket({ compresses: { threshold: 0, ...compresses } });
    one = tapped;
    const all = new Promise<void>((resolve) => {
      let count = 0;
      tapped.client.on('message', () => (count += 1) === parts.length && resolve());
    });
    tapped.server.on('message', (message, binary) => tapped.server.send(message, { binary }));
    for (const message of parts)
      message.forEach((part, index) => tapped.client.send(part, { fin: index === message.length - 1 }));
    await all;
    return tapped;
  }

  /** Fed in pieces of this many bytes. */
  async function listOf(tapped: Tapped, direction: Direction, pieceBytes = 7): Promise<FrameList> {
    const request = headOf(tapped.bytes('in'), 'request') as RequestHead;
    const response = headOf(tapped.bytes('out'), 'response') as ResponseHead;
    const { deflate } = await readHandshake({ request, response }, null);
    if (deflate === null) throw new Error('not compressed');
    const start = direction === 'in' ? request.end : response.end;
    const inflation = inflationOf(deflate, direction, openInflater);
    const list = new FrameList({ direction, start, allowsRsv1: true, inflation });
    const bytes = tapped.bytes(direction);
    for (let at = start; at < bytes.length; at += pieceBytes) list.receive(bytes.slice(at, at + pieceBytes), () => 0);
    expect(list.fault).toBeNull();
    return list;
  }

  const AGREED: readonly (readonly [string, PerMessageDeflateOptions])[] = [
    ['with the context kept', {}],
    ['without context', { serverNoContextTakeover: true, clientNoContextTakeover: true }],
    ['with the context of the client alone', { serverNoContextTakeover: true }],
    ['in a small window', { serverMaxWindowBits: 9, clientMaxWindowBits: 9 }],
  ];

  it.each(AGREED)('is read in both directions, %s', async (_how, compresses) => {
    const tapped = await talk(
      compresses,
      STORY.map((message) => [message]),
    );
    for (const direction of ['in', 'out'] as const) {
      const list = await listOf(tapped, direction);
      expect(saidIn(list)).toEqual(STORY);
      expect(list.rows.map(({ inflation }) => inflation?.stop)).toEqual(STORY.map(() => null));
      expect(saidIn(await listOf(tapped, direction, 100_000))).toEqual(STORY);
    }
  });

  it('is told with both sizes, and previewed as it reads', async () => {
    const list = await listOf(await talk({}, [['once upon a time'], ['y'.repeat(1_000)]]), 'in');
    const { compressedBytes, inflatedBytes, isFinished } = list.inflatedMessage(2)!;
    expect([compressedBytes, inflatedBytes, isFinished]).toEqual([list.rows[1]!.frame.payloadBytes, 1_000, true]);
    expect(compressedBytes).toBeLessThan(30);
    expect(list.rows.map(({ preview }) => preview)).toEqual([
      { kind: 'text', text: 'once upon a time', isCut: false },
      { kind: 'text', text: 'y'.repeat(120), isCut: true },
    ]);
  });

  it('is one message where it came in fragments, each of which says its part', async () => {
    const tapped = await talk({}, [
      ['Once ', 'upon ', ''],
      ['once ', 'upon a time'],
    ]);
    const list = await listOf(tapped, 'in');
    expect(saidIn(list)).toEqual(['Once upon ', 'once upon a time']);
    const parts = list.rows.map(({ preview, inflation }) => [
      preview.kind === 'text' && preview.text,
      inflation?.bytes,
    ]);
    expect(parts).toEqual([
      ['Once ', 5],
      ['upon ', 5],
      ['', 0],
      ['once ', 5],
      ['upon a time', 11],
    ]);
  });
});

const OPTIONS: InflationOptions = { keepsContext: true, windowBits: 15, open: openInflater };

function inflated(frames: readonly FrameParts[], options: Partial<InflationOptions> = {}, pieceBytes = Infinity) {
  const inflation = { ...OPTIONS, ...options };
  const list = new FrameList({ direction: 'out', start: 0, allowsRsv1: true, inflation });
  const bytes = joined(...frames.map(frameBytes));
  while (list.offset < bytes.length) list.receive(bytes.slice(list.offset, list.offset + pieceBytes), () => 0);
  return list;
}
const message = (payload: Uint8Array): FrameParts => ({ opcode: 1, rsv: 4, payload });
const bounded = (bounds: Partial<InflationBounds>) => ({ bounds: { ...INFLATION_BOUNDS, ...bounds } });
const stops = (list: FrameList) => list.rows.map(({ inflation }) => inflation?.stop);

describe('compressed messages', () => {
  it('may have others, and control frames, between them and their parts', () => {
    const [one, two] = compressedInContext(['once upon a time', 'once upon a time again']);
    const list = inflated([
      message(one!),
      { opcode: 2, payload: 'plain' },
      { ...message(two!.subarray(0, 3)), fin: false },
      { opcode: 9, payload: 'ping' },
      { opcode: 0, payload: two!.subarray(3) },
    ]);
    expect(saidIn(list)).toEqual(['once upon a time', '', 'once upon a time again']);
    expect(list.rows.map(({ inflation }) => inflation === null)).toEqual([false, true, false, true, false]);
  });

  it('are binary where they say so', () => {
    const list = inflated([{ opcode: 2, rsv: 4, payload: compressed(hex('de ad')) }]);
    expect(list.rows[0]?.preview).toEqual({ kind: 'hex', text: 'DE AD', isCut: false, isCompressed: false });
  });

  it('may end with a final block, with or without the empty one after it', () => {
    // RFC 7692 §7.2.3.5
    const whole = message(hex('f3 48 cd c9 c9 07 00 00'));
    const bare = message(new Uint8Array(deflateRawSync('bare')));
    expect(saidIn(inflated([whole, bare, whole], {}, 1))).toEqual(['Hello', 'bare', 'Hello']);
  });

  it('are the same however they are cut', () => {
    const texts = ['a'.repeat(5_000), 'b', randomBytes(2_000).toString('base64'), 'b'.repeat(300)];
    const frames = compressedInContext(texts).map(message);
    for (const pieceBytes of [1, 2, 13, 1_000]) expect(saidIn(inflated(frames, {}, pieceBytes))).toEqual(texts);
  });

  it('are left as they came where it is not known how they are compressed', () => {
    const list = new FrameList({ direction: 'out', start: 0, allowsRsv1: true });
    list.receive(frameBytes(message(compressed('Hello'))), () => 0);
    expect(list.rows[0]).toMatchObject({ inflation: null, preview: { kind: 'hex', isCompressed: true } });
    expect(list.inflatedMessage(1)).toBeNull();
  });
});

const TWICE = ['once upon a time', 'once upon a time'];

describe('a message that does not inflate', () => {
  const after = { kind: 'after', number: 2, cause: 'broken' };

  it.each([
    ['has a block of no known type', hex('06 00'), 'invalid block type'],
    ['refers to what was never there', compressedInContext(TWICE)[1]!, 'invalid distance too far back'],
    ['ends inside a block', hex('0a'), 'its last block is not complete'],
    ['is empty, which not even an empty message is', new Uint8Array(), 'its last block is not complete'],
  ])('is told, and ends its direction: it %s', (_what, payload, reason) => {
    const list = inflated([compressed('one'), payload, compressed('three')].map(message));
    expect(stops(list)).toEqual([null, { kind: 'broken', reason: expect.any(String) as string }, after]);
    expect(list.inflatedMessage(2)?.stop).toMatchObject({ reason });
    expect(list.rows.slice(1).map(({ preview }) => preview.kind)).toEqual(['hex', 'hex']);
    expect([list.inflatedMessage(1)?.isFinished, list.inflatedMessage(2)?.isFinished]).toEqual([true, false]);
    expect(list.inflatedMessage(3)).toBeNull();
  });

  it('is told where one refers back to another against what was agreed on', () => {
    const list = inflated(compressedInContext(TWICE).map(message), { keepsContext: false });
    expect(stops(list)).toEqual([null, { kind: 'broken', reason: 'invalid distance too far back' }]);
  });

  it('does no harm, whatever it holds', () => {
    for (let run = 0; run < 2_000; run += 1) {
      const list = inflated([message(randomBytes(1 + (run % 90))), message(compressed('after'))], {}, 1 + (run % 50));
      expect(list.rows.length).toBe(2);
      const said = list.inflatedMessage(2);
      if (said !== null && said.stop === null) expect(textOf(said.bytes)).toBe('after');
    }
  });
});

describe('a bomb', () => {
  const bomb = message(compressed(new Uint8Array(64 * MIB)));

  it('is read up to the bound of one message, and no more where others need what was left out', () => {
    const list = inflated([bomb, message(compressed('after'))], {}, 64 * 1024);
    expect(stops(list)).toEqual([{ kind: 'message-bound' }, { kind: 'after', number: 1, cause: 'message-bound' }]);
    const { bytes, inflatedBytes, isFinished } = list.inflatedMessage(1)!;
    expect([bytes.length, isFinished]).toEqual([INFLATION_BOUNDS.keptMessageBytes, false]);
    expect(inflatedBytes).toBeLessThan(INFLATION_BOUNDS.messageBytes + MIB);
    expect(list.rows[0]?.preview).toMatchObject({ kind: 'text', isCut: true });
    expect(list.rows[1]?.preview).toMatchObject({ kind: 'hex', isCompressed: true });
  });

  it('is left alone after that where no other needs it', () => {
    const list = inflated([bomb, message(compressed('after'))], { keepsContext: false });
    expect(stops(list)).toEqual([{ kind: 'message-bound' }, null]);
    expect(saidIn(list)[1]).toBe('after');
  });

  it('of many messages is bounded in all', () => {
    const megabyte = message(compressed(new Uint8Array(MIB)));
    const frames = Array.from({ length: 8 }, () => megabyte);
    const list = inflated(frames, { keepsContext: false, ...bounded({ totalBytes: 3 * MIB }) });
    expect(stops(list).map((stop) => stop?.kind)).toEqual([
      undefined,
      undefined,
      ...new Array<string>(6).fill('total-bound'),
    ]);
    expect(list.rows[7]?.preview.kind).toBe('hex');
  });

  it('of blocks with nothing in them is bounded too', () => {
    const empty = new Uint8Array(2 * MIB).map((_, index) => (index % 5 < 3 ? 0 : 0xff));
    const list = inflated([message(empty)], bounded({ totalBytes: MIB }), 64 * 1024);
    expect(stops(list)).toEqual([{ kind: 'total-bound' }]);
    expect(list.inflatedMessage(1)?.compressedBytes).toBeLessThan(MIB + 64 * 1024);
  });

  it('does not make a page keep more than the latest of what was said', () => {
    const frames = Array.from({ length: 10 }, (_, index) => message(compressed(`${index}`.repeat(1_000))));
    const list = inflated(frames, { keepsContext: false, ...bounded({ keptBytes: 3_500 }) });
    const kept = list.rows.map(({ frame }) => list.inflatedMessage(frame.number)?.inflatedBytes ?? null);
    expect(kept).toEqual([...new Array<null>(7).fill(null), 1_000, 1_000, 1_000]);
    const few = inflated(frames, { keepsContext: false, ...bounded({ keptMessages: 2 }) });
    expect([few.inflatedMessage(8), few.inflatedMessage(9)?.isFinished]).toEqual([null, true]);
  });
});
