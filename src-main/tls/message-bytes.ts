/**
 * The bytes of one handshake message, gathered from the records that carry it, and where each of them stands in the
 * stream: a record header may fall between any two of them.
 */
import type { TlsSpan } from './span-kinds';

export interface Place {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

interface Piece {
  /** Index in the message of the first byte of the piece. */
  readonly at: number;
  readonly length: number;
  /** Where that byte stands in the stream. */
  readonly offset: number;
}

export class MessageBytes {
  readonly #pieces: Piece[] = [];
  #bytes = new Uint8Array(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Undefined after the last byte that has come. */
  byte(index: number): number | undefined {
    return index < this.#length ? this.#bytes[index] : undefined;
  }

  /** The bytes as text, one character a byte. */
  text(from: number, to: number): string {
    return Array.from(this.#bytes.subarray(from, Math.min(to, this.#length)), (byte) => String.fromCharCode(byte)).join(
      '',
    );
  }

  append(bytes: Uint8Array, offset: number): void {
    if (bytes.length === 0) return;
    const needed = this.#length + bytes.length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#pieces.push({ at: this.#length, length: bytes.length, offset });
    this.#length = needed;
  }

  /** Where a byte stands in the stream; for the one after the last, right behind that. */
  offsetOf(index: number): number {
    const piece = this.#pieces[this.#pieceAt(index)];
    return piece === undefined ? 0 : piece.offset + index - piece.at;
  }

  /** Where a range stands in the stream, headers of records within it included. */
  place(from: number, to: number): Place {
    const start = this.offsetOf(from);
    return { start, end: to > from ? this.offsetOf(to - 1) + 1 : start };
  }

  /** The range as spans, one for each record it touches. */
  addSpans(spans: TlsSpan[], { from, to }: { from: number; to: number }, what: Omit<TlsSpan, 'start' | 'end'>): void {
    const last = Math.min(to, this.#length);
    for (let at = from, index = this.#pieceAt(from); at < last; index += 1) {
      const piece = this.#pieces[index] as Piece;
      const end = Math.min(last, piece.at + piece.length);
      const shift = piece.offset - piece.at;
      spans.push({ start: at + shift, end: end + shift, ...what });
      at = end;
    }
  }

  /** The last piece that begins at or before the index. */
  #pieceAt(index: number): number {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pieces[middle] as Piece).at <= index) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}
