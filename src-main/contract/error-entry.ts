/** What the catalogue says of one failure. */
export interface ErrorEntry {
  /** The status the server answers with; null where nothing is sent. */
  readonly status: number | null;
  /** One sentence: what happened. */
  readonly title: string;
  /** One sentence: what to do about it. */
  readonly hint: string;
  /** The rule that was broken, e.g. `RFC 9112 §3.2`. */
  readonly rfc?: string;
}
