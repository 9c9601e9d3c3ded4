/** What a reader should know of a message before reading its body. */
import type { Framing } from '@http1/events';
import { formatBytes, formatCount } from './format';

export function framingWords(framing: Framing): string {
  switch (framing.kind) {
    case 'none':
      return 'no body';
    case 'length':
      return framing.bytes === 0 ? 'no body (Content-Length: 0)' : `Content-Length: ${formatCount(framing.bytes)}`;
    case 'chunked':
      return 'chunked, shown without chunk sizes';
    case 'until-close':
      return 'until the connection closes';
  }
}

/** Null where the body is shown as it is. */
export function codingNote(contentEncoding: string | null): string | null {
  const coding = contentEncoding?.trim().slice(0, 60) ?? '';
  if (coding === '' || coding.toLowerCase() === 'identity') return null;
  return `The body is coded with ${coding}. This version does not decode it: these are the bytes as they were sent.`;
}

/** `31 B`; `first 256.0 KiB` */
export const bodySizeWords = (shownBytes: number, isWhole: boolean): string =>
  isWhole ? formatBytes(shownBytes) : `first ${formatBytes(shownBytes)}`;
