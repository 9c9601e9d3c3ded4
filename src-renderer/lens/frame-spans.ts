/** The spans of frames for the hex view: of those in a list, found by offset, and of what follows a fault. */
import type { Fault } from '@http1/events';
import type { Frame } from '@websocket/frame';
import { frameSpans, type WebSocketSpan } from '@websocket/span-kinds';
import { spanAt } from './span-map';

/** What is known of the frames of one direction. */
export interface FrameReading {
  /** In order. Frames before the first one may be missing. */
  readonly frames: readonly Frame[];
  readonly unfinishedHeader: { readonly start: number; readonly end: number } | null;
  readonly fault: Fault | null;
}

/** Index of the first frame that ends after the offset. */
function firstFrameAfter(frames: readonly Frame[], offset: number): number {
  let low = 0;
  let high = frames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((frames[middle] as Frame).end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

const plain = (kind: 'ws-header' | 'ws-garbage', start: number, end: number): WebSocketSpan => ({
  start,
  end,
  kind,
  name: null,
});

/** Those that meet the range, whole; bytes of frames that are not in the list have none. */
export function frameSpansIn(reading: FrameReading, start: number, end: number): readonly WebSocketSpan[] {
  const { frames, unfinishedHeader: header, fault } = reading;
  const spans: WebSocketSpan[] = [];
  for (let index = firstFrameAfter(frames, start); index < frames.length; index += 1) {
    const frame = frames[index] as Frame;
    if (frame.offset >= end) break;
    for (const span of frameSpans(frame)) spans.push(span);
  }
  if (header !== null) spans.push(plain('ws-header', header.start, header.end));
  // A wrong close code is a part of its frame: the rest of its payload stays one.
  const garbageFrom = Math.max(fault?.offset ?? Infinity, spans.at(-1)?.end ?? 0);
  if (fault !== null && garbageFrom < end) spans.push(plain('ws-garbage', garbageFrom, end));
  return spans.filter((span) => span.end > start && span.start < end);
}

export const frameSpanAt = (reading: FrameReading, offset: number): WebSocketSpan | null =>
  spanAt(frameSpansIn(reading, offset, offset + 1), offset);
