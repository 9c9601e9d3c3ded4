/** From what the parser took each byte for to what it looks like. */
import type { SpanKind } from '@http1/span-kinds';
import type { TlsKind } from '@tls/span-kinds';
import type { WebSocketKind } from '@websocket/span-kinds';
import type { PaintedBytes } from './hex-rows';
import type { Paint } from './paint';

/** `tunnel-data`: of another protocol, which is not looked into. */
export type ByteKind = SpanKind | TlsKind | WebSocketKind | 'tunnel-data';

export interface KindSpan {
  readonly start: number;
  readonly end: number;
  readonly kind: ByteKind;
}

/** Bytes that are passed as they are, after a switch to another protocol or where none is known. */
export interface TunnelSpan extends KindSpan {
  readonly kind: 'tunnel-data';
}

const TLS_PAINTS: Readonly<Record<TlsKind, Paint>> = {
  'tls-record-type': 'method',
  'tls-handshake-type': 'method',
  'tls-version': 'version',
  'tls-length': 'delimiter',
  'tls-random': 'value',
  'tls-session-id': 'value',
  'tls-cipher-suite': 'chunk',
  'tls-compression': 'delimiter',
  'tls-extension': 'name',
  'tls-extension-data': 'value',
  'tls-name-type': 'delimiter',
  'tls-server-name': 'target',
  'tls-alpn': 'target',
  'tls-group': 'chunk',
  'tls-signature-scheme': 'chunk',
  'tls-key': 'value',
  'tls-psk-mode': 'chunk',
  'tls-alert': 'status',
  'tls-grease': 'delimiter',
  'tls-opaque': 'body',
  'tls-garbage': 'garbage',
};

const WEBSOCKET_PAINTS: Readonly<Record<WebSocketKind, Paint>> = {
  'ws-opcode': 'method',
  'ws-length': 'delimiter',
  'ws-extended-length': 'delimiter',
  'ws-masking-key': 'chunk',
  'ws-close-code': 'status',
  'ws-payload': 'body',
  'ws-header': 'delimiter',
  'ws-garbage': 'garbage',
};

const PAINTS: Readonly<Record<ByteKind, Paint>> = {
  ...TLS_PAINTS,
  ...WEBSOCKET_PAINTS,
  preamble: 'delimiter',
  method: 'method',
  target: 'target',
  version: 'version',
  status: 'status',
  reason: 'reason',
  space: 'delimiter',
  'field-name': 'name',
  colon: 'delimiter',
  ows: 'delimiter',
  'field-value': 'value',
  'line-end': 'delimiter',
  'empty-line': 'delimiter',
  'chunk-size': 'chunk',
  'chunk-extension': 'chunk',
  'chunk-data': 'body',
  body: 'body',
  garbage: 'garbage',
  'tunnel-data': 'plain',
};

export const paintOf = (kind: ByteKind): Paint => PAINTS[kind];

const TLS_TEXTS: ReadonlySet<TlsKind> = new Set<TlsKind>(['tls-server-name', 'tls-alpn']);
const TLS_NUMBERS = (Object.keys(TLS_PAINTS) as TlsKind[]).filter((kind) => !TLS_TEXTS.has(kind));
const WEBSOCKET_KINDS = Object.keys(WEBSOCKET_PAINTS) as WebSocketKind[];

/** Bytes of a body may be anything, and so may numbers; everywhere else a control or a byte above 0x7E deserves a look. */
const HOLDS_ANYTHING: ReadonlySet<ByteKind> = new Set<ByteKind>([
  'body',
  'chunk-data',
  'garbage',
  'tunnel-data',
  ...TLS_NUMBERS,
  ...WEBSOCKET_KINDS,
]);
const LINE_ENDS: ReadonlySet<ByteKind> = new Set<ByteKind>(['line-end', 'empty-line', 'preamble']);
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;

const isPlainText = (byte: number): boolean => (byte >= 0x20 && byte <= 0x7e) || byte === TAB;

/** CR LF belongs at the end of a line; LF without CR, and CR that something other than LF follows, do not. */
function isLoneLineEnd(bytes: Uint8Array, index: number): boolean {
  const next = bytes[index + 1];
  if (bytes[index] === LF) return index > 0 && bytes[index - 1] !== CR;
  return next !== undefined && next !== LF;
}

function isOdd(bytes: Uint8Array, index: number, kind: ByteKind): boolean {
  const byte = bytes[index] as number;
  if (HOLDS_ANYTHING.has(kind) || isPlainText(byte)) return false;
  return !((byte === LF || byte === CR) && LINE_ENDS.has(kind)) || isLoneLineEnd(bytes, index);
}

/** Index of the first span that ends after the offset. */
export function firstSpanAfter(spans: readonly KindSpan[], offset: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle] as KindSpan).end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function spanAt<S extends KindSpan>(spans: readonly S[], offset: number): S | null {
  const span = spans[firstSpanAfter(spans, offset)];
  return span !== undefined && span.start <= offset ? span : null;
}

export interface PaintInput {
  readonly start: number;
  readonly bytes: Uint8Array;
  /** In order, without overlap; bytes that no span covers stay plain. */
  readonly spans: readonly KindSpan[];
  /** Where the verdict fell that ended the parsing of this direction; null while there is none. */
  readonly cut: number | null;
  /** Are the bytes after the cut explained all the same? */
  readonly readsOn?: boolean;
}

/** What to paint each byte of a page in. Linear in its length. */
export function paintBytes({ start, bytes, spans, cut, readsOn = false }: PaintInput): PaintedBytes {
  const paints = new Array<Paint>(bytes.length).fill('plain');
  for (let place = firstSpanAfter(spans, start); place < spans.length; place += 1) {
    const { kind, start: from, end } = spans[place] as KindSpan;
    const last = Math.min(end - start, bytes.length);
    for (let index = Math.max(0, from - start); index < last; index += 1) {
      paints[index] = isOdd(bytes, index, kind) ? 'odd' : PAINTS[kind];
    }
    if (end - start >= bytes.length) break;
  }
  if (cut !== null) {
    const end = readsOn ? Math.min(bytes.length, cut - start + 1) : bytes.length;
    for (let index = Math.max(0, cut - start); index < end; index += 1) {
      paints[index] = index + start === cut ? 'fault' : 'garbage';
    }
  }
  return { start, bytes, paints };
}
