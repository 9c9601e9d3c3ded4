/** Raw DEFLATE (RFC 1951) read piece by piece. This room has no inflater: whoever has one hands it in. */

export interface Inflater {
  /**
   * Reads on where it stands. What comes out is handed to `take`, in views that hold until it returns; once it has
   * returned false no more is read. A final block is the end of what may be referred back to, not of what is read.
   * What is left out, and what is wrong, is the end: only `reset` makes it read again.
   * @returns What is wrong with the bytes, in a few words of English; null where nothing is.
   */
  inflate(bytes: Uint8Array, take: (inflated: Uint8Array) => boolean): string | null;
  /** Was a final block the last thing read? */
  readonly hasEnded: boolean;
  /** Was the end of a block, final or not, the last thing read? */
  readonly isBetweenBlocks: boolean;
  /** Forgets all that was read. */
  reset(): void;
}

/** @param windowBits Base-2 logarithm of how far back a reference may lead, in bytes: 8 to 15. */
export type OpenInflater = (windowBits: number) => Inflater;
