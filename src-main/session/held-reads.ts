/** What a client sent ahead of its turn: it is kept until the reply to the request before is out. */
import type { TunnelEnd } from './tunnel-end';

export class HeldReads {
  #kept: Uint8Array[] = [];
  #latest: Uint8Array | null = null;
  #endsAfterwards = false;

  /** The bytes are copied. */
  keep(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#kept.push(bytes.slice());
  }

  /** The rest of a read, before all others: of the one that `next` gave, it is ours already. */
  putBack(rest: Uint8Array): void {
    if (rest.length > 0) this.#kept.unshift(rest.buffer === this.#latest?.buffer ? rest : rest.slice());
  }

  /** The first of them, which is not held any more. */
  next(): Uint8Array | undefined {
    const first = this.#kept.shift();
    if (first !== undefined) this.#latest = first;
    return first;
  }

  /** All of it is of another protocol. */
  passTo(other: TunnelEnd, nowMs: number): void {
    for (const bytes of this.#kept) other.pass(bytes, nowMs);
    if (this.#endsAfterwards) other.passEnd();
  }

  /** The client sent FIN meanwhile: it is heard once all before it is answered. */
  endAfterwards(): void {
    this.#endsAfterwards = true;
  }

  get endsAfterwards(): boolean {
    return this.#endsAfterwards;
  }
}
