/**
 * The line before each chunk (RFC 9112 §7.1): `chunk-size [chunk-ext] CRLF`.
 *
 * Extensions are checked to the letter and thrown away, for nobody uses them and two servers that disagree on where
 * one ends can be made to see two different requests. The bound on them exists because they are not counted by any
 * other: a client could send one byte of body and kilobytes of extension for ever.
 */
import type { ErrorCode } from '../contract/errors';
import {
  BACKSLASH,
  CR,
  DQUOTE,
  EQUALS,
  HEX_VALUE,
  HTAB,
  LF,
  NOT_HEX,
  QDTEXT,
  QUOTED_PAIR,
  SEMICOLON,
  SP,
  TCHAR,
} from './grammar';
import type { Registers } from './registers';
import {
  CHUNK_EXT_BWS,
  CHUNK_EXT_NAME,
  CHUNK_EXT_NAME_BWS,
  CHUNK_EXT_NAME_START,
  CHUNK_EXT_QUOTED,
  CHUNK_EXT_QUOTED_END,
  CHUNK_EXT_QUOTED_PAIR,
  CHUNK_EXT_VALUE,
  CHUNK_EXT_VALUE_START,
  CHUNK_SIZE,
  CHUNK_SIZE_LF,
} from './states';

/** Extension bytes of a whole message; llhttp in Node and hyper stop at as many. */
export const MAX_EXTENSION_BYTES = 16 * 1024;

/** Enough for every number that can be counted; more digits could only be leading zeros without end. */
const MAX_SIZE_DIGITS = 16;

const REFUSED = -1;

function chunkSize(r: Registers): boolean {
  const { bytes } = r;
  const end = bytes.length;
  for (; r.at < end; r.at += 1) {
    const value = HEX_VALUE[bytes[r.at]!]!;
    if (value === NOT_HEX) return endSize(r);
    const size = r.left * 16 + value;
    if (r.taken === MAX_SIZE_DIGITS || size > Number.MAX_SAFE_INTEGER) {
      r.fail('H1_CHUNK_SIZE', r.at);
      return false;
    }
    r.left = size;
    r.taken += 1;
  }
  return false;
}

/** At the byte after the digits. */
function endSize(r: Registers): boolean {
  const byte = r.bytes[r.at]!;
  const isEnd = byte === CR || byte === SEMICOLON || byte === SP || byte === HTAB;
  if (r.taken === 0 || !isEnd) {
    r.fail(byte === LF ? 'H1_BARE_LF' : 'H1_CHUNK_SIZE', r.at);
    return false;
  }
  r.span('chunk-size', r.at);
  if (byte === CR) {
    r.at += 1;
    r.state = CHUNK_SIZE_LF;
  } else {
    r.state = CHUNK_EXT_BWS;
  }
  return true;
}

/** After a name, a value or white space: what may follow where the extension could end here. */
function afterElement(byte: number): number {
  if (byte === CR) return CHUNK_SIZE_LF;
  if (byte === SEMICOLON) return CHUNK_EXT_NAME_START;
  return byte === SP || byte === HTAB ? CHUNK_EXT_BWS : REFUSED;
}

const isBws = (byte: number): boolean => byte === SP || byte === HTAB;

/** `*( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )` (RFC 9112 §7.1.1), a byte at a time. */
function nextState(state: number, byte: number): number {
  switch (state) {
    case CHUNK_EXT_BWS:
      if (isBws(byte)) return state;
      return byte === SEMICOLON ? CHUNK_EXT_NAME_START : REFUSED;
    case CHUNK_EXT_NAME_START:
      if (isBws(byte)) return state;
      return TCHAR[byte] === 1 ? CHUNK_EXT_NAME : REFUSED;
    case CHUNK_EXT_NAME:
      if (TCHAR[byte] === 1) return state;
      if (isBws(byte)) return CHUNK_EXT_NAME_BWS;
      return byte === EQUALS ? CHUNK_EXT_VALUE_START : afterElement(byte);
    case CHUNK_EXT_NAME_BWS:
      if (isBws(byte)) return state;
      if (byte === EQUALS) return CHUNK_EXT_VALUE_START;
      return byte === SEMICOLON ? CHUNK_EXT_NAME_START : REFUSED;
    case CHUNK_EXT_VALUE_START:
      if (isBws(byte)) return state;
      if (byte === DQUOTE) return CHUNK_EXT_QUOTED;
      return TCHAR[byte] === 1 ? CHUNK_EXT_VALUE : REFUSED;
    case CHUNK_EXT_VALUE:
      return TCHAR[byte] === 1 ? state : afterElement(byte);
    case CHUNK_EXT_QUOTED:
      if (QDTEXT[byte] === 1) return state;
      if (byte === BACKSLASH) return CHUNK_EXT_QUOTED_PAIR;
      return byte === DQUOTE ? CHUNK_EXT_QUOTED_END : REFUSED;
    case CHUNK_EXT_QUOTED_PAIR:
      return QUOTED_PAIR[byte] === 1 ? CHUNK_EXT_QUOTED : REFUSED;
    default:
      return afterElement(byte);
  }
}

function chunkExtension(r: Registers): boolean {
  const { bytes } = r;
  const end = bytes.length;
  while (r.at < end) {
    const byte = bytes[r.at]!;
    const state = nextState(r.state, byte);
    const isTooLong = state !== CHUNK_SIZE_LF && r.extensionBytes === MAX_EXTENSION_BYTES;
    if (state === REFUSED || isTooLong) {
      r.fail(extensionFault(byte, isTooLong), r.at);
      return false;
    }
    r.state = state;
    if (state === CHUNK_SIZE_LF) {
      r.span('chunk-extension', r.at);
      r.at += 1;
      return true;
    }
    r.at += 1;
    r.extensionBytes += 1;
  }
  return false;
}

const extensionFault = (byte: number, isTooLong: boolean): ErrorCode =>
  byte === LF && !isTooLong ? 'H1_BARE_LF' : 'H1_CHUNK_EXTENSION';

/** Takes the line as far as its bytes are there. True: it is complete and `r.left` is the size of the chunk. */
export function scanChunkLine(r: Registers): boolean {
  if (r.state === CHUNK_SIZE && !chunkSize(r)) return false;
  if (r.state < CHUNK_SIZE_LF && !chunkExtension(r)) return false;
  if (r.at >= r.bytes.length) return false;
  if (r.bytes[r.at] !== LF) {
    r.fail('H1_BARE_CR', r.at);
    return false;
  }
  r.at += 1;
  r.span('line-end', r.at);
  return true;
}
