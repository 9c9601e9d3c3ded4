/**
 * The pieces of one write, as one buffer that stays as it is until the kernel has taken it.
 *
 * What a proxy passes on lies in the buffer of reads, which the next read overwrites, and is copied once: into a scratch
 * that is used again and again as long as the kernel takes all of it at once. Where it does not, the scratch is left to
 * that write, and the next one gets another: so what a stalled peer holds is one scratch.
 */
import { isSharedRead } from './static-reads';

/** A read with a head before it and chunk framing around it. What is longer gets room of its own. */
export const SCRATCH_BYTES = 72 * 1024;
/** A write that waits keeps its buffer: short ones get room of their own length. */
const MIN_SCRATCH_USE_BYTES = 16 * 1024;

let scratch: Uint8Array | null = null;

/** Does the piece lie where the next read goes? */
export const isLent = (piece: Uint8Array): boolean => isSharedRead(piece);

export function gather(pieces: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const into =
    length < MIN_SCRATCH_USE_BYTES || length > SCRATCH_BYTES ? Buffer.allocUnsafe(length) : takeScratch(length);
  let at = 0;
  for (const piece of pieces) {
    into.set(piece, at);
    at += piece.length;
  }
  return into;
}

function takeScratch(length: number): Uint8Array {
  scratch ??= new Uint8Array(SCRATCH_BYTES);
  return scratch.subarray(0, length);
}

/** The write is over (`taken`), or waits and keeps what it was given. */
export function settleScratch(bytes: Uint8Array, taken: boolean): void {
  if (!taken && scratch !== null && bytes.buffer === scratch.buffer) scratch = null;
}
