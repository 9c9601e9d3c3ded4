/**
 * What the parser tells. All offsets count bytes from the first byte of the direction, and none of them depends on
 * how the bytes were cut into reads.
 */
import type { ErrorCode, ErrorDetail } from '../contract/errors';

/**
 * What the parser lets through that the grammar, or good sense, would have it refuse. Each member is a thing some
 * common server does; the danger of all of them is the same: two servers in a row that read the same bytes in two
 * ways can be made to see two different requests. Trailers and chunks are held to the grammar whatever is said here.
 */
export interface ParserRules {
  /**
   * LF alone ends a line of the head, and an empty line before it (RFC 9112 §2.2 lets a recipient do so).
   * Risk: a peer that takes that LF for a part of a value sees other fields. nginx, HAProxy 2.6, Caddy.
   */
  readonly bareLf: boolean;
  /**
   * A line that begins with SP or HTAB continues the value before it; a fold and the white space around it read as
   * one SP (RFC 9112 §5.2). Risk: a peer that does not unfold sees a field of its own, or a broken line. HAProxy,
   * Apache, Caddy.
   */
  readonly obsFold: boolean;
  /**
   * Content-Length given more than once, in lines or as members of a list, counts once where all are the same
   * (RFC 9110 §8.6, RFC 9112 §6.3 item 5). Risk: a peer that compares numbers, not digits, or reads only one of
   * them. HAProxy, Caddy.
   */
  readonly equalLengths: boolean;
  /**
   * Beside Transfer-Encoding, Content-Length is ignored (RFC 9112 §6.3 item 3). `close`: and the connection may not
   * be used again, as the RFC has a server do. `keep`: it may. Risk: the classic one; a peer that goes by the length
   * sees the rest of the body as the next request. HAProxy and Apache close, Caddy keeps.
   */
  readonly lengthWithCoding: 'refuse' | 'close' | 'keep';
  /**
   * Transfer-Encoding is taken in HTTP/1.0, and the connection may not be used again (RFC 9112 §6.1). Risk: a peer of
   * that version does not know the field and finds another end of the body.
   */
  readonly codingInHttp10: boolean;
  /**
   * The first Host counts and the others are not looked at (RFC 9112 §3.2 demands 400). Risk: a peer that takes the
   * last one routes the request to somebody else. Node 20.
   */
  readonly repeatedHost: boolean;
  /**
   * A line that begins with its colon is skipped (RFC 9112 §5 has no field without a name). Risk: it stands in the
   * bytes and not in the fields. Caddy 2.6.
   */
  readonly emptyFieldName: boolean;
  /**
   * A line whose name holds visible bytes or bytes from 0x80 on that no token may hold is skipped (RFC 9110 §5.1).
   * White space and controls in a name are refused all the same. Risk: a peer that takes them for part of a name it
   * knows, or that strips them, sees a field we do not. nginx (`ignore_invalid_headers`).
   */
  readonly oddFieldNames: boolean;
  /**
   * Which versions a request may name (RFC 9112 §2.3, RFC 9110 §2.5). `http1`: HTTP/1 with any minor digit. `exact`:
   * 0.9, 1.0, 1.1 and 2.0 and no other, as llhttp has it; 0.9 and 2.0 are then treated as HTTP/1.0 on a connection that
   * may not be used again. `any`: any digit, dot and digit; what is not HTTP/1 is treated as HTTP/1.1 (HAProxy, Apache). The HTTP/2 preface is refused as what
   * it is in all of them. Risk: a client of another version may mean something else by the same bytes.
   */
  readonly versions: 'http1' | 'exact' | 'any';
  /**
   * A request line without a version (RFC 1945 §4.1). `answer`: with the method GET it is a whole request, and its
   * head is `simple`. `fields`: with any method, field lines follow as in HTTP/1.0 (llhttp). The connection may not be
   * used again. Risk: a space that a peer
   * put into a target can end the request line early.
   */
  readonly http09: 'refuse' | 'answer' | 'fields';
  /**
   * Bytes that begin like a TLS record. `wait`: they are taken for a request line that is not complete, up to its LF,
   * as servers do that read whole lines before they look at them; they count towards `maxHeadBytes`. Risk: a client
   * that will never be served holds the connection until a deadline ends it. Apache, Caddy.
   */
  readonly tlsOnPlainPort: 'refuse' | 'wait';
  /**
   * Empty lines before a request line are skipped, as RFC 9112 §2.2 says a server should: old clients end a body with
   * one too many. True is the strict reading. Risk of false: such a client is refused. Caddy.
   */
  readonly emptyLines: boolean;
  /**
   * A target may hold what RFC 3986 has no place for: `"<>[]\^{|}`, the grave accent, and "%" without two hex digits
   * after it. True is the common reading: browsers send some of them in queries, and none can be taken for the end of
   * the target. Risk of false: such a browser is refused. Risk of true: two servers may decode a broken "%" in two ways.
   */
  readonly oddTargets: boolean;
  /**
   * Field lines beyond `maxFieldCount`. `drop`: they are skipped (Node 20). Risk: nothing sees them, and that holds
   * for Content-Length, Transfer-Encoding, Host and Connection too: a body whose length was dropped is read as the
   * next request.
   */
  readonly fieldOverflow: 'refuse' | 'drop';
}

export const STRICT_RULES: ParserRules = {
  bareLf: false,
  obsFold: false,
  equalLengths: false,
  lengthWithCoding: 'refuse',
  codingInHttp10: false,
  repeatedHost: false,
  emptyFieldName: false,
  oddFieldNames: false,
  versions: 'http1',
  http09: 'refuse',
  tlsOnPlainPort: 'refuse',
  emptyLines: true,
  oddTargets: true,
  fieldOverflow: 'refuse',
};

/**
 * The byte budgets of one direction, where `Infinity` is no limit, and the rules it is read by. Replaced as a whole
 * when a setting changes.
 */
export interface ParserLimits {
  readonly maxHeadBytes: number;
  readonly maxFieldCount: number;
  readonly maxTargetBytes: number;
  /** Of the request line, without its line end. */
  readonly maxRequestLineBytes: number;
  /** Of one field line, its folds included, without its line end. */
  readonly maxFieldLineBytes: number;
  readonly maxBodyBytes: number;
  readonly rules: ParserRules;
}

export const NO_LIMITS: ParserLimits = {
  maxHeadBytes: Infinity,
  maxFieldCount: Infinity,
  maxTargetBytes: Infinity,
  maxRequestLineBytes: Infinity,
  maxFieldLineBytes: Infinity,
  maxBodyBytes: Infinity,
  rules: STRICT_RULES,
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
  /** Offset of the first byte after the start line and its line end. */
  readonly fieldsStart: number;
  /** Offset of the first byte after the empty line; a simple request has none. */
  readonly end: number;
  readonly method: string;
  readonly target: string;
  readonly targetForm: 'origin' | 'absolute' | 'authority' | 'asterisk';
  /** `HTTP/1.1`, as on the wire; `HTTP/0.9` where it names none. */
  readonly version: string;
  /** Of the HTTP/1 version it is treated as. */
  readonly minor: number;
  /** Simple-Request of HTTP/0.9: the reply is the body alone, without a status line or fields (RFC 1945 §4.1). */
  readonly simple: boolean;
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
