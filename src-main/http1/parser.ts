/**
 * The HTTP/1.1 parser: bytes in, events out, for one direction of one connection (RFC 9112).
 *
 * It owns grammar, framing and byte budgets. It must not know sockets, clocks, policy or what a reply is: the same
 * machine runs in the engine, which acts on its events, and in the page, which colours bytes by its spans.
 *
 * How to drive it: `receive` a read, then call `next` until it returns null, then `receive` the next one. When the
 * peer has closed, call `finish` once. After a fault nothing is parsed any more, for where the next message begins
 * can no longer be told; bytes that still come are counted.
 *
 * The rules it keeps
 * - Every verdict and every offset is the same however the bytes were cut: the machine can rest between any two
 *   bytes, and limits count bytes consumed, never bytes waiting.
 * - A fault is told at the first byte with which no acceptable message can begin. Where a head is well-formed but
 *   cannot be accepted for what it means, the fault is told at the first byte of the field line that makes it so, of
 *   the target, or (no Host) of the empty line, once the head is complete.
 * - A body is refused before it is read: with a Content-Length beyond `maxBodyBytes` the fault comes in place of the
 *   head; with a chunk that goes beyond it, right after that chunk's size line. `startLine` tells whose it was.
 * - A limit that is lowered, and a rule that is changed, hold for the message under way, from its next byte on.
 * - What the rules let through is decided where a fault would be raised: what they cost, only odd bytes pay.
 *
 * Strategy: the bytes of a section are scanned where they lie, and noted as offsets; when the section is complete it
 * becomes one text, of which a field asked for is a slice. A head that is plain and whole in its read goes through
 * `plain-head.ts` in one go; all else goes step by step. Only a section that comes in several pieces is gathered. Body
 * bytes are handed on as views, never copied.
 *
 * Bounds: a head and a trailer section by `maxHeadBytes`, chunk extensions by `MAX_EXTENSION_BYTES`; between
 * messages it holds nothing. Time is linear in the bytes received.
 */
import type { ParsePhase } from '../contract/connections';
import { BugError } from '../contract/errors';
import { BodyReader } from './body';
import type { ParserEvent, ParserLimits, RequestHead, ResponseHead } from './events';
import { scanFieldLines } from './field-lines';
import { forbiddenTrailer } from './framing';
import { CR, LF } from './grammar';
import { completeRequest, completeResponse, completeTrailers } from './heads';
import { takePlainHead } from './plain-head';
import { Registers } from './registers';
import type { SpanKind, SpanTap } from './span-kinds';
import { scanStartLine } from './start-line';
import {
  BODY_UNTIL_CLOSE,
  EMPTY_LINE_LF,
  FAULTED,
  FIELD_LINE,
  HTTP_VERSION,
  IDLE,
  MESSAGE_END,
  METHOD,
  SECTION_LF,
  TLS_RECORD,
  isFieldState,
  partialKind,
  phaseOf,
} from './states';

/** The first byte of a TLS handshake record (RFC 8446 §5.1). */
const TLS_HANDSHAKE = 0x16;

// For who runs the parser on its own.
export { decodeLatin1With } from './bytes';
export { NO_LIMITS } from './events';

export type ParserRole = 'request' | 'response';

/** The request line of the message under way. */
export interface StartLine {
  readonly method: string;
  readonly target: string;
  readonly version: string;
}

export class Parser {
  readonly #r: Registers;
  readonly #body: BodyReader;
  #messageStart = 0;
  #headBytes = 0;
  #sawMessage = false;
  #toldFault = false;
  #startLine: StartLine | null = null;
  #requestMethods: string[] = [];

  constructor(role: ParserRole, limits: ParserLimits, tap: SpanTap | null = null) {
    this.#r = new Registers(role, limits, tap);
    this.#body = new BodyReader(this.#r);
  }

  get limits(): ParserLimits {
    return this.#r.limits;
  }

  /** May be replaced at any moment; from the next byte on, the message under way is held to it. */
  set limits(limits: ParserLimits) {
    this.#r.limits = limits;
  }

  /** `idle` before the first message, `complete` from the end of a message to the first byte of the next. */
  get phase(): ParsePhase {
    const { state, inTrailers } = this.#r;
    if (inTrailers && isFieldState(state)) return 'trailers';
    return this.#sawMessage && state <= EMPTY_LINE_LF ? 'complete' : phaseOf(state);
  }

  /** Bytes consumed since the start of the direction. */
  get offset(): number {
    return this.#r.base + this.#r.at;
  }

  /** Offset of the first byte of the message under way; the same as `offset` while there is none. */
  get messageStart(): number {
    return this.#r.state <= EMPTY_LINE_LF ? this.offset : this.#messageStart;
  }

  /** Bytes that count towards `maxHeadBytes`: of the head, and of the empty lines skipped before it. */
  get headBytes(): number {
    return this.#r.state <= SECTION_LF && !this.#r.inTrailers ? this.offset - this.#r.budgetStart : this.#headBytes;
  }

  /** Field lines begun in the head, or in the trailers once they are reached. */
  get fieldCount(): number {
    return this.#r.fields.count;
  }

  get targetBytes(): number {
    return this.#r.targetEnd - this.#r.targetStart;
  }

  /** Bytes of the body so far, after chunked coding is taken off. */
  get bodyBytes(): number {
    return this.#r.bodyBytes;
  }

  /** Of the request under way: known before the rest of its start line is; empty before and between messages. */
  get method(): string {
    return this.#r.state <= EMPTY_LINE_LF ? '' : this.#r.method;
  }

  /** Of a request: known as soon as it is complete, also where the head never is; null before and between messages. */
  get startLine(): StartLine | null {
    if (isFieldState(this.#r.state) && this.#hasUnreadStartLine()) this.#startLine = this.#readStartLine();
    return this.#startLine;
  }

  /** Between two messages, with nothing seen of the next one, not even an empty line: any parser could go on here. */
  get isAtRest(): boolean {
    return this.#r.state === IDLE && this.#r.budgetStart === this.offset;
  }

  /** Goes on in another direction, of which that many bytes are behind it and a message may begin. */
  restAt(offset: number, limits: ParserLimits): void {
    if (!this.isAtRest) throw new BugError('a parser cannot leave a message that is under way');
    const r = this.#r;
    r.limits = limits;
    r.base = offset - r.at;
    r.budgetStart = offset;
    r.marked = offset;
    // What names a message is another direction's.
    r.method = '';
    r.version = '';
    r.fieldsStart = 0;
    this.#sawMessage = offset > 0;
  }

  /** What the bytes of the element under way are being taken for, and where it began; null between elements. */
  get unfinished(): { readonly kind: SpanKind; readonly start: number } | null {
    const { marked, state } = this.#r;
    return marked < this.offset ? { kind: partialKind(state), start: marked } : null;
  }

  /** Text of bytes between two offsets of the head or trailers under way; they have been consumed. */
  sectionText(start: number, end: number): string {
    const { sectionStart } = this.#r;
    return this.#r.text(start - sectionStart, end - sectionStart);
  }

  /**
   * Hands over the next read. The view has to stay as it is until the next `receive`.
   * @throws BugError before the last one was used up.
   */
  receive(bytes: Uint8Array): void {
    const r = this.#r;
    if (r.at < r.bytes.length) throw new BugError('the parser was given bytes before it had used up the last ones');
    r.takeView(bytes);
  }

  /** Gives up what is left of the read, which is returned: bytes that are for later, or are no HTTP any more. */
  takeRest(): Uint8Array {
    const r = this.#r;
    const rest = r.bytes.subarray(r.at);
    r.leaveView();
    return rest;
  }

  /** The method of the next request a response belongs to: HEAD and CONNECT change where the response ends. */
  answers(method: string): void {
    this.#requestMethods.push(method);
  }

  /** Null: more bytes are needed. A data event is valid until the next call. */
  next(): ParserEvent | null {
    const r = this.#r;
    for (;;) {
      const { state } = r;
      if (state <= EMPTY_LINE_LF) {
        if (!this.#beginMessage()) return this.#rest();
        if (r.state === METHOD && r.tap === null && takePlainHead(r, r.stop)) return this.#endSection();
      } else if (state < FIELD_LINE) {
        if (this.#refuseOverBudget()) return this.#rest();
        scanStartLine(r, r.stop);
        if (r.state !== FIELD_LINE) return this.#rest();
        if (r.simple) return this.#endSection();
      } else if (state <= SECTION_LF) {
        if (this.#refuseOverBudget() || !scanFieldLines(r, r.stop)) return this.#rest();
        return this.#endSection();
      } else if (state === MESSAGE_END) {
        return this.#endMessage();
      } else if (state === FAULTED) {
        return this.#rest();
      } else {
        const event = this.#body.step();
        if (event !== null) return event;
        if (r.at >= r.bytes.length && r.state !== MESSAGE_END) return this.#rest();
      }
    }
  }

  /** The peer has closed: the end of a body that lasts until then, a fault in the middle of a message, else null. */
  finish(): ParserEvent | null {
    const r = this.#r;
    if (r.state <= EMPTY_LINE_LF || r.state === FAULTED) return null;
    if (r.state === BODY_UNTIL_CLOSE) return this.#endMessage();
    r.fail('H1_INCOMPLETE', r.at);
    return this.#rest();
  }

  /** A parser in the same state, to go on from here more than once. */
  clone(tap: SpanTap | null): Parser {
    const copy = new Parser(this.#r.role, this.#r.limits, tap);
    copy.#r.copyFrom(this.#r);
    copy.#messageStart = this.#messageStart;
    copy.#headBytes = this.#headBytes;
    copy.#sawMessage = this.#sawMessage;
    copy.#toldFault = this.#toldFault;
    copy.#startLine = this.startLine;
    copy.#requestMethods = [...this.#requestMethods];
    return copy;
  }

  /** Skips empty lines before a request line (RFC 9112 §2.2). True: at the first byte of a message. */
  #beginMessage(): boolean {
    const r = this.#r;
    for (const { stop } = r; r.at < stop; r.at += 1) {
      const byte = r.bytes[r.at]!;
      if (r.state === EMPTY_LINE_LF) {
        if (byte !== LF) {
          this.#openNone();
          r.fail('H1_BARE_CR', r.at);
          return false;
        }
        r.state = IDLE;
        r.span('preamble', r.at + 1);
      } else if (byte === CR && this.#skipsEmptyLines()) {
        r.state = EMPTY_LINE_LF;
      } else if (byte === LF && r.limits.rules.bareLf && this.#skipsEmptyLines()) {
        r.span('preamble', r.at + 1);
      } else {
        this.#openHead(byte);
        return true;
      }
    }
    return false;
  }

  /** For what is refused before a message begins: else it would go by the name of the one before. */
  #openNone(): void {
    const start = this.#r.budgetStart;
    this.#messageStart = start;
    this.#r.openMessage(start);
  }

  #skipsEmptyLines(): boolean {
    return this.#r.role === 'request' && this.#r.limits.rules.emptyLines;
  }

  #openHead(firstByte: number): void {
    const r = this.#r;
    const start = this.offset;
    this.#messageStart = start;
    this.#startLine = null;
    r.openMessage(start);
    if (r.role === 'response') {
      r.state = HTTP_VERSION;
    } else if (firstByte === TLS_HANDSHAKE && start === 0) {
      r.at += 1;
      r.state = TLS_RECORD;
    } else {
      r.state = METHOD;
    }
  }

  /** True: a limit was lowered below what the section has already, and its next byte was refused as one too many. */
  #refuseOverBudget(): boolean {
    const r = this.#r;
    if (r.at >= r.bytes.length) return false;
    const { maxFieldCount, maxTargetBytes } = r.limits;
    if (r.fields.count > maxFieldCount && r.lineRules.fieldOverflow === 'refuse') {
      r.exceed('LIM_FIELD_COUNT', r.at, { limit: maxFieldCount, measured: r.fields.count });
    } else if (this.targetBytes > maxTargetBytes && !r.inTrailers) {
      r.exceed('LIM_TARGET_BYTES', r.at, { limit: maxTargetBytes, measured: this.targetBytes });
    }
    return r.state === FAULTED;
  }

  /** Nothing more can be taken from this view: a fault, a limit, or the end of it. */
  #rest(): ParserEvent | null {
    const r = this.#r;
    if (r.state !== FAULTED && r.at < r.bytes.length) {
      if (r.state <= EMPTY_LINE_LF) this.#openNone();
      const { maxHeadBytes: limit } = r.limits;
      r.exceed('LIM_HEAD_BYTES', r.at, { limit, measured: this.offset - r.budgetStart + 1 });
    }
    if (r.state === FAULTED) return this.#tellFault();
    if (r.state > EMPTY_LINE_LF && r.state <= SECTION_LF) r.leaveSection();
    r.leaveView();
    return null;
  }

  #tellFault(): ParserEvent | null {
    const r = this.#r;
    if (!this.#toldFault && r.fault !== null) {
      this.#toldFault = true;
      if (this.#hasUnreadStartLine()) this.#startLine = this.#readStartLine();
      return { kind: 'fault', fault: r.fault };
    }
    r.at = r.bytes.length;
    r.span('garbage', r.at);
    r.leaveView();
    return null;
  }

  #hasUnreadStartLine(): boolean {
    return this.#startLine === null && this.#r.fieldsStart > 0 && this.#r.role === 'request';
  }

  #readStartLine(): StartLine {
    const r = this.#r;
    return { method: r.method, target: r.text(r.targetStart, r.targetEnd), version: r.version };
  }

  #endSection(): ParserEvent | null {
    const r = this.#r;
    if (!r.inTrailers) {
      const head = r.role === 'request' ? completeRequest(r) : completeResponse(r, this.#requestMethods[0] ?? '');
      return head === null ? this.#rest() : this.#openBody(head);
    }
    r.state = MESSAGE_END;
    if (r.fields.count === 0) return this.#endMessage();
    const fields = completeTrailers(r);
    const forbidden = forbiddenTrailer(fields);
    r.gathered.clear();
    if (forbidden === -1) return { kind: 'trailers', fields };
    r.failAt('H1_TRAILER_FIELD', r.sectionStart + forbidden, r.at);
    return this.#rest();
  }

  #openBody(head: RequestHead | ResponseHead): ParserEvent | null {
    const r = this.#r;
    this.#headBytes = this.offset - r.budgetStart;
    this.#startLine = head.kind === 'request' ? head : null;
    if (head.kind === 'response' && !head.interim) this.#requestMethods.shift();
    r.gathered.clear();
    return this.#body.open(head.framing) ? { kind: 'head', head } : this.#rest();
  }

  #endMessage(): ParserEvent {
    const r = this.#r;
    r.state = IDLE;
    r.inTrailers = false;
    r.budgetStart = this.offset;
    this.#body.close();
    this.#messageStart = this.offset;
    this.#startLine = null;
    this.#sawMessage = true;
    return { kind: 'end', end: this.offset, bodyBytes: r.bodyBytes };
  }
}
