/** What the index of one direction says of its packets, in the order of the stream, however it is kept. */

/** The position of bytes that were not kept. */
export const NOT_KEPT = -1;

/** Entries are asked for by number. The numbers hold until entries are added or dropped. */
export interface IndexEntries {
  /** The number of the first one kept. */
  readonly first: number;
  /** The number after that of the last one. */
  readonly after: number;
  /** In the stream. */
  offset(entry: number): number;
  /** In the journal, or `NOT_KEPT`. */
  position(entry: number): number;
  /** Is it of the same read or write as the entry before? */
  continues(entry: number): boolean;
  /** Since the Unix epoch, whole. */
  micros(entry: number): number;
}
