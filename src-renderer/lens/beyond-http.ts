/** What the bytes of a direction are where they are not HTTP but can be explained all the same: TLS, or WebSocket. */
import type { TlsReading } from '@tls/opening';
import { elementOfFrame, elementOfTls, type ByteElement } from './byte-words';
import { frameSpanAt, frameSpansIn, type FrameReading } from './frame-spans';
import type { KindSpan } from './span-map';
import { tlsSpanAt, tlsSpansIn } from './tls-spans';

/** Another one, with another identity, where more is known. */
export interface BeyondHttp {
  /** Where it begins; before it is HTTP. */
  readonly start: number;
  /** Those that meet the range, in order. */
  spansIn(start: number, end: number): readonly KindSpan[];
  elementAt(offset: number, streamBytes: number): ByteElement | null;
}

export const beyondAsTls = (reading: TlsReading): BeyondHttp => ({
  start: reading.start,
  spansIn: (start, end) => tlsSpansIn(reading, start, end),
  elementAt: (offset, streamBytes) => {
    const span = tlsSpanAt(reading, offset, streamBytes);
    return span && elementOfTls(span);
  },
});

export const beyondAsFrames = (reading: FrameReading, start: number): BeyondHttp => ({
  start,
  spansIn: (from, end) => frameSpansIn(reading, Math.max(from, start), end),
  elementAt: (offset) => {
    const span = frameSpanAt(reading, offset);
    return span && elementOfFrame(span);
  },
});
