/**
 * Room for small buffers cut from larger ones: making a typed array of its own costs more than filling it. A piece
 * is never given out twice; a slab is freed with the last piece that is still held.
 */
const SLAB_BYTES = 64 * 1024;
const MAX_PIECE_BYTES = 4 * 1024;

let slab = new Uint8Array(0);
let used = 0;

/** Zeroed room of exactly this many bytes. */
export function takeRoom(bytes: number): Uint8Array {
  if (bytes > MAX_PIECE_BYTES) return new Uint8Array(bytes);
  if (used + bytes > slab.length) {
    slab = new Uint8Array(SLAB_BYTES);
    used = 0;
  }
  used += bytes;
  return slab.subarray(used - bytes, used);
}
