/** The spans of a stream that was scanned in pieces, as they are when it is scanned as a whole. */
import type { SpanKind } from '../../src-main/http1/span-kinds.ts';
import type { Span, SpanScanner } from '../../src-main/http1/spans.ts';

/** Elements that have no inner borders: two in a row are one. */
const SEAMLESS: readonly SpanKind[] = ['preamble', 'chunk-data', 'body', 'garbage'];

/** `scanner` is left where the pieces end. */
export function joinedSpans(scanner: SpanScanner, pieces: readonly Uint8Array[]): Span[] {
  let spans: Span[] = [];
  for (const piece of pieces) {
    const more = scanner.scan(piece);
    const from = more[0]?.start ?? Infinity;
    // An element that was not complete is told anew, whole; it may have been joined to the one before.
    spans = spans.filter(({ start }) => start < from).map((span) => (span.end > from ? { ...span, end: from } : span));
    for (const span of more) join(spans, span);
  }
  return spans;
}

function join(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  const isSame = last?.kind === span.kind && last.end === span.start && SEAMLESS.includes(span.kind);
  if (last !== undefined && isSame) spans[spans.length - 1] = { ...last, end: span.end };
  else spans.push(span);
}
