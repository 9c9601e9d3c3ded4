/**
 * What the state machine keeps between two bytes. Shared by the parser and the scanners of each section
 * (`start-line.ts`, `field-lines.ts`, `chunk-line.ts`); nobody else sees it.
 *
 * A *section* is a head or the trailers of a chunked body. Its bytes are scanned where they were received; only
 * when a section comes in several pieces are they gathered, so that the text of it can be read back.
 */
import type { ErrorCode, ErrorDetail } from '../contract/errors';
import { Gathered, NO_BYTES, latin1 } from './bytes';
import { STRICT_RULES, type Fault, type ParserLimits, type ParserRules } from './events';
import { SectionFields } from './fields';
import type { SpanKind, SpanTap } from './span-kinds';
import { FAULTED, IDLE, partialKind } from './states';
import { NO_WORDS, wordsAround } from './words';

export class Registers {
  state = IDLE;
  /** The view under parsing, the index of its next byte, and the offset of its first byte in the direction. */
  bytes: Uint8Array = NO_BYTES;
  at = 0;
  base = 0;
  /** The same view as words, and what to add to an index of it. */
  words = NO_WORDS;
  toWords = 0;

  /** Offset of the section's first byte; the numbers below count from it. */
  sectionStart = 0;
  /** Offset from which the section counts towards `maxHeadBytes`: empty lines before a request count too. */
  budgetStart = 0;
  readonly gathered = new Gathered();
  readonly fields = new SectionFields();
  /** Offset in the section of the first byte of the field line under way, a line before its folds. */
  lineStart = 0;
  /** Offset in the section after the last line that was skipped: a fold there is skipped too. -1: there was none. */
  skippedEnd = -1;
  /** Does a value go on in a second line? */
  folded = false;
  inTrailers = false;

  method = '';
  targetStart = 0;
  targetEnd = 0;
  statusCode = 0;
  reasonStart = 0;
  reasonEnd = 0;
  major = 0;
  /** The digit on the wire until the version is complete, then what it is treated as. */
  minor = 0;
  version = '';
  /** A request line that is a whole request (`http09`). */
  simple = false;
  /** Bytes of the version or digits of the status code or chunk size taken so far. */
  taken = 0;
  /** Offset of the first field line in the section. */
  fieldsStart = 0;

  /** Bytes of body still to come in this chunk, or in the whole body where its length is known. */
  left = 0;
  bodyBytes = 0;
  extensionBytes = 0;

  fault: Fault | null = null;
  /** Offset up to which spans were marked: spans leave no gaps. */
  marked = 0;

  constructor(
    readonly role: 'request' | 'response',
    public limits: ParserLimits,
    readonly tap: SpanTap | null,
  ) {}

  copyFrom(from: Registers): void {
    const { gathered, fields, ...numbers } = from;
    const { role: _role, limits: _limits, tap: _tap, ...state } = numbers;
    Object.assign(this, state);
    this.gathered.append(gathered.bytes, 0, gathered.length);
    this.fields.copyFrom(fields);
  }

  /** Index of the first byte of the view that is beyond the head budget. */
  get stop(): number {
    const { length } = this.bytes;
    const budgetStop = this.budgetStart + this.limits.maxHeadBytes - this.base;
    // An integer to the compiler too: every byte is compared with it.
    return budgetStop < length ? budgetStop | 0 : length;
  }

  /** Adds an index of the view to get an offset in the section. */
  get toSection(): number {
    return this.base - this.sectionStart;
  }

  /** Those for the lines of the section under way. */
  get lineRules(): ParserRules {
    return this.inTrailers ? STRICT_RULES : this.limits.rules;
  }

  openMessage(start: number): void {
    this.method = '';
    this.version = '';
    this.simple = false;
    this.targetStart = 0;
    this.targetEnd = 0;
    this.fieldsStart = 0;
    this.taken = 0;
    this.bodyBytes = 0;
    this.extensionBytes = 0;
    this.openSection(start);
  }

  openSection(start: number): void {
    this.sectionStart = start;
    this.skippedEnd = -1;
    this.folded = false;
    this.gathered.clear();
    this.fields.reset();
  }

  /** Keeps what this view holds of the section, up to the index `end`, for when the view is gone. */
  gather(end: number): void {
    const from = this.sectionStart + this.gathered.length - this.base;
    if (end > from) this.gathered.append(this.bytes, from, end);
  }

  /** The section goes on in the next view. */
  leaveSection(): void {
    this.gather(this.at);
    this.fields.leaveShared();
  }

  takeView(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.words = wordsAround(bytes);
    this.toWords = bytes.byteOffset;
  }

  /** Lets go of a view that was used up. */
  leaveView(): void {
    this.base += this.at;
    this.at = 0;
    this.bytes = NO_BYTES;
    this.words = NO_WORDS;
  }

  /** Text of the section, of which every byte has been scanned. */
  text(start: number, end: number): string {
    if (this.gathered.length === 0) return latin1(this.bytes, start - this.toSection, end - this.toSection);
    this.gather(this.at);
    return latin1(this.gathered.bytes, start, end);
  }

  /** Takes the machine to its end at the byte with this index, which could not be accepted. */
  fail(code: ErrorCode, at: number): void {
    this.failAt(code, this.base + at, at);
  }

  /** The same where the fault is told at an earlier byte than the one that revealed it. */
  failAt(code: ErrorCode, offset: number, at: number, detail?: ErrorDetail): void {
    this.at = at;
    if (this.tap !== null) this.span(partialKind(this.state), at);
    this.fault = detail === undefined ? { code, offset } : { code, offset, detail };
    this.state = FAULTED;
  }

  exceed(code: ErrorCode, at: number, detail: { readonly limit: number; readonly measured: number }): void {
    this.failAt(code, this.base + at, at, detail);
  }

  /** Marks the bytes since the last mark up to the index `end`; nothing where there are none. */
  span(kind: SpanKind, end: number): void {
    const to = this.base + end;
    if (this.tap === null || to <= this.marked) return;
    this.tap.mark(kind, this.marked, to);
    this.marked = to;
  }
}
