/** Bytes and elements in words. */
import { describe, errorEntry, type Failure } from '@contract/errors';
import { describeSpan, type Span } from '@http1/spans';
import { describeTls, type TlsSpan } from '@tls/span-kinds';
import { describeWebSocket, type WebSocketSpan } from '@websocket/span-kinds';
import type { Paint } from './paint';
import { paintOf, type TunnelSpan } from './span-map';
import { visibleText } from './text-lines';

/** One element of a message as the tooltip and the info bar name it. */
export interface ByteElement {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly label: string;
  /** Its text, or the field it belongs to; null where the label says it all. */
  readonly name: string | null;
  readonly rfc: string | null;
  readonly note: string | null;
  readonly paint: Paint;
  readonly isBad: boolean;
}

const BOUNDLESS: ReadonlySet<Paint> = new Set<Paint>(['body', 'garbage', 'plain']);

/** What to light under the pointer: the element, but of a body only the byte, or the whole view would be lit. */
export const lightOf = (
  { start, end, paint }: ByteElement,
  offset: number,
): { readonly start: number; readonly end: number } =>
  BOUNDLESS.has(paint) ? { start: offset, end: offset + 1 } : { start, end };

const NAMED: ReadonlyMap<number, string> = new Map([
  [0x00, 'NUL'],
  [0x09, 'TAB'],
  [0x0a, 'LF'],
  [0x0d, 'CR'],
  [0x20, 'space'],
  [0x7f, 'DEL'],
]);

/** `0x0D, CR`; `0x48, "H"` */
export function byteWords(byte: number): string {
  const hex = `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  const name = NAMED.get(byte);
  if (name !== undefined) return `${hex}, ${name}`;
  return byte > 0x20 && byte < 0x7f ? `${hex}, "${String.fromCharCode(byte)}"` : hex;
}

const SHOWS_TEXT: ReadonlySet<Span['kind']> = new Set<Span['kind']>([
  'method',
  'target',
  'version',
  'status',
  'reason',
  'chunk-size',
]);

const SCHEME: Readonly<Partial<Record<Span['kind'], string>>> = { 'field-value': 'value of field' };

/** `textOf` gives the text of a short element. */
export function elementOf(span: Span, textOf: (span: Span) => string): ByteElement {
  const { start, end, kind, field } = span;
  const name = field ?? (SHOWS_TEXT.has(kind) ? textOf(span) : null);
  const isNamed = kind === 'field-name' || kind === 'field-value' || field === undefined;
  return {
    start,
    end,
    label: `${SCHEME[kind] ?? describeSpan(kind).label}${isNamed ? '' : ' of field'}`,
    name,
    rfc: describeSpan(kind, field).rfc,
    note: null,
    paint: paintOf(kind),
    isBad: false,
  };
}

/** An element of TLS; texts in it are off the wire. */
export const elementOfTls = (span: TlsSpan): ByteElement => ({
  start: span.start,
  end: span.end,
  ...describeTls(span),
  name: span.name === null ? null : visibleText(span.name),
  note: null,
  paint: paintOf(span.kind),
  isBad: false,
});

/** An element of a WebSocket frame. */
export const elementOfFrame = ({ start, end, kind, name }: WebSocketSpan): ByteElement => ({
  start,
  end,
  ...describeWebSocket(kind),
  name,
  note: null,
  paint: paintOf(kind),
  isBad: kind === 'ws-garbage',
});

export const elementOfTunnel = ({ start, end, kind }: TunnelSpan): ByteElement => ({
  start,
  end,
  label: 'tunnel data',
  name: null,
  rfc: null,
  note: 'Not HTTP: these bytes are passed as they are.',
  paint: paintOf(kind),
  isBad: false,
});

/** What a client of SOCKS says, and is told, before the tunnel. */
export const elementOfSocks = (start: number, end: number): ByteElement => ({
  start,
  end,
  label: 'SOCKS handshake',
  name: null,
  rfc: 'RFC 1928',
  note: null,
  paint: 'plain',
  isBad: false,
});

/** The byte a verdict fell at, or the bytes after it. */
export function elementAfterVerdict(
  offset: number,
  { failure, at }: { failure: Failure; at: number },
  streamBytes: number,
): ByteElement {
  const { title, hint } = describe(failure);
  const { rfc = null } = errorEntry(failure.code);
  if (offset === at) {
    return { start: offset, end: offset + 1, label: title, name: null, rfc, note: hint, paint: 'fault', isBad: true };
  }
  const start = at + 1;
  return {
    start,
    end: streamBytes,
    label: 'not parsed',
    name: null,
    rfc: null,
    note: title,
    paint: 'garbage',
    isBad: false,
  };
}
