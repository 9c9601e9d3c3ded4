/**
 * Which bytes of a stream are what, told by the parser itself: the page colours bytes with the machine that judged
 * them. Meant for one direction from the first byte of a message on; a clone is a place to resume from, so the
 * middle of a long body can be shown without reading its start again.
 *
 * Bounded by the largest head the settings allow: where the engine gave up, so does this.
 */
import { SETTINGS } from '../contract/settings';
import { NO_LIMITS, STRICT_RULES, type Fault, type ParserLimits, type ParserRules } from './events';
import { Parser, type ParserRole } from './parser';
import type { SpanKind, SpanTap } from './span-kinds';

export { describeSpan, type SpanWords } from './span-words';
export type { SpanKind, SpanTap } from './span-kinds';

/** Bytes of one element. `field` is the name, as spelled, of the field line the element belongs to. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: SpanKind;
  readonly field?: string;
}

const SCAN_LIMITS: ParserLimits = { ...NO_LIMITS, maxHeadBytes: SETTINGS.maxHeadBytes.max };

/** Elements that have no inner borders: two in a row are one. */
const SEAMLESS: ReadonlySet<SpanKind> = new Set<SpanKind>(['preamble', 'chunk-data', 'body', 'garbage']);
const IN_FIELD_LINE: ReadonlySet<SpanKind> = new Set<SpanKind>(['field-name', 'colon', 'ows', 'field-value']);

export class SpanScanner {
  #parser: Parser;
  #spans: Span[] = [];
  #field = '';
  #fault: Fault | null = null;
  readonly #tap: SpanTap = { mark: (kind, start, end) => this.#mark(kind, start, end) };

  /**
   * @param start Offset of the first byte that will be scanned; a message begins there.
   * @param methods For replies: the methods of the requests they answer, in order.
   * @param rules Those the engine read the bytes by.
   */
  constructor(
    readonly role: ParserRole,
    readonly start = 0,
    methods: readonly string[] = [],
    rules: ParserRules = STRICT_RULES,
  ) {
    this.#parser = new Parser(role, { ...SCAN_LIMITS, rules }, this.#tap);
    for (const method of methods) this.#parser.answers(method);
  }

  /** Offset of the next byte to be scanned. */
  get offset(): number {
    return this.start + this.#parser.offset;
  }

  /** Where the bytes stopped to be HTTP/1.1; null while they are. */
  get fault(): Fault | null {
    return this.#fault;
  }

  /** For replies: the method of the next request they answer. */
  answers(method: string): void {
    this.#parser.answers(method);
  }

  /**
   * The spans of these bytes, in order and without gaps. The first one starts before them where an element was under
   * way; the last one is an element not complete yet, and the next call tells it again, whole.
   */
  scan(bytes: Uint8Array): readonly Span[] {
    const spans: Span[] = [];
    this.#spans = spans;
    this.#parser.receive(bytes);
    for (let event = this.#parser.next(); event !== null; event = this.#parser.next()) {
      if (event.kind === 'fault') this.#fault = { ...event.fault, offset: this.start + event.fault.offset };
    }
    const unfinished = this.#parser.unfinished;
    if (unfinished?.kind === 'field-name') this.#field = '';
    if (unfinished !== null) this.#tell(unfinished.kind, unfinished.start, this.#parser.offset);
    this.#spans = [];
    return spans;
  }

  /** A scanner that goes on from here; this one may go on as well. */
  clone(): SpanScanner {
    const copy = new SpanScanner(this.role, this.start);
    copy.#parser = this.#parser.clone(copy.#tap);
    copy.#field = this.#field;
    copy.#fault = this.#fault;
    return copy;
  }

  #mark(kind: SpanKind, start: number, end: number): void {
    if (kind === 'field-name') this.#field = this.#parser.sectionText(start, end);
    this.#tell(kind, start, end);
  }

  #tell(kind: SpanKind, start: number, end: number): void {
    const from = start + this.start;
    const to = end + this.start;
    const span: Span = { start: from, end: to, kind };
    const hasField = this.#field !== '' && IN_FIELD_LINE.has(kind);
    append(this.#spans, hasField ? { ...span, field: this.#field } : span);
  }
}

function append(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  const isSame = last?.kind === span.kind && last.end === span.start && SEAMLESS.has(span.kind);
  if (last !== undefined && isSame) spans[spans.length - 1] = { ...last, end: span.end };
  else spans.push(span);
}
