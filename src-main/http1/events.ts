/**
 * What the parser tells. All offsets count bytes from the first byte of the direction, and none of them depends on
 * how the bytes were cut into reads.
 */
import type { ErrorCode, ErrorDetail } from '../contract/errors';

/** The byte budgets of one direction; `Infinity` is no limit. Replaced as a whole when a setting changes. */
export interface ParserLimits {
  readonly maxHeadBytes: number;
  readonly maxFieldCount: number;
  readonly maxTargetBytes: number;
  readonly maxBodyBytes: number;
}

export const NO_LIMITS: ParserLimits = {
  maxHeadBytes: Infinity,
  maxFieldCount: Infinity,
  maxTargetBytes: Infinity,
  maxBodyBytes: Infinity,
};

/** How the end of a body is found (RFC 9112 §6.3). */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' };

/** The fields of one section, decoded only when asked for. Values are Latin-1 text: one character a byte. */
export interface Fields {
  readonly count: number;
  /** As spelled on the wire. */
  name(index: number): string;
  /** Without the white space around it. */
  value(index: number): string;
  /** The first value; names are compared without regard to case. Null where there is none. */
  get(name: string): string | null;
  all(name: string): readonly string[];
}

export interface RequestHead {
  readonly kind: 'request';
  /** Offset of the first byte of the start line. */
  readonly start: number;
  /** Offset of the first byte after the start line's CRLF. */
  readonly fieldsStart: number;
  /** Offset of the first byte after the empty line. */
  readonly end: number;
  readonly method: string;
  readonly target: string;
  readonly targetForm: 'origin' | 'absolute' | 'authority' | 'asterisk';
  /** `HTTP/1.1`, as on the wire. */
  readonly version: string;
  readonly minor: number;
  readonly fields: Fields;
  readonly framing: Framing;
  /** Does the client allow the connection to be used again (RFC 9112 §9.3)? */
  readonly keepAlive: boolean;
  readonly expectsContinue: boolean;
}

export interface ResponseHead {
  readonly kind: 'response';
  readonly start: number;
  readonly fieldsStart: number;
  readonly end: number;
  readonly status: number;
  readonly reason: string;
  readonly version: string;
  readonly minor: number;
  readonly fields: Fields;
  readonly framing: Framing;
  readonly keepAlive: boolean;
  /** 1xx: another head follows for the same request. */
  readonly interim: boolean;
}

export interface Fault {
  readonly code: ErrorCode;
  /** The first byte that could not be accepted. */
  readonly offset: number;
  /** For `LIM_` codes: `limit` and `measured`. */
  readonly detail?: ErrorDetail;
}

/**
 * Each message is told as `head`, any number of `data`, `trailers` where there are any, and `end`; interim replies
 * too. A `fault` is the last event of a direction, and comes in place of the head where the head cannot be accepted.
 *
 * `bytes` of a data event are a view of what was handed to `receive`, valid until the next `receive`: copy what is
 * kept. `end` of an `end` event is the offset of the first byte after the message.
 */
export type ParserEvent =
  | { readonly kind: 'head'; readonly head: RequestHead | ResponseHead }
  | { readonly kind: 'data'; readonly bytes: Uint8Array; readonly offset: number }
  | { readonly kind: 'trailers'; readonly fields: Fields }
  | { readonly kind: 'end'; readonly end: number; readonly bodyBytes: number }
  | { readonly kind: 'fault'; readonly fault: Fault };
