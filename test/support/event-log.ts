/** Runs bytes through the parser in pieces and writes down what it told, in the notation of the wire corpus. */
import { bytesOf, latin1 } from '../../src-main/http1/bytes.ts';
import {
  NO_LIMITS,
  type Fields,
  type Framing,
  type ParserEvent,
  type ParserLimits,
  type RequestHead,
  type ResponseHead,
} from '../../src-main/http1/events.ts';
import { Parser, type ParserRole } from '../../src-main/http1/parser.ts';
import type { SpanTap } from '../../src-main/http1/span-kinds.ts';

export interface Run {
  readonly role?: ParserRole;
  readonly limits?: ParserLimits;
  readonly answers?: readonly string[];
  readonly closes?: boolean;
  readonly tap?: SpanTap | null;
  /** Is it told after a fault which message that fell in? */
  readonly namesFault?: boolean;
  /** Does the parser come from another connection, and has read a request there? */
  readonly isLent?: boolean;
}

/** Pieces between the given places, which are in ascending order. */
export function piecesAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts, bytes.length];
  return places.slice(1).map((end, index) => bytes.slice(places[index], end));
}

export const piecesOf = (bytes: Uint8Array, length: number): Uint8Array[] =>
  piecesAt(
    bytes,
    Array.from({ length: Math.max(0, Math.ceil(bytes.length / length) - 1) }, (_, index) => (index + 1) * length),
  );

const escape = (text: string): string =>
  text.replace(/[^\x21-\x7e ]|\\/g, (character) =>
    character === '\\' ? '\\\\' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );

const MAX_SHOWN = 60;
const shown = (text: string): string =>
  escape(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}... (${text.length})` : text);

const fieldLines = (fields: Fields): string[] =>
  Array.from({ length: fields.count }, (_, at) => {
    const value = fields.value(at);
    return `    ${shown(fields.name(at))}:${value === '' ? '' : ' '}${shown(value)}`;
  });

const body = (framing: Framing): string =>
  framing.kind === 'length' ? `length ${framing.bytes}` : framing.kind === 'none' ? 'no body' : framing.kind;

function headLines(head: RequestHead | ResponseHead): string[] {
  const line =
    head.kind === 'request'
      ? `${head.method} ${shown(head.target)} ${head.version} | ${head.targetForm}`
      : `${head.version} ${head.status} ${shown(head.reason)}`.trimEnd() + (head.interim ? ' | interim' : '');
  const simple = head.kind === 'request' && head.simple ? ' | simple' : '';
  const expects = head.kind === 'request' && head.expectsContinue ? ' | expects 100-continue' : '';
  const keepAlive = head.keepAlive ? 'keep-alive' : 'close';
  return [
    `${head.start}-${head.end} head ${line} | ${body(head.framing)} | ${keepAlive}${simple}${expects}`,
    ...fieldLines(head.fields),
  ];
}

/** Data in a row is told as one line: how it was cut must not matter. */
class Log {
  readonly lines: string[] = [];
  #start = 0;
  #data = '';

  take(event: ParserEvent): void {
    if (event.kind === 'data') return this.#takeData(event.bytes, event.offset);
    this.flush();
    this.lines.push(...this.#linesOf(event));
  }

  flush(): void {
    if (this.#data === '') return;
    this.lines.push(`${this.#start}-${this.#start + this.#data.length} data ${shown(this.#data)}`);
    this.#data = '';
  }

  #takeData(bytes: Uint8Array, offset: number): void {
    if (this.#data !== '' && this.#start + this.#data.length !== offset) this.flush();
    if (this.#data === '') this.#start = offset;
    this.#data += latin1(bytes, 0, bytes.length);
  }

  #linesOf(event: Exclude<ParserEvent, { kind: 'data' }>): string[] {
    if (event.kind === 'head') return headLines(event.head);
    if (event.kind === 'trailers') return ['trailers', ...fieldLines(event.fields)];
    if (event.kind === 'end') return [`${event.end} end | body ${event.bodyBytes}`];
    const { offset, code, detail } = event.fault;
    const numbers = Object.entries(detail ?? {}).map(([name, value]) => ` ${name} ${value}`);
    return [`${offset} fault ${code}${numbers.length > 0 ? ' |' : ''}${numbers.join('')}`];
  }
}

const ELSEWHERE = bytesOf('HEAD /elsewhere HTTP/1.1\r\nHost: elsewhere\r\n\r\n');

function parserFor({ role = 'request', limits = NO_LIMITS, tap = null, answers = [], isLent = false }: Run): Parser {
  const parser = new Parser(role, isLent ? NO_LIMITS : limits, tap);
  if (isLent) {
    parser.receive(ELSEWHERE);
    while (parser.next() !== null);
    parser.restAt(0, limits);
  }
  for (const method of answers) parser.answers(method);
  return parser;
}

/** What a reply to a fault goes by. */
function refusedLine({ method, startLine, messageStart }: Parser): string {
  const { target, version } = startLine ?? { target: '', version: '' };
  return `of ${shown(method)} ${shown(target)} ${version} from ${messageStart}`;
}

const BYTES_AROUND = 5;

export function eventLog(pieces: readonly Uint8Array[], run: Run = {}): string[] {
  const parser = parserFor(run);
  const log = new Log();
  for (const piece of pieces) {
    // A part of larger memory, and overwritten at once after use, as a static read buffer is: nothing may be kept as a
    // view, and what lies around it is nobody's.
    const read = new Uint8Array(piece.length + 2 * BYTES_AROUND).fill(0x21).subarray(BYTES_AROUND, -BYTES_AROUND);
    read.set(piece);
    parser.receive(read);
    for (let event = parser.next(); event !== null; event = parser.next()) {
      log.take(event);
      if (event.kind === 'fault' && run.namesFault === true) log.lines.push(refusedLine(parser));
    }
    read.fill(0x21);
  }
  const last = run.closes === true ? parser.finish() : null;
  if (last !== null) log.take(last);
  log.flush();
  return log.lines;
}
