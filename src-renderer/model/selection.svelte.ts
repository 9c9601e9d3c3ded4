import type { ConnectionId, Direction } from '@contract/connections';

/** A byte to be shown: where a verdict fell, or what a field was read from. A new object asks again. */
export interface ByteTarget {
  readonly direction: Direction;
  readonly offset: number;
}

/** The parts of the connection pane, by their tabs. */
export type DetailPart = 'bytes' | 'messages' | 'frames' | 'sides' | 'timing' | 'connection';

/** A request to be shown, and where. A new object asks again. */
export interface ExchangeTarget {
  readonly number: number;
  readonly part: DetailPart;
}

/** Which connection the page is about, and which of its bytes or requests. */
export class Selection {
  #connectionId = $state.raw<ConnectionId | null>(null);
  #target = $state.raw<ByteTarget | null>(null);
  #exchange = $state.raw<ExchangeTarget | null>(null);

  /** What is looked at of a connection: its pane is made anew where the window gets wide or narrow. */
  #shown: { readonly id: ConnectionId; readonly part: DetailPart } | null = null;

  get connectionId() {
    return this.#connectionId;
  }
  get target() {
    return this.#target;
  }
  get exchange() {
    return this.#exchange;
  }

  select(id: ConnectionId | null): void {
    if (id === this.#connectionId) return;
    this.#show(id, null, null);
  }

  showByte(id: ConnectionId, direction: Direction, offset: number): void {
    this.#show(id, { direction, offset }, null);
  }

  showExchange(id: ConnectionId, number: number, part: DetailPart): void {
    this.#show(id, null, { number, part });
  }

  partShown(id: ConnectionId, part: DetailPart): void {
    this.#shown = { id, part };
  }

  /** Null: nothing was, of this connection. */
  partOf(id: ConnectionId): DetailPart | null {
    return this.#shown?.id === id ? this.#shown.part : null;
  }

  #show(id: ConnectionId | null, target: ByteTarget | null, exchange: ExchangeTarget | null): void {
    this.#connectionId = id;
    this.#target = target;
    this.#exchange = exchange;
  }
}
