/**
 * Whether the disk has fallen so far behind that clients should wait. Bytes that are not read yet wait with the client
 * at no cost; bytes that were read and find no room are lost to the journal. A disk that fails, or hangs for
 * `PATIENCE_MS`, is not waited for: the server goes on, and what is lost is told.
 */
const BEHIND_SLABS = 16;
const CAUGHT_UP_SLABS = 4;
const PATIENCE_MS = 2_000;

export class Backlog {
  #isBehind = false;
  #hasGivenUp = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly onCaughtUp: () => void) {}

  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** One more slab waits. */
  grew(slabs: number): void {
    if (this.#isBehind || this.#hasGivenUp || slabs < BEHIND_SLABS) return;
    this.#isBehind = true;
    this.#timer = setTimeout(() => this.giveUp(), PATIENCE_MS).unref();
  }

  /** A write has succeeded. */
  shrank(slabs: number): void {
    this.#hasGivenUp = false;
    if (slabs <= CAUGHT_UP_SLABS) this.#letGo();
  }

  /** The disk is not waited for until it has taken something. */
  giveUp(): void {
    this.#hasGivenUp = true;
    this.#letGo();
  }

  #letGo(): void {
    if (!this.#isBehind) return;
    this.#isBehind = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.onCaughtUp();
  }
}
