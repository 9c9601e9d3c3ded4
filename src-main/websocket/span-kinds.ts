/** What the bytes of a WebSocket connection are taken for, once it no longer speaks HTTP. */
import { RSV1, type Frame } from './frame';
import { CLOSE, OPCODES } from './opcodes';

export type WebSocketKind =
  /** FIN, RSV1 to RSV3 and the opcode. */
  | 'ws-opcode'
  /** The mask bit and the length, or where the length is. */
  | 'ws-length'
  | 'ws-extended-length'
  | 'ws-masking-key'
  | 'ws-close-code'
  | 'ws-payload'
  /** A header that is not complete, or was not accepted. */
  | 'ws-header'
  /** After a fault: not a frame, or not what its place asks for. */
  | 'ws-garbage';

/** Bytes of one element. */
export interface WebSocketSpan {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly kind: WebSocketKind;
  /** What stands there; null where the kind says it all. */
  readonly name: string | null;
}

export interface WebSocketWords {
  readonly label: string;
  readonly rfc: string | null;
}

const KIND_WORDS: Readonly<Record<WebSocketKind, WebSocketWords>> = {
  'ws-opcode': { label: 'FIN, RSV and opcode', rfc: 'RFC 6455 §5.2' },
  'ws-length': { label: 'mask bit and length', rfc: 'RFC 6455 §5.2' },
  'ws-extended-length': { label: 'extended payload length', rfc: 'RFC 6455 §5.2' },
  'ws-masking-key': { label: 'masking key', rfc: 'RFC 6455 §5.3' },
  'ws-close-code': { label: 'close code', rfc: 'RFC 6455 §7.4' },
  'ws-payload': { label: 'payload', rfc: 'RFC 6455 §5.6' },
  'ws-header': { label: 'frame header, not complete', rfc: 'RFC 6455 §5.2' },
  'ws-garbage': { label: 'not a WebSocket frame', rfc: null },
};

/** What the element is called, and where it is defined. */
export const describeWebSocket = (kind: WebSocketKind): WebSocketWords => KIND_WORDS[kind];

const RSV_NAMES = [
  ['RSV1', RSV1],
  ['RSV2', 0b010],
  ['RSV3', 0b001],
] as const;

function flagsOf({ fin, rsv, opcode }: Frame): string {
  const set = RSV_NAMES.filter(([, bit]) => (rsv & bit) !== 0).map(([name]) => name);
  return [...(fin ? ['FIN'] : []), ...set, OPCODES[opcode]].join(' ');
}

/** The elements of a frame, in order and without gaps; an empty one is left out. */
export function frameSpans(frame: Frame): readonly WebSocketSpan[] {
  const { offset, payloadOffset, payloadBytes, maskingKey, end } = frame;
  const keyAt = payloadOffset - (maskingKey?.length ?? 0);
  const payloadAt = frame.opcode === CLOSE && payloadBytes >= 2 ? payloadOffset + 2 : payloadOffset;
  const extra = keyAt - offset - 2;
  const short = `${extra === 0 ? `${payloadBytes}` : `in the next ${extra} bytes`}${maskingKey === null ? '' : ', masked'}`;
  const spans: readonly WebSocketSpan[] = [
    { start: offset, end: offset + 1, kind: 'ws-opcode', name: flagsOf(frame) },
    { start: offset + 1, end: offset + 2, kind: 'ws-length', name: short },
    { start: offset + 2, end: keyAt, kind: 'ws-extended-length', name: `${payloadBytes}` },
    { start: keyAt, end: payloadOffset, kind: 'ws-masking-key', name: null },
    { start: payloadOffset, end: payloadAt, kind: 'ws-close-code', name: null },
    { start: payloadAt, end, kind: 'ws-payload', name: null },
  ];
  return spans.filter((span) => span.end > span.start);
}
