/**
 * How a TLS connection begins, read off the bytes of the side that opens it: the records, the ClientHello in them,
 * and alerts, which are sent in the clear until keys are agreed on. What comes after is encrypted.
 *
 * Feed it the stream from the first byte of TLS on, cut as it may be; `reading` says what that makes: more is needed,
 * a hello, or a fault with its offset. It holds and looks into the first `MAX_OPENING_BYTES` and no more; the work is
 * linear in them. It reads to explain and judges nothing: a hello that a server would refuse for its contents is a
 * hello here.
 */
import { Cursor } from './cursor';
import { takeClientHello, type ClientHello } from './client-hello';
import type { TlsFault, TlsFaultReason } from './faults';
import { MessageBytes } from './message-bytes';
import { ALERT_LEVELS, ALERTS, CONTENT_TYPES, named, oneByte, twoBytes, VERSIONS } from './registry';
import type { TlsKind, TlsSpan } from './span-kinds';

/** Four full records. A hello with a key share against quantum computers has some 2 KB; servers take 16 to 128 KiB. */
export const MAX_HELLO_BYTES = 64 * 1024;
/** Room for the longest hello in records of some bytes each. */
export const MAX_OPENING_BYTES = 128 * 1024;

const RECORD_HEADER_BYTES = 5;
const MAX_PLAIN_RECORD_BYTES = 2 ** 14;
/** What encryption may add to a record, by the older and more generous rule (RFC 5246 §6.2.3). */
const MAX_CIPHER_RECORD_BYTES = MAX_PLAIN_RECORD_BYTES + 2048;
const MESSAGE_HEADER_BYTES = 4;

const ALERT = 21;
const HANDSHAKE = 22;
const VERSION_MAJOR = 3;
const CLIENT_HELLO = 1;

export interface TlsReading {
  /** `more`: all is well so far, and not all of the hello is there. */
  readonly state: 'more' | 'hello' | 'fault';
  readonly hello: ClientHello | null;
  /** Why there is no hello. */
  readonly fault: TlsFault | null;
  /** Of all bytes looked into, in order and without gaps. */
  readonly spans: readonly TlsSpan[];
  /** Alerts of the client in the clear: what it gave up with. */
  readonly alerts: readonly TlsAlert[];
  /** Where the bytes looked into begin, and one past the last. */
  readonly start: number;
  readonly end: number;
}

export interface TlsAlert {
  readonly level: string;
  readonly description: string;
  readonly place: { readonly start: number; readonly end: number };
}

/** Does a stream begin like TLS? False while it is too short to tell. */
export const beginsLikeTls = (bytes: Uint8Array): boolean => bytes[0] === HANDSHAKE && bytes[1] === VERSION_MAJOR;

export class TlsOpening {
  #bytes = new Uint8Array(0);
  #length = 0;

  /** @param start Offset in the stream of the first byte that will be fed. */
  constructor(readonly start = 0) {}

  /** Offset of the next byte that is wanted; stays where it is once enough is held. */
  get next(): number {
    return this.start + this.#length;
  }

  receive(bytes: Uint8Array): void {
    const taken = bytes.subarray(0, MAX_OPENING_BYTES - this.#length);
    const needed = this.#length + taken.length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(MAX_OPENING_BYTES, Math.max(needed, 2 * this.#bytes.length)));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(taken, this.#length);
    this.#length = needed;
  }

  /** Reads all that is held, from its start. */
  reading(): TlsReading {
    return new Reader(this.#bytes.subarray(0, this.#length), this.start).read();
  }
}

const RECORD_TYPES = oneByte(CONTENT_TYPES);
const RECORD_VERSIONS = twoBytes(VERSIONS);

class Reader {
  readonly #spans: TlsSpan[] = [];
  readonly #message = new MessageBytes();
  readonly #alerts: TlsAlert[] = [];
  #recordFault: TlsFault | null = null;
  /** Length of the message with its header; null before that is known. */
  #messageLength: number | null = null;
  #at = 0;

  constructor(
    readonly bytes: Uint8Array,
    readonly start: number,
  ) {}

  read(): TlsReading {
    while (this.#at < this.bytes.length && this.#recordFault === null) this.#record();
    const { hello, fault, spans } = this.#readMessage();
    this.#mark(this.bytes.length, 'tls-garbage');
    // Both lists are in order: what sorts them is one merge.
    const all = [...this.#spans, ...spans].sort((one, other) => one.start - other.start);
    const end = this.start + this.bytes.length;
    const why = hello === null ? (fault ?? this.#whyNone()) : null;
    const state = hello !== null ? 'hello' : why === null ? 'more' : 'fault';
    return { state, hello, fault: why, spans: all, alerts: this.#alerts, start: this.start, end };
  }

  get #isMessageWhole(): boolean {
    return this.#messageLength !== null && this.#message.length >= this.#messageLength;
  }

  /** Nothing will come of what is held: a fault of the records, or it is as long as it may get. */
  #whyNone(): TlsFault | null {
    const isFull = this.bytes.length >= MAX_OPENING_BYTES;
    return this.#recordFault ?? (isFull ? { reason: 'hello-too-long', offset: this.start + this.bytes.length } : null);
  }

  #record(): void {
    const from = this.#at;
    const [type = 0, major, minor = 0, high, low] = this.bytes.subarray(from, from + RECORD_HEADER_BYTES);
    const fault = this.#headerFault(type, major);
    if (fault !== null) return this.#fail(fault, from);
    this.#mark(from + 1, 'tls-record-type', named(RECORD_TYPES, type).name);
    const version = major === undefined ? null : named(RECORD_VERSIONS, major * 256 + minor).name;
    this.#mark(from + 3, 'tls-version', from + 3 <= this.bytes.length ? version : null);
    this.#mark(from + 5, 'tls-length', 'record');
    if (high === undefined || low === undefined) return;
    this.#payload(type, high * 256 + low);
  }

  #headerFault(type: number, major: number | undefined): TlsFaultReason | null {
    const isType = CONTENT_TYPES[type] !== undefined && (this.#at > 0 || type === HANDSHAKE);
    if (!isType || (major !== undefined && major !== VERSION_MAJOR)) return 'not-tls';
    const isInside = this.#message.length > 0 && !this.#isMessageWhole;
    return isInside && type !== HANDSHAKE ? 'other-record' : null;
  }

  #payload(type: number, length: number): void {
    const lengthAt = this.#at - 2;
    const isPlain = type === HANDSHAKE && !this.#isMessageWhole;
    if (length > (isPlain ? MAX_PLAIN_RECORD_BYTES : MAX_CIPHER_RECORD_BYTES))
      return this.#fail('record-too-long', lengthAt);
    if (isPlain && length === 0) return this.#fail('empty-record', lengthAt);
    const end = Math.min(this.bytes.length, this.#at + length);
    if (isPlain) this.#handshake(end);
    else if (type === ALERT && length === 2) this.#alert(end);
    this.#mark(end, 'tls-opaque', named(RECORD_TYPES, type).name);
  }

  /** Gives the bytes of a record to the message; what is left after its end stays. */
  #handshake(end: number): void {
    const message = this.#message;
    const header = Math.min(end, this.#at + Math.max(0, MESSAGE_HEADER_BYTES - message.length));
    this.#append(header);
    if (message.length < MESSAGE_HEADER_BYTES) return;
    const [high, middle, low] = [1, 2, 3].map((index) => message.byte(index) as number) as [number, number, number];
    this.#messageLength = MESSAGE_HEADER_BYTES + high * 65_536 + middle * 256 + low;
    if (this.#messageLength <= MAX_HELLO_BYTES)
      this.#append(Math.min(end, this.#at + this.#messageLength - message.length));
  }

  #append(end: number): void {
    this.#message.append(this.bytes.subarray(this.#at, end), this.start + this.#at);
    this.#at = end;
  }

  #alert(end: number): void {
    if (end - this.#at < 2) return;
    const [level = 0, description = 0] = this.bytes.subarray(this.#at, end);
    const words = {
      level: named(oneByte(ALERT_LEVELS), level).name,
      description: named(oneByte(ALERTS), description).name,
    };
    this.#alerts.push({ ...words, place: { start: this.start + this.#at, end: this.start + end } });
    this.#mark(end, 'tls-alert', `${words.level} ${words.description}`);
  }

  #readMessage() {
    const cursor = new Cursor(this.#message);
    const { spans } = cursor;
    const type = cursor.number(1, 1, (value) => ({
      kind: 'tls-handshake-type',
      name: value === CLIENT_HELLO ? 'client_hello' : `${value}`,
    }));
    if (type !== null && type.value !== CLIENT_HELLO) cursor.fail('not-client-hello', type.place.start);
    const length = cursor.number(3, MESSAGE_HEADER_BYTES, () => ({ kind: 'tls-length', name: 'message' }));
    if (length === null) return this.#given(cursor, null);
    if (MESSAGE_HEADER_BYTES + length.value > MAX_HELLO_BYTES) cursor.fail('hello-too-long', length.place.start);
    const end = MESSAGE_HEADER_BYTES + length.value;
    const hello = takeClientHello(cursor, end);
    return { ...this.#given(cursor, hello), spans };
  }

  /** What was not taken because of a fault is no part of a hello. */
  #given(cursor: Cursor, hello: ClientHello | null) {
    if (cursor.fault !== null) cursor.mark(cursor.at, this.#message.length, { kind: 'tls-garbage' });
    return { hello, fault: cursor.fault, spans: cursor.spans };
  }

  #fail(reason: TlsFaultReason, at: number): void {
    this.#recordFault = { reason, offset: this.start + at };
  }

  /** Up to `end`, as far as bytes have come. */
  #mark(end: number, kind: TlsKind, name: string | null = null): void {
    const last = Math.min(end, this.bytes.length);
    if (last > this.#at)
      this.#spans.push({ start: this.start + this.#at, end: this.start + last, kind, name, rfc: null });
    this.#at = Math.max(this.#at, last);
  }
}
