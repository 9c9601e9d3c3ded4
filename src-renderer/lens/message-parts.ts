/**
 * One message read into the parts a person looks at: start line, fields with their places, body without its chunked
 * coding. Runs the engine's own parser without limits, so that what was refused can be looked at too.
 */
import { NO_LIMITS, type Fault, type Framing, type ParserRules } from '@http1/events';
import { Parser } from '@http1/parser';
import type { Run } from './hex-rows';
import { paintOf, type KindSpan } from './span-map';

export interface Place {
  readonly start: number;
  readonly end: number;
}

export interface FieldPart {
  readonly name: string;
  readonly value: string;
  readonly namePlace: Place;
  /** From the name to the end of the value. */
  readonly place: Place;
}

export interface StartLinePart {
  readonly runs: readonly Run[];
  readonly place: Place;
}

/** Elements of a head and of trailers that are kept at most; a message with more shows its first fields. */
const MAX_ELEMENTS = 50_000;
const HEAD_KINDS: ReadonlySet<KindSpan['kind']> = new Set<KindSpan['kind']>([
  'method',
  'target',
  'version',
  'status',
  'reason',
  'space',
  'field-name',
  'field-value',
]);

interface Element extends KindSpan {
  readonly text: string;
}

export interface ReadingOptions {
  readonly role: 'request' | 'response';
  /** Offset of the first byte of the message. */
  readonly start: number;
  /** For a reply: the method it answers. */
  readonly replyTo: string | null;
  /** Those the engine read it by. */
  readonly rules: ParserRules;
}

export class MessageReading {
  readonly #parser: Parser;
  readonly #start: number;
  readonly #elements: Element[] = [];
  /** Grows by doubling: a body of one-byte chunks must not become a million pieces. */
  #body = new Uint8Array(0);
  /** What was read since the last complete element. */
  #open: Uint8Array = new Uint8Array();
  #openStart: number;
  #received: number;
  #bodyBytes = 0;
  #framing: Framing | null = null;
  #isComplete = false;
  #fault: Fault | null = null;
  #trailersFrom = Infinity;

  constructor({ role, start, replyTo, rules }: ReadingOptions) {
    this.#start = start;
    this.#openStart = start;
    this.#received = start;
    this.#parser = new Parser(
      role,
      { ...NO_LIMITS, rules },
      {
        mark: (kind, from, to) => this.#mark(kind, from + start, to + start),
      },
    );
    if (replyTo !== null) this.#parser.answers(replyTo);
  }

  /** The offset the next piece has to begin at. */
  get next(): number {
    return this.#received;
  }
  /** Null until the head is complete. */
  get framing() {
    return this.#framing;
  }
  get isComplete() {
    return this.#isComplete;
  }
  get fault() {
    return this.#fault;
  }
  get bodyBytes() {
    return this.#bodyBytes;
  }

  /** Takes the next bytes of the direction; what follows the message is left alone. The bytes are kept by reference. */
  take(bytes: Uint8Array): void {
    if (this.#isComplete || this.#fault !== null) return;
    if (this.#framing === null || this.#open.length > 0) this.#remember(bytes);
    else {
      this.#open = bytes;
      this.#openStart = this.#received;
    }
    this.#received += bytes.length;
    this.#parser.receive(bytes);
    while (!this.#isComplete && this.#fault === null) {
      const event = this.#parser.next();
      if (event === null) break;
      if (event.kind === 'head') this.#framing = event.head.framing;
      else if (event.kind === 'data') this.#keep(event.bytes);
      else if (event.kind === 'fault') this.#fault = { ...event.fault, offset: event.fault.offset + this.#start };
      else if (event.kind === 'end') this.#isComplete = true;
    }
    if (this.#framing !== null && !this.#isComplete) this.#dropRead();
  }

  startLine(): StartLinePart | null {
    const line = this.#elements.filter(({ kind }) => kind !== 'field-name' && kind !== 'field-value');
    const [first] = line;
    const last = line.at(-1);
    if (first === undefined || last === undefined) return null;
    return {
      runs: line.map(({ text, kind }) => ({ text, paint: paintOf(kind) })),
      place: { start: first.start, end: last.end },
    };
  }

  fields(): FieldPart[] {
    return this.#fieldParts((start) => start < this.#trailersFrom);
  }

  trailers(): FieldPart[] {
    return this.#fieldParts((start) => start >= this.#trailersFrom);
  }

  /** Value of the first field with this name (lower case); null where there is none. */
  field(name: string): string | null {
    return this.fields().find((field) => field.name.toLowerCase() === name)?.value ?? null;
  }

  /** The body read so far; a view that later pieces do not change. */
  body(): Uint8Array {
    return this.#body.subarray(0, this.#bodyBytes);
  }

  #fieldParts(isWanted: (start: number) => boolean): FieldPart[] {
    const parts: FieldPart[] = [];
    this.#elements.forEach((element, index) => {
      if (element.kind !== 'field-name' || !isWanted(element.start)) return;
      const next = this.#elements[index + 1];
      const value = next?.kind === 'field-value' ? next : null;
      const place = { start: element.start, end: value?.end ?? element.end };
      parts.push({ name: element.text, value: value?.text ?? '', namePlace: element, place });
    });
    return parts;
  }

  #mark(kind: KindSpan['kind'], start: number, end: number): void {
    if (kind === 'chunk-size') this.#trailersFrom = start;
    if (HEAD_KINDS.has(kind) && this.#elements.length < MAX_ELEMENTS) {
      this.#elements.push({ kind, start, end, text: this.#text(start, end) });
    }
  }

  #keep(bytes: Uint8Array): void {
    const needed = this.#bodyBytes + bytes.length;
    if (needed > this.#body.length) {
      const larger = new Uint8Array(Math.max(needed, this.#body.length * 2));
      larger.set(this.#body);
      this.#body = larger;
    }
    this.#body.set(bytes, this.#bodyBytes);
    this.#bodyBytes = needed;
  }

  #remember(bytes: Uint8Array): void {
    const joined = new Uint8Array(this.#open.length + bytes.length);
    joined.set(this.#open);
    joined.set(bytes, this.#open.length);
    this.#open = joined;
  }

  /** In a body only an element that was cut by the end of the piece still needs what was read of it. */
  #dropRead(): void {
    const unfinished = this.#parser.unfinished;
    const from = unfinished === null ? this.#received : unfinished.start + this.#start;
    this.#open = this.#open.slice(from - this.#openStart);
    this.#openStart = from;
  }

  #text(start: number, end: number): string {
    let text = '';
    for (const byte of this.#open.subarray(start - this.#openStart, end - this.#openStart))
      text += String.fromCharCode(byte);
    return text;
  }
}
