/**
 * The states of the parser between any two bytes, by the grammar rule that comes next (RFC 9112). Numbers, for they
 * are compared in the hot loop; their order matters where a range of them is one section.
 */
import type { ParsePhase } from '../contract/connections';
import type { SpanKind } from './span-kinds';

/** Between messages; empty lines before a request line are skipped here (RFC 9112 §2.2). */
export const IDLE = 0;
/** CR of an empty line before a request line. */
export const EMPTY_LINE_LF = 1;

/** The byte 0x16 where a method should begin: the next byte tells whether it is TLS. */
export const TLS_RECORD = 2;
/** It is, and is taken for a line without an end (`tlsOnPlainPort`). */
export const TLS_LINE = 3;
export const METHOD = 4;
export const REQUEST_TARGET = 5;
export const HTTP_VERSION = 6;
export const STATUS_SPACE = 7;
export const STATUS_CODE = 8;
export const REASON_SPACE = 9;
export const REASON_PHRASE = 10;
export const START_LINE_CR = 11;
export const START_LINE_LF = 12;

/** Field lines of a head or of trailers. */
export const FIELD_LINE = 13;
export const FIELD_NAME = 14;
export const FIELD_OWS = 15;
export const FIELD_VALUE = 16;
export const FIELD_LF = 17;
/** White space at the start of a line that continues the value before it. */
export const FOLD_OWS = 18;
/** A line that is not taken for a field, though no fault either. */
export const SKIPPED_NAME = 19;
export const SKIPPED_VALUE = 20;
export const SKIPPED_LF = 21;
/** CR of the empty line that ends the section. */
export const SECTION_LF = 22;

export const BODY_LENGTH = 23;
export const BODY_UNTIL_CLOSE = 24;

export const CHUNK_SIZE = 25;
export const CHUNK_EXT_BWS = 26;
export const CHUNK_EXT_NAME_START = 27;
export const CHUNK_EXT_NAME = 28;
export const CHUNK_EXT_NAME_BWS = 29;
export const CHUNK_EXT_VALUE_START = 30;
export const CHUNK_EXT_VALUE = 31;
export const CHUNK_EXT_QUOTED = 32;
export const CHUNK_EXT_QUOTED_PAIR = 33;
export const CHUNK_EXT_QUOTED_END = 34;
export const CHUNK_SIZE_LF = 35;
export const CHUNK_DATA = 36;
export const CHUNK_DATA_CR = 37;
export const CHUNK_DATA_LF = 38;

/** The message is complete; its `end` event has not been taken yet. */
export const MESSAGE_END = 39;
export const FAULTED = 40;

const PHASES: readonly ParsePhase[] = [
  ...Array<ParsePhase>(2).fill('idle'),
  ...Array<ParsePhase>(11).fill('start-line'),
  ...Array<ParsePhase>(10).fill('headers'),
  'body-length',
  'body-until-close',
  ...Array<ParsePhase>(11).fill('chunk-size'),
  ...Array<ParsePhase>(3).fill('chunk-data'),
  'complete',
  'fault',
];

export const isFieldState = (state: number): boolean => state >= FIELD_LINE && state <= SECTION_LF;
export const isChunkSizeState = (state: number): boolean => state >= CHUNK_SIZE && state <= CHUNK_SIZE_LF;

export const phaseOf = (state: number): ParsePhase => PHASES[state] ?? 'fault';

const PARTIAL_KINDS: readonly SpanKind[] = [
  'preamble',
  'preamble',
  'garbage',
  'garbage',
  'method',
  'target',
  'version',
  'space',
  'status',
  'space',
  'reason',
  'line-end',
  'line-end',
  'field-name',
  'field-name',
  'ows',
  'field-value',
  'line-end',
  'ows',
  'garbage',
  'garbage',
  'line-end',
  'empty-line',
  'body',
  'body',
  'chunk-size',
  ...Array<SpanKind>(9).fill('chunk-extension'),
  'line-end',
  'chunk-data',
  'line-end',
  'line-end',
  'empty-line',
  'garbage',
];

/** What the bytes since the last complete element are being taken for. */
export const partialKind = (state: number): SpanKind => PARTIAL_KINDS[state] ?? 'garbage';
