import type { Client } from '@contract/client';
import type { ConnectionDetail, Exchange } from '@contract/connections';
import { otherSide, type ExchangePlace, type SideView } from '../lens/passed-on';
import { ConnectionDetailModel } from './connection-detail.svelte';

/** The connection on the other side of the request that is looked at, as fresh as its row. */
export class OtherSideModel {
  readonly #model: ConnectionDetailModel;
  #place = $state.raw<ExchangePlace | null>(null);

  constructor(client: Client) {
    this.#model = new ConnectionDetailModel(client);
  }

  /** Where the other side is; null where there is none. */
  get place() {
    return this.#place;
  }
  get detail(): ConnectionDetail | null {
    const { detail } = this.#model;
    return detail?.row.id === this.#place?.connection ? detail : null;
  }
  get exchange(): Exchange | null {
    return this.detail?.exchanges.find(({ number }) => number === this.#place?.number) ?? null;
  }
  /** Null before it is known, and where it is no longer kept. */
  get view(): SideView | null {
    const { detail, exchange } = this;
    return detail === null || exchange === null ? null : { detail, exchange };
  }
  /** It cannot be had any more: the connection, or that request of it, is too old. */
  get isGone() {
    const oldest = this.detail?.exchanges[0]?.number ?? 0;
    return this.#place !== null && (this.#model.failure !== null || oldest > this.#place.number);
  }

  /** Tells which exchange is looked at; `revisionOf` gives that of a connection's row. */
  follow(exchange: Exchange | null, revisionOf: (connection: number) => number): void {
    const place = exchange === null ? null : otherSide(exchange);
    const isSame = place?.connection === this.#place?.connection && place?.number === this.#place?.number;
    if (!isSame) this.#place = place;
    this.#model.follow(place?.connection ?? null, place === null ? 0 : revisionOf(place.connection));
  }
}
