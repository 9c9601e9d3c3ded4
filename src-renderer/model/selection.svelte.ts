import type { ConnectionId, Direction } from '@contract/connections';

/** A byte to be shown: where a verdict fell, or what a field was read from. A new object asks again. */
export interface ByteTarget {
  readonly direction: Direction;
  readonly offset: number;
}

/** Which connection the page is about, and which of its bytes. */
export class Selection {
  #connectionId = $state.raw<ConnectionId | null>(null);
  #target = $state.raw<ByteTarget | null>(null);

  get connectionId() {
    return this.#connectionId;
  }
  get target() {
    return this.#target;
  }

  select(id: ConnectionId | null): void {
    if (id === this.#connectionId) return;
    this.#connectionId = id;
    this.#target = null;
  }

  showByte(id: ConnectionId, direction: Direction, offset: number): void {
    this.#connectionId = id;
    this.#target = { direction, offset };
  }
}
