/**
 * What the engine tells about connections: rows for the list, exchanges and marks for the detail.
 *
 * All times are Unix epoch milliseconds with a fraction, on the engine's clock. All offsets count bytes from the
 * first byte of one direction of one connection.
 */
import type { ErrorCode, ErrorDetail, Failure } from './errors';
import type { GuardName, Settings } from './settings';

/** 1, 2, 3 … in the order connections were accepted or opened; never reused within a session. */
export type ConnectionId = number;

/**
 * `in`: what the client sent. `out`: what was sent to the client. On a connection to an upstream server we are the
 * client: `in` is what we sent to it, `out` what it sent. So requests are always in `in`, replies in `out`.
 */
export type Direction = 'in' | 'out';

/** Who opened a connection: a client of ours, or we ourselves, to a server behind us. */
export type Side = 'client' | 'upstream';

/** What the parser of one direction is doing. */
export type ParsePhase =
  | 'idle'
  | 'start-line'
  | 'headers'
  | 'body-length'
  | 'chunk-size'
  | 'chunk-data'
  | 'trailers'
  | 'body-until-close'
  | 'complete'
  | 'fault';

/**
 * What a connection is doing. `delayed`: the request under way waits for its turn to leak out of the bucket, and the
 * client is not read from. `lingering`: the reply is out, bytes still arriving are recorded and dropped. `greeting`: a
 * client of SOCKS says where it goes.
 */
export type ConnectionPhase = ParsePhase | 'greeting' | 'delayed' | 'replying' | 'lingering' | 'closed' | RelayPhase;

/**
 * `connecting`, `securing` (TLS), `sending`, `receiving`: of a connection to a server, for which `idle` is waiting in
 * the pool. `waiting`: for the first byte of a reply, on both sides. `tunnel`: bytes pass as they are, both ways.
 */
export type RelayPhase = 'connecting' | 'securing' | 'sending' | 'waiting' | 'receiving' | 'tunnel';

/** Who ended a connection, and how: all but the two resets by FIN. */
export type CloseCause =
  | 'client-closed'
  | 'client-reset'
  | 'server-closed'
  | 'guard-closed'
  | 'guard-reset'
  | 'fault-closed'
  | 'stopped'
  /** Of a connection to a server: it closed, it reset, it could not be reached. */
  | 'upstream-closed'
  | 'upstream-reset'
  | 'upstream-failed'
  /** We closed a connection to a server: nobody needed it any more, or its client left. */
  | 'pool-closed'
  | 'client-left';

/** The deadline a connection runs under just now. */
export interface ArmedDeadline {
  readonly guard: GuardName;
  readonly startedAtMs: number;
  /** When it will trip if nothing changes. */
  readonly atMs: number;
}

/** A guard that acted. */
export interface Trip {
  readonly connection: ConnectionId;
  readonly atMs: number;
  readonly guard: GuardName;
  readonly code: ErrorCode;
  /** The limit in force, in the unit of the guard. */
  readonly limit: number;
  /** What was measured, in the unit of the guard. */
  readonly measured: number;
  /** The inbound byte offset the verdict fell at. */
  readonly offset: number;
  /** Of the reply; null: none was sent. Whether FIN or RST followed is in the cause of the close. */
  readonly status: number | null;
}

/** A byte the parser could not accept. */
export interface FaultMark {
  readonly connection: ConnectionId;
  readonly atMs: number;
  readonly code: ErrorCode;
  /** What fills the texts of the code. */
  readonly detail?: ErrorDetail;
  readonly offset: number;
  /** Of the reply, as in a row; null: none was sent. */
  readonly status: number | null;
}

/** Bytes of the latest exchange by part, for the small lane of a list row. */
export interface Lane {
  readonly startLine: number;
  readonly fields: number;
  readonly body: number;
  readonly reply: number;
}

/** What was agreed on in a TLS handshake. */
export interface TlsInfo {
  /** `TLSv1.3` */
  readonly version: string;
  readonly cipher: string;
  /** `http/1.1`; null: none was agreed on. */
  readonly alpn: string | null;
  /** The name the client asked for (SNI); null: none. */
  readonly serverName: string | null;
  /** What the server's certificate says of itself, of a connection to a server; null elsewhere. */
  readonly certificate: ServerCertificate | null;
}

export interface ServerCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly notAfterMs: number;
  /** Why it would have been refused, had verification not been switched off for this server; null: it was verified. */
  readonly distrust: ErrorCode | null;
}

/** One connection as the list shows it. Rows are replaced, never mutated. */
export interface ConnectionRow {
  readonly id: ConnectionId;
  /** Grows with every change of this connection. */
  readonly revision: number;
  /** `127.0.0.1:53122`, `[::1]:53122` */
  readonly client: string;
  readonly server: string;
  readonly side: Side;
  /**
   * `api · http://127.0.0.1:3000`, or the address alone: the server a connection leads to; of a client's connection,
   * the one its latest request was passed on to. Null: none was.
   */
  readonly upstream: string | null;
  /** The connection whose TLS records carry this one's bytes, or whose tunnel it is the other end of. Null: none. */
  readonly carrier: ConnectionId | null;
  /** Null: it is not, or not yet, under TLS. */
  readonly tls: TlsInfo | null;
  readonly phase: ConnectionPhase;
  readonly openedAtMs: number;
  /** Of a connection to a server: when TCP, and TLS, were there. Null: not yet, or a client's. */
  readonly connectedAtMs: number | null;
  readonly securedAtMs: number | null;
  readonly closedAtMs: number | null;
  readonly closeCause: CloseCause | null;
  readonly requestCount: number;
  /** Of the latest request whose start line is complete; empty before the first. The target is cut at 512 characters. */
  readonly method: string;
  readonly target: string;
  /** Of the reply to that request: a status of HTTP, or the code of a SOCKS reply (`socks-replies.ts`); null before it. */
  readonly status: number | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly lane: Lane;
  readonly armed: ArmedDeadline | null;
  /** Codes of trips, rate limits and faults of this connection, each once, oldest first. */
  readonly marks: readonly ErrorCode[];
}

/**
 * How one request was passed on to a server. It is filled in while that happens: null is not reached yet, of `connect`
 * and `secure` also that a kept connection was used. The steps of a waterfall, in their order.
 */
export interface Relay {
  /** Name of the upstream; empty in the forward mode. */
  readonly upstream: string;
  /** `http://127.0.0.1:3000` */
  readonly server: string;
  /** Servers tried before this one. */
  readonly retries: number;
  /** The connection it went over and which request on that it was; 0: none yet. */
  readonly connection: ConnectionId;
  readonly number: number;
  /** When the head was complete and a server was looked for. */
  readonly routedAtMs: number;
  readonly connectAtMs: number | null;
  readonly connectedAtMs: number | null;
  readonly securedAtMs: number | null;
  /** First byte handed to the server's connection; end of the request. */
  readonly sendAtMs: number | null;
  readonly sentAtMs: number | null;
  /** First byte of the reply, interim ones included; end of the reply. */
  readonly replyAtMs: number | null;
  readonly repliedAtMs: number | null;
}

/** The other protocol a connection went on with after an exchange. */
export type SwitchedTo = 'tunnel' | 'websocket' | 'other';

/** One request and its reply on a connection. Null: not reached yet. */
export interface Exchange {
  /** 1, 2, 3 … on its connection. */
  readonly number: number;
  readonly method: string;
  /** Cut like that of a row. */
  readonly target: string;
  readonly version: string;
  readonly startedAtMs: number;
  /** Inbound offsets of the request. */
  readonly requestStart: number;
  readonly headEnd: number | null;
  readonly requestEnd: number | null;
  readonly headAtMs: number | null;
  readonly requestAtMs: number | null;
  /** Bytes of the body received so far, after chunked coding is taken off. */
  readonly bodyBytes: number;
  /** As in a row. */
  readonly status: number | null;
  /** Outbound offsets of the final reply (interim replies stand before it). */
  readonly replyStart: number | null;
  readonly replyEnd: number | null;
  readonly replyAtMs: number | null;
  /** Tokens left in the client's bucket after this request; null where the rate limit was off or not reached. */
  readonly tokensLeft: number | null;
  /** Null: it was answered here, or refused before a server was chosen. */
  readonly relay: Relay | null;
  /** On a connection to a server: the request of a client that was passed on. Null elsewhere, and for checks. */
  readonly relayOf: { readonly connection: ConnectionId; readonly number: number } | null;
  /** From `requestEnd` and `replyEnd` on the bytes are of another protocol. Null: they are not. */
  readonly switchedTo: SwitchedTo | null;
  /** What stopped it, if anything did. */
  readonly failure: (Failure & { readonly offset: number }) | null;
}

/** A run of reads or writes drawn as one bar. Times in epoch ms. */
export interface TimelineBar {
  readonly direction: Direction;
  readonly fromMs: number;
  readonly toMs: number;
  readonly bytes: number;
  /** Number of reads or writes in the run. */
  readonly count: number;
  /** What the parser was doing when the run ended. */
  readonly phase: ConnectionPhase;
}

/** Everything the detail pane shows besides the bytes themselves. */
export interface ConnectionDetail {
  readonly row: ConnectionRow;
  /** The latest exchanges, oldest first; at most `MAX_EXCHANGES_KEPT`, fewer where there are very many connections. */
  readonly exchanges: readonly Exchange[];
  /** How many earlier exchanges are no longer kept. */
  readonly exchangesDropped: number;
  /** Oldest first; at most `MAX_MARKS_KEPT` of each. */
  readonly trips: readonly Trip[];
  readonly faults: readonly FaultMark[];
  /** Oldest first; at most `MAX_TIMELINE_BARS`, fewer where there are very many connections. */
  readonly timeline: readonly TimelineBar[];
  /** In force when its latest bytes were read: what the parser made of them depends on it. */
  readonly settings: Settings;
}

/** Bounds of what is kept of one connection besides its bytes. */
export const MAX_EXCHANGES_KEPT = 500;
export const MAX_MARKS_KEPT = 100;
export const MAX_TIMELINE_BARS = 400;
/** Connections kept in the list; the oldest closed ones are dropped first. */
export const MAX_CONNECTIONS_KEPT = 20_000;
/** Characters of a target kept in a row. */
export const MAX_TARGET_CHARACTERS = 512;

/** One read or write: where its bytes stand in the direction's stream and when it happened. */
export interface ReadMark {
  readonly offset: number;
  readonly length: number;
  readonly atMs: number;
}

/** The answer to `bytes.read`. */
export interface ByteRange {
  readonly offset: number;
  /** May be shorter than asked for: at the end of the stream, or where the journal dropped the bytes. */
  readonly bytes: Uint8Array;
  /** Bytes of this direction so far. */
  readonly streamBytes: number;
  /** The first offset still kept. */
  readonly keptFrom: number;
  /** The reads or writes that overlap the range, whole; at most `MAX_READ_MARKS`. */
  readonly reads: readonly ReadMark[];
}

/** The most bytes one `bytes.read` gives. */
export const MAX_RANGE_BYTES = 256 * 1024;
export const MAX_READ_MARKS = 4_096;
