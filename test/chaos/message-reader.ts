/**
 * Reads HTTP/1.1 messages for both ends of a chaos run. It shares nothing with the parser of the product, since it is
 * there to judge what comes out of it, and it is strict: what reads two ways is an error.
 */

export type BodyFraming = 'none' | 'length' | 'chunked' | 'until-close';

export interface MessageHead {
  readonly startLine: string;
  /** Names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  readonly framing: BodyFraming;
}

export interface ReaderEvents {
  readonly head: (head: MessageHead) => void;
  readonly end: (head: MessageHead, body: Buffer) => void;
}

export class MalformedMessage extends Error {}

const START_LINE = { request: /^[A-Z]+ \S+ HTTP\/1\.1$/, reply: /^HTTP\/1\.[01] \d{3} [^\r\n]*$/ };
const FIELD_LINE = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/;
const CHUNK_LINE = /^[\da-f]{1,8}$/i;
const MAX_HEAD_BYTES = 32 * 1024;

const malformed = (what: string, text: string) =>
  new MalformedMessage(`${what}: ${JSON.stringify(text.slice(0, 120))}`);

function fieldsOf(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = FIELD_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) throw malformed('a field line', line);
    const key = name.toLowerCase();
    const isFraming = key === 'content-length' || key === 'transfer-encoding';
    if (isFraming && fields.has(key)) throw malformed('a repeated field', line);
    fields.set(key, value);
  }
  return fields;
}

function framingOf(fields: ReadonlyMap<string, string>, unframed: BodyFraming): BodyFraming {
  const coding = fields.get('transfer-encoding');
  const length = fields.get('content-length');
  if (coding !== undefined && length !== undefined) throw malformed('two framings', `${coding}, ${length}`);
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') throw malformed('a coding', coding);
  if (length !== undefined && !/^\d{1,15}$/.test(length)) throw malformed('a length', length);
  return coding !== undefined ? 'chunked' : length !== undefined ? 'length' : unframed;
}

export const statusOf = ({ startLine }: MessageHead): number => Number(startLine.slice(9, 12));

type Step = 'head' | 'length' | 'chunk-line' | 'chunk-data' | 'trailers' | 'until-close';

export class MessageReader {
  #waiting: Buffer = Buffer.alloc(0);
  #step: Step = 'head';
  #head: MessageHead | null = null;
  #body: Buffer[] = [];
  #left = 0;
  #hadInterim = false;

  /** `hasNoBody`: what this reply answers has none, whatever its fields say (HEAD). Asked at each head. */
  constructor(
    readonly role: 'request' | 'reply',
    readonly events: ReaderEvents,
    readonly hasNoBody: () => boolean = () => false,
  ) {}

  /** Bytes of a message have come whose end has not. */
  get isWithin(): boolean {
    return this.#step !== 'head' || this.#waiting.length > 0 || this.#hadInterim;
  }

  push(bytes: Buffer): void {
    this.#waiting = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]);
    while (this.#advance());
  }

  /** The other side has ended its stream in order: that ends a body without any other end. */
  finish(): void {
    if (this.#step === 'until-close') this.#end();
  }

  /** False where more bytes are needed. */
  #advance(): boolean {
    switch (this.#step) {
      case 'head':
        return this.#readHead();
      case 'length':
      case 'chunk-data':
        return this.#readData();
      case 'chunk-line':
        return this.#readChunkLine();
      case 'trailers':
        return this.#readTrailer();
      case 'until-close':
        return this.#take(this.#waiting.length);
    }
  }

  #readHead(): boolean {
    const end = this.#waiting.indexOf('\r\n\r\n');
    if (end === -1) {
      if (this.#waiting.length > MAX_HEAD_BYTES) throw malformed('an endless head', this.#waiting.toString('latin1'));
      return false;
    }
    const [startLine = '', ...lines] = this.#waiting.toString('latin1', 0, end).split('\r\n');
    if (!START_LINE[this.role].test(startLine)) throw malformed('a start line', startLine);
    this.#waiting = this.#waiting.subarray(end + 4);
    this.#begin(startLine, fieldsOf(lines));
    return true;
  }

  #begin(startLine: string, fields: ReadonlyMap<string, string>): void {
    const isInterim = this.role === 'reply' && startLine.startsWith('1', 9);
    const isBare = isInterim || this.hasNoBody();
    const framing = framingOf(fields, this.role === 'request' || isBare ? 'none' : 'until-close');
    const head = { startLine, fields, framing };
    this.#hadInterim = isInterim;
    if (isInterim) return;
    this.#body = [];
    this.#head = head;
    this.events.head(head);
    this.#left = Number(fields.get('content-length') ?? 0);
    if (isBare || framing === 'none' || (framing === 'length' && this.#left === 0)) return this.#end();
    this.#step = framing === 'chunked' ? 'chunk-line' : framing;
  }

  #readData(): boolean {
    const taken = this.#take(Math.min(this.#left, this.#waiting.length));
    if (this.#left > 0) return taken && this.#waiting.length > 0;
    if (this.#step === 'length') {
      this.#end();
      return true;
    }
    if (this.#waiting.length < 2) return false;
    const line = this.#line();
    if (line !== '') throw malformed('the end of a chunk', line ?? this.#waiting.toString('latin1'));
    this.#step = 'chunk-line';
    return true;
  }

  #take(bytes: number): boolean {
    if (bytes === 0) return false;
    this.#body.push(this.#waiting.subarray(0, bytes));
    this.#waiting = this.#waiting.subarray(bytes);
    this.#left -= bytes;
    return true;
  }

  #readChunkLine(): boolean {
    const line = this.#line();
    if (line === null) return false;
    if (!CHUNK_LINE.test(line)) throw malformed('a chunk size', line);
    this.#left = Number.parseInt(line, 16);
    this.#step = this.#left === 0 ? 'trailers' : 'chunk-data';
    return true;
  }

  #readTrailer(): boolean {
    const line = this.#line();
    if (line === null) return false;
    if (line === '') this.#end();
    else fieldsOf([line]);
    return true;
  }

  #line(): string | null {
    const end = this.#waiting.indexOf('\r\n');
    if (end === -1) return null;
    const line = this.#waiting.toString('latin1', 0, end);
    this.#waiting = this.#waiting.subarray(end + 2);
    return line;
  }

  #end(): void {
    const head = this.#head;
    this.#step = 'head';
    this.#head = null;
    if (head !== null) this.events.end(head, Buffer.concat(this.#body));
  }
}
