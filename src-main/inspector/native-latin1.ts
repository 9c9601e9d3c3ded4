/**
 * The decoder and the encoder of Node for the parser and the writer of heads, which are written for no platform: several
 * times as fast as those in JavaScript.
 */
import { decodeLatin1With } from '../http1/bytes';
import { encodeLatin1With } from '../http1/head-text';

type Slice = (this: Uint8Array, start: number, end: number) => string;
type Write = (this: Uint8Array, text: string, offset: number, length: number) => number;

/** `Buffer` has them without a word in its documentation; without them our own go on. */
const { latin1Slice: slice, latin1Write: write } = Buffer.prototype as unknown as {
  readonly latin1Slice?: Slice;
  readonly latin1Write?: Write;
};

export function useNativeLatin1(): void {
  if (slice !== undefined) decodeLatin1With((bytes, start, end) => slice.call(bytes, start, end));
  if (write !== undefined) encodeLatin1With((text, into, at) => void write.call(into, text, at, text.length));
}
