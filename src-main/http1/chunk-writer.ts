/**
 * The body of a message that is passed on, piece by piece, in the framing its head announced (RFC 9112 §6, §7.1).
 *
 * It counts. A body that ends before or after the place its head named would make the next message begin where nobody
 * looks for it, so what does not fit is not written, and is told; whoever asked then ends the connection, for a head
 * that is gone cannot be taken back.
 *
 * Data is handed on as the views that came in, never copied.
 */
import { BugError } from '../contract/errors';
import { bytesOf } from './bytes';
import type { Fields, Framing } from './events';
import { passTrailers } from './forwarded-trailers';
import { HeadText } from './head-text';
import { takeRoom } from './slab';

/** Bytes to be written next. They are to be used, or copied, before the data they came from is gone. */
export type PieceOut = (bytes: Uint8Array) => void;

/** The body is not as long as its head says. Nothing of the piece that is too much has been written. */
export interface BodyMismatch {
  readonly kind: 'too-long' | 'too-short';
  readonly announcedBytes: number;
  /** With the piece that was refused. */
  readonly bodyBytes: number;
}

const CRLF = bytesOf('\r\n');
const LAST_CHUNK = bytesOf('0\r\n\r\n');

/** `chunk-size CRLF`, in lower case without leading zeros. */
function sizeLine(bytes: number): Uint8Array {
  const size = bytes.toString(16);
  const line = takeRoom(size.length + 2);
  for (let at = 0; at < size.length; at += 1) line[at] = size.charCodeAt(at);
  line.set(CRLF, size.length);
  return line;
}

/** Last chunk, trailers and the empty line. */
function lastChunk(trailers: Fields | null, named: ReadonlySet<string> | null): Uint8Array {
  if (trailers === null) return LAST_CHUNK;
  const text = new HeadText(trailers);
  text.begin('0');
  passTrailers(trailers, named, text);
  return text.finish().bytes;
}

export class BodyWriter {
  readonly #framing: Framing;
  /** Null where the head names no end. */
  readonly #announcedBytes: number | null;
  #bodyBytes = 0;
  #isOver = false;
  #mismatch: BodyMismatch | null = null;

  constructor(framing: Framing) {
    this.#framing = framing;
    this.#announcedBytes = framing.kind === 'length' ? framing.bytes : framing.kind === 'none' ? 0 : null;
  }

  /** Of content, without what chunks add. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  /** The next piece of content. Null: it has been written. After a mismatch nothing is, and it is told again. */
  write(data: Uint8Array, out: PieceOut): BodyMismatch | null {
    if (this.#mismatch !== null) return this.#mismatch;
    if (this.#isOver) throw new BugError('a body is written on after its end');
    // A chunk of no bytes would be the last one.
    if (data.length === 0) return null;
    const announced = this.#announcedBytes;
    if (announced !== null && this.#bodyBytes + data.length > announced) {
      return this.#fail('too-long', announced, this.#bodyBytes + data.length);
    }
    this.#bodyBytes += data.length;
    if (this.#framing.kind === 'chunked') out(sizeLine(data.length));
    out(data);
    if (this.#framing.kind === 'chunked') out(CRLF);
    return null;
  }

  /**
   * The end of the content. Trailers go on in chunks alone: no other framing has room for them.
   *
   * @param named what Connection in the head that was received names (`namedInConnection`).
   */
  end(trailers: Fields | null, named: ReadonlySet<string> | null, out: PieceOut): BodyMismatch | null {
    if (this.#mismatch !== null) return this.#mismatch;
    if (this.#isOver) throw new BugError('a body is ended twice');
    const announced = this.#announcedBytes;
    if (announced !== null && this.#bodyBytes < announced) {
      return this.#fail('too-short', announced, this.#bodyBytes);
    }
    this.#isOver = true;
    if (this.#framing.kind === 'chunked') out(lastChunk(trailers, named));
    return null;
  }

  #fail(kind: BodyMismatch['kind'], announcedBytes: number, bodyBytes: number): BodyMismatch {
    this.#mismatch = { kind, announcedBytes, bodyBytes };
    return this.#mismatch;
  }
}
