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
export const METHOD = 3;
export const REQUEST_TARGET = 4;
export const HTTP_VERSION = 5;
export const STATUS_SPACE = 6;
export const STATUS_CODE = 7;
export const REASON_SPACE = 8;
export const REASON_PHRASE = 9;
export const START_LINE_CR = 10;
export const START_LINE_LF = 11;

/** Field lines of a head or of trailers. */
export const FIELD_LINE = 12;
export const FIELD_NAME = 13;
export const FIELD_OWS = 14;
export const FIELD_VALUE = 15;
export const FIELD_LF = 16;
/** CR of the empty line that ends the section. */
export const SECTION_LF = 17;

export const BODY_LENGTH = 18;
export const BODY_UNTIL_CLOSE = 19;

export const CHUNK_SIZE = 20;
export const CHUNK_EXT_BWS = 21;
export const CHUNK_EXT_NAME_START = 22;
export const CHUNK_EXT_NAME = 23;
export const CHUNK_EXT_NAME_BWS = 24;
export const CHUNK_EXT_VALUE_START = 25;
export const CHUNK_EXT_VALUE = 26;
export const CHUNK_EXT_QUOTED = 27;
export const CHUNK_EXT_QUOTED_PAIR = 28;
export const CHUNK_EXT_QUOTED_END = 29;
export const CHUNK_SIZE_LF = 30;
export const CHUNK_DATA = 31;
export const CHUNK_DATA_CR = 32;
export const CHUNK_DATA_LF = 33;

/** The message is complete; its `end` event has not been taken yet. */
export const MESSAGE_END = 34;
export const FAULTED = 35;

const PHASES: readonly ParsePhase[] = [
  ...Array<ParsePhase>(2).fill('idle'),
  ...Array<ParsePhase>(10).fill('start-line'),
  ...Array<ParsePhase>(6).fill('headers'),
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
