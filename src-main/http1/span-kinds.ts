/** What the parser can take a byte for. */
export type SpanKind =
  | 'preamble'
  | 'method'
  | 'target'
  | 'version'
  | 'status'
  | 'reason'
  | 'space'
  | 'field-name'
  | 'colon'
  | 'ows'
  | 'field-value'
  | 'line-end'
  | 'empty-line'
  | 'chunk-size'
  | 'chunk-extension'
  | 'chunk-data'
  | 'body'
  | 'garbage';

/** Hears of each element once, in order and without gaps. `end` is the offset after its last byte. */
export interface SpanTap {
  mark(kind: SpanKind, start: number, end: number): void;
}
