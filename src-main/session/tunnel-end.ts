/** What the two ends of a tunnel ask of one another. */

/** A TLS handshake that is under way at one end, with whoever is behind the other one. */
export interface Handshake {
  readonly sinceMs: number;
  /** Its time is over. */
  timedOut(nowMs: number): void;
}

/** The other end as this one sees it. */
export interface TunnelEnd {
  /** Null: none is under way there. */
  readonly handshake: Handshake | null;
  /** What was received there; the view is overwritten by the next read. */
  pass(bytes: Uint8Array, nowMs: number): void;
  /** FIN was received there. */
  passEnd(): void;
  /** That end is gone, in another way than by FIN. */
  passReset(): void;
  /** What was read here is not taken there: nothing more is to be read until `readOn`. */
  hold(nowMs: number): void;
  readOn(nowMs: number): void;
  /** Our server stops: where more than bytes pass at that end, it is to come to its end. */
  passStop(): void;
}

/** An end that waits for its other one. */
export interface OpenEnd extends TunnelEnd {
  /** From now on they are two ends of one tunnel. */
  couple(other: TunnelEnd): void;
}
