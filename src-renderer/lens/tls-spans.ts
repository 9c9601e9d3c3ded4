/** The spans of a TLS connection by page: those of its opening, and one for all that is not looked into after it. */
import type { TlsReading } from '@tls/opening';
import type { TlsSpan } from '@tls/span-kinds';
import { firstSpanAfter, spanAt } from './span-map';

const opaque = (start: number, end: number): TlsSpan => ({ start, end, kind: 'tls-opaque', name: null, rfc: null });

/** Those that meet the range. */
export function tlsSpansIn({ spans, end: known }: TlsReading, start: number, end: number): readonly TlsSpan[] {
  const first = firstSpanAfter(spans, start);
  const within = spans.slice(first, firstSpanAfter(spans, end - 1) + 1).filter((span) => span.start < end);
  return end > known ? [...within, opaque(Math.max(start, known), end)] : within;
}

export const tlsSpanAt = (reading: TlsReading, offset: number, streamBytes: number): TlsSpan | null =>
  offset < reading.end ? spanAt(reading.spans, offset) : opaque(reading.end, streamBytes);
