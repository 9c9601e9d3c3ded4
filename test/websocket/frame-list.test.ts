import { describe, expect, it } from 'vitest';
import { FrameList, MAX_PREVIEW_CHARACTERS } from '../../src-main/websocket/frame-list';
import { describeWebSocket, frameSpans } from '../../src-main/websocket/span-kinds';
import { countedBytes } from '../support/counted-bytes';
import { piecesOf } from '../support/event-log';
import { frameBytes, hex, joined, KEY, readFrames, type FrameParts } from '../support/websocket-frames';

const listOf = (bytes: Uint8Array, more: object = {}) => {
  const list = new FrameList({ direction: 'in', start: 0, allowsRsv1: true, ...more });
  list.receive(bytes, (offset) => offset);
  return list;
};
const framed = (parts: Partial<FrameParts>) => frameBytes({ opcode: 1, key: KEY, ...parts });
const previewOf = (parts: Partial<FrameParts>) => listOf(framed(parts)).rows[0]?.preview;

describe('a row', () => {
  it('says what the frame is, where it stands, when it came and how it begins', () => {
    const list = listOf(joined(framed({ payload: 'Hello' }), framed({ opcode: 9 })));
    expect(list.rows).toMatchObject([
      {
        direction: 'in',
        name: 'text',
        atMs: 0,
        preview: { kind: 'text', text: 'Hello', isCut: false },
        frame: { number: 1, offset: 0, fin: true, payloadBytes: 5 },
      },
      { name: 'ping', atMs: 11, preview: { kind: 'text', text: '', isCut: false }, frame: { number: 2, offset: 11 } },
    ]);
  });

  it('shows as much of a long text as there is room for, in whole characters', () => {
    const preview = previewOf({ payload: '😀'.repeat(10_000) });
    expect(preview).toEqual({ kind: 'text', text: '😀'.repeat(MAX_PREVIEW_CHARACTERS), isCut: true });
  });

  it('shows a broken text as text', () => {
    expect(previewOf({ payload: hex('61 ff fe 62') })).toEqual({ kind: 'text', text: 'a\ufffd\ufffdb', isCut: false });
  });

  it('shows binary and compressed payloads in hex', () => {
    expect(previewOf({ opcode: 2, payload: hex('de ad be ef') })).toEqual({
      kind: 'hex',
      text: 'DE AD BE EF',
      isCut: false,
      isCompressed: false,
    });
    expect(previewOf({ rsv: 4, payload: hex('f2 48') })).toMatchObject({ text: 'F2 48', isCompressed: true });
    expect(previewOf({ opcode: 2, payload: new Uint8Array(1_000) })).toMatchObject({ kind: 'hex', isCut: true });
  });

  it('shows a ping as text only where it is text', () => {
    expect(previewOf({ opcode: 9, payload: hex('00 ff') })).toMatchObject({ kind: 'hex', text: '00 FF' });
    expect(previewOf({ opcode: 10, payload: 'tick' })).toMatchObject({ kind: 'text', text: 'tick' });
  });

  it('shows a close with code and reason', () => {
    const preview = previewOf({ opcode: 8, payload: joined(hex('03 e9'), new TextEncoder().encode('bye')) });
    expect(preview).toMatchObject({ kind: 'close', close: { code: 1001, name: 'going away', reason: 'bye' } });
    expect(previewOf({ opcode: 8 })).toMatchObject({ kind: 'close', close: { code: null } });
  });

  it('of a fragment shows what its message is', () => {
    const list = listOf(joined(framed({ opcode: 2, fin: false, payload: 'a' }), framed({ opcode: 0, payload: 'b' })));
    expect(list.rows.map(({ name, preview }) => [name, preview.kind])).toEqual([
      ['binary', 'hex'],
      ['continuation', 'hex'],
    ]);
  });

  it('grows while its payload comes', () => {
    const bytes = framed({ payload: 'Hello' });
    const list = listOf(bytes.subarray(0, 8));
    expect(list.rows[0]?.preview).toEqual({ kind: 'text', text: 'He', isCut: true });
    list.receive(bytes.subarray(8), () => 0);
    expect(list.rows[0]?.preview).toEqual({ kind: 'text', text: 'Hello', isCut: false });
  });
});

describe('a list', () => {
  it('keeps the latest rows and counts the others', () => {
    const list = listOf(joined(...Array.from({ length: 25 }, () => framed({ opcode: 9 }))), { maxRows: 10 });
    expect([list.rows.length, list.dropped, list.rows[0]?.frame.number]).toEqual([10, 15, 16]);
  });

  it('leaves the rest of a long payload out', () => {
    const bytes = frameBytes({ opcode: 2, payload: new Uint8Array(1_000_000) });
    const list = new FrameList({ direction: 'out', start: 5, allowsRsv1: false });
    list.receive(bytes.subarray(0, 1_000), () => 0);
    expect(list.offset).toBe(5 + bytes.length);
    list.receive(frameBytes({ opcode: 1, payload: 'next' }), () => 7);
    expect(list.rows[1]).toMatchObject({ atMs: 7, frame: { offset: 5 + bytes.length } });
  });

  it('ends with the fault, and knows which header it is in', () => {
    const list = listOf(joined(framed({ payload: 'ok' }), hex('81 05')));
    expect([list.rows.length, list.fault]).toMatchObject([1, { code: 'WS_MASK_MISSING', offset: 9 }]);
    expect(list.unfinishedHeader).toEqual({ start: 8, end: 9 });
  });

  it('looks at no more of a flood of payloads than it shows', () => {
    const count = { reads: 0 };
    const bytes = joined(...Array.from({ length: 20 }, () => framed({ opcode: 2, payload: new Uint8Array(50_000) })));
    const list = new FrameList({ direction: 'in', start: 0, allowsRsv1: false });
    let at = 0;
    for (const piece of piecesOf(bytes, 4_096)) {
      const from = Math.max(0, list.offset - at);
      if (from < piece.length) list.receive(countedBytes(piece.subarray(from), count), () => 0);
      at += piece.length;
    }
    expect(list.rows.length).toBe(20);
    expect(count.reads).toBeLessThan(20 * 600);
  });
});

describe('the elements of a frame', () => {
  const spansOf = (bytes: Uint8Array) =>
    readFrames([bytes], { sender: 'client', allowsRsv1: true }).frames.flatMap(frameSpans);

  it('are told with what stands there', () => {
    expect(spansOf(framed({ rsv: 4, payload: new Uint8Array(300) }))).toEqual([
      { start: 0, end: 1, kind: 'ws-opcode', name: 'FIN RSV1 text' },
      { start: 1, end: 2, kind: 'ws-length', name: 'in the next 2 bytes, masked' },
      { start: 2, end: 4, kind: 'ws-extended-length', name: '300' },
      { start: 4, end: 8, kind: 'ws-masking-key', name: null },
      { start: 8, end: 308, kind: 'ws-payload', name: null },
    ]);
  });

  it('are only those that are there', () => {
    expect(spansOf(framed({ opcode: 9 })).map(({ kind }) => kind)).toEqual([
      'ws-opcode',
      'ws-length',
      'ws-masking-key',
    ]);
    const close = framed({ opcode: 8, payload: hex('03 e8') });
    expect(spansOf(close).at(-1)).toMatchObject({ start: 6, end: 8, kind: 'ws-close-code' });
  });

  it('have words with the rule that defines them', () => {
    expect(describeWebSocket('ws-masking-key')).toEqual({ label: 'masking key', rfc: 'RFC 6455 §5.3' });
  });
});
