/** The decoder of Node for the parser, which is written for no platform: several times as fast as one in JavaScript. */
import { decodeLatin1With } from '../http1/bytes';

type Slice = (this: Uint8Array, start: number, end: number) => string;

/** `Buffer` has it without a word in its documentation; without it the parser's own decoder goes on. */
const slice = (Buffer.prototype as unknown as { readonly latin1Slice?: Slice }).latin1Slice;

export function useNativeLatin1(): void {
  if (slice !== undefined) decodeLatin1With((bytes, start, end) => slice.call(bytes, start, end));
}
