import { describe, expect, it } from 'vitest';
import { FrameList, type FrameRow } from '@websocket/frame-list';
import type { Direction } from '@contract/connections';
import type { InflationStop } from '@websocket/inflated-messages';
import { elementOfFrame } from '../../../src-renderer/lens/byte-words';
import { mergeFrames } from '../../../src-renderer/lens/frame-merge';
import { frameSpanAt, frameSpansIn, type FrameReading } from '../../../src-renderer/lens/frame-spans';
import { faultWords, frameNotes, frameSentence, previewText, totalWords } from '../../../src-renderer/lens/frame-words';
import { messageSizeWords, stopWords } from '../../../src-renderer/lens/inflation-words';
import { frameBytes, hex, joined, type FrameParts } from '../../support/websocket-frames';

/** Frames of a server, each of which came at the time that its offset says. */
function listOf(bytes: Uint8Array, direction: Direction = 'out', atMs = (offset: number) => offset): FrameList {
  const list = new FrameList({ direction, start: 0, allowsRsv1: true });
  list.receive(bytes, atMs);
  return list;
}
const rowOf = (parts: FrameParts): FrameRow => listOf(frameBytes(parts)).rows[0] as FrameRow;
const readingOf = (list: FrameList): FrameReading => ({
  frames: list.rows.map(({ frame }) => frame),
  unfinishedHeader: list.unfinishedHeader,
  fault: list.fault,
});

describe('a frame in words', () => {
  it('is one sentence', () => {
    expect(frameSentence(rowOf({ opcode: 1, payload: 'Hello' }))).toBe(
      'Frame 1 from the server, text, 5 bytes of payload, bytes 0–6: Hello',
    );
  });

  it('says whether it is a part, and compressed', () => {
    const parts = joined(
      frameBytes({ opcode: 1, rsv: 4, fin: false }),
      frameBytes({ opcode: 0, fin: false }),
      frameBytes({ opcode: 0 }),
      frameBytes({ opcode: 9 }),
    );
    expect(listOf(parts).rows.map((row) => frameNotes(row))).toEqual([
      ['first part', 'deflate'],
      ['of message 1', 'deflate'],
      ['of message 1', 'last part', 'deflate'],
      [],
    ]);
  });

  it('says what came out of a compressed one, or why nothing did', () => {
    const row = rowOf({ opcode: 1, rsv: 4, payload: 'x' });
    const notes = (bytes: number, stop: InflationStop | null) =>
      frameNotes({ ...row, inflation: { bytes, stop } }).join();
    expect([notes(0, null), notes(2_000, null)]).toEqual(['inflated to 0 B', 'inflated to 2.0 KiB']);
    expect(notes(7, { kind: 'broken', reason: 'x' })).toBe('deflate, broken');
    expect(notes(2_000, { kind: 'message-bound' })).toBe('inflated to more than 2.0 KiB');
    expect(notes(0, { kind: 'total-bound' })).toBe('deflate, not inflated');
    expect(frameSentence({ ...row, inflation: { bytes: 12, stop: null } })).toMatch(
      /^Frame 1 from the server, text, inflated to 12 B, 1 byte of payload/,
    );
  });

  it('hides nothing of a text, and keeps it on one line', () => {
    const payload = 'a\r\n\tb\u202ec\0';
    expect(previewText(rowOf({ opcode: 1, payload }).preview)).toBe('a\\r\\n\\tb\\u{202E}c\\u{00}');
  });

  it('is marked where it goes on', () => {
    expect(previewText(rowOf({ opcode: 1, payload: 'x'.repeat(500) }).preview)).toBe(`${'x'.repeat(120)} …`);
  });

  it('that closes says why', () => {
    const close = (payload: Uint8Array) => previewText(rowOf({ opcode: 8, payload }).preview);
    expect(close(hex('03 e8 62 79 65'))).toBe('1000 normal closure · bye');
    expect([close(hex('0f a1')), close(new Uint8Array())]).toEqual(['4001', 'no code']);
  });

  it('that breaks a rule is told with the rule', () => {
    const { fault } = listOf(hex('83 00'));
    expect(faultWords(fault!)).toMatchObject({
      title: 'The opcode of a frame is a reserved one.',
      code: 'WS_OPCODE · RFC 6455 §5.2',
    });
  });

  it('is counted with the others, those that are listed no more too', () => {
    const { rows } = listOf(joined(frameBytes({ opcode: 1, payload: 'ab' }), frameBytes({ opcode: 9 })));
    expect(totalWords(rows, 0)).toBe('2 frames, 2 B of payload');
    expect(totalWords(rows, 1_000)).toBe('the latest 2 frames, 2 B of payload; 1,000 before them');
  });
});

describe('why a message is not shown inflated', () => {
  it('is a sentence with the bound, or with the message that was the last', () => {
    expect(stopWords({ kind: 'message-bound' })).toBe('It inflates to more than 16.0 MiB, and is not read further.');
    expect(stopWords({ kind: 'total-bound' })).toBe(
      'No more is inflated in this direction: with what went in, it came to 256 MiB.',
    );
    expect(stopWords({ kind: 'after', number: 1_200, cause: 'message-bound' })).toBe(
      'Message 1,200 before it was not inflated to its end, and this one may refer back to it.',
    );
  });

  it('is told beside its sizes', () => {
    expect(messageSizeWords(41, 120, 120)).toBe('41 B compressed, 120 B');
    expect(messageSizeWords(null, 300 * 1024, 256 * 1024)).toBe('300 KiB, the first 256 KiB shown');
  });
});

describe('two directions', () => {
  const at = (direction: Direction, ...times: readonly number[]): readonly FrameRow[] =>
    listOf(
      joined(...times.map(() => frameBytes({ opcode: 9 }))),
      'out',
      (offset) => times[offset / 2] as number,
    ).rows.map((row) => ({ ...row, direction }));
  const told = (rows: readonly FrameRow[]) => rows.map(({ direction, atMs }) => `${direction}${atMs}`);

  it('are one list in the order the frames came', () => {
    expect(told(mergeFrames(at('in', 1, 4, 9), at('out', 2, 3, 10)))).toEqual('in1 out2 out3 in4 in9 out10'.split(' '));
  });

  it('put the client first where time does not tell, whichever was read first', () => {
    expect(told(mergeFrames(at('in', 5, 5), at('out', 5)))).toEqual(['in5', 'in5', 'out5']);
    expect(told(mergeFrames(at('out', 5), at('in', 5, 5)))).toEqual(['in5', 'in5', 'out5']);
  });

  it('may be but one', () => {
    expect([told(mergeFrames([], at('out', 1))), told(mergeFrames(at('in', 1), []))]).toEqual([['out1'], ['in1']]);
  });
});

describe('the spans of a page', () => {
  const two = joined(frameBytes({ opcode: 1, payload: 'abc' }), frameBytes({ opcode: 2, payload: 'de' }));

  it('are those of the frames that meet it', () => {
    const reading = readingOf(listOf(two));
    expect(frameSpansIn(reading, 3, 6).map(({ kind, start, end }) => [kind, start, end])).toEqual([
      ['ws-payload', 2, 5],
      ['ws-opcode', 5, 6],
    ]);
    expect(frameSpansIn(reading, 9, 20)).toEqual([]);
  });

  it('cover every byte of the frames that are listed', () => {
    const reading = readingOf(listOf(two));
    for (let offset = 0; offset < two.length; offset += 1)
      expect(frameSpanAt(reading, offset), `byte ${offset}`).not.toBeNull();
  });

  it('show a header that is not complete, and what follows a fault', () => {
    expect(frameSpansIn(readingOf(listOf(joined(two, hex('81')))), 9, 20)).toMatchObject([
      { kind: 'ws-header', start: 9, end: 10 },
    ]);
    const broken = readingOf(listOf(joined(two, hex('81 80 00 00'))));
    expect(frameSpansIn(broken, 9, 13).map(({ kind, start, end }) => [kind, start, end])).toEqual([
      ['ws-header', 9, 10],
      ['ws-garbage', 10, 13],
    ]);
    expect(frameSpanAt(broken, 12)?.kind).toBe('ws-garbage');
  });

  it('leave the rest of a close frame with a wrong code its payload', () => {
    const reading = readingOf(listOf(joined(hex('88 03 03 ed 61'), hex('ff ff'))));
    expect(frameSpansIn(reading, 0, 7).map(({ kind, end }) => [kind, end])).toEqual([
      ['ws-opcode', 1],
      ['ws-length', 2],
      ['ws-close-code', 4],
      ['ws-payload', 5],
      ['ws-garbage', 7],
    ]);
  });

  it('are elements with words and a colour', () => {
    const span = frameSpanAt(readingOf(listOf(two)), 0);
    expect(elementOfFrame(span!)).toMatchObject({
      label: 'FIN, RSV and opcode',
      name: 'FIN text',
      rfc: 'RFC 6455 §5.2',
      paint: 'method',
    });
  });
});
