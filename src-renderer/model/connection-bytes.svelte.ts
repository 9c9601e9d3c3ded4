import type { Client } from '@contract/client';
import type { ConnectionDetail, Direction } from '@contract/connections';
import { beyondAsFrames, beyondAsTls, type BeyondHttp } from '../lens/beyond-http';
import { openingStart, rawFrom, switchedExchange } from '../lens/raw-bytes';
import { BytePages } from './byte-pages.svelte';
import { ByteStream } from './byte-stream.svelte';
import { FramesModel } from './frames.svelte';
import { TlsOpeningModel } from './tls-opening.svelte';

/** The bytes of one connection, both ways, and what explains them where they are not HTTP: its TLS, its frames. */
export class ConnectionBytes {
  /** What is `in`: requests. On a connection to a server that is what we sent. */
  readonly received: ByteStream;
  readonly sent: ByteStream;
  readonly opening: TlsOpeningModel;

  readonly #client: Client;
  readonly #detail: () => ConnectionDetail;
  readonly #pages: BytePages;
  #frames = $state.raw<FramesModel | null>(null);
  readonly #beyondIn = $derived.by(() => this.#asTls() ?? this.#asFrames('in'));
  readonly #beyondOut = $derived.by(() => this.#asFrames('out'));

  /** @param detail always of the same connection. */
  constructor(client: Client, detail: () => ConnectionDetail) {
    const connection = detail().row.id;
    this.#client = client;
    this.#detail = detail;
    this.#pages = new BytePages(client, connection);
    this.opening = new TlsOpeningModel(client);
    const options = { client, connection, pages: this.#pages, detail };
    this.received = new ByteStream({ ...options, direction: 'in', beyond: () => this.#beyondIn });
    this.sent = new ByteStream({ ...options, direction: 'out', beyond: () => this.#beyondOut });
  }

  /** Null: it did not go on with WebSocket. */
  get frames() {
    return this.#frames;
  }

  /** Tells how far the connection has come. */
  follow(detail: ConnectionDetail): void {
    this.opening.follow(detail.row, openingStart(detail));
    this.#frames ??= this.#framesOf(detail);
    this.#frames?.follow(detail.row);
  }

  /** After this nothing is read any more. */
  close(): void {
    this.#pages.close();
    this.#frames?.close();
  }

  #framesOf(detail: ConnectionDetail): FramesModel | null {
    const exchange = switchedExchange(detail);
    if (exchange?.switchedTo !== 'websocket') return null;
    const { requestStart, requestEnd, replyStart, replyEnd } = exchange;
    if (requestEnd === null || replyStart === null || replyEnd === null) return null;
    const { row, settings } = detail;
    return new FramesModel(this.#client, {
      connection: row.id,
      requestStart,
      requestEnd,
      replyStart,
      replyEnd,
      settings,
    });
  }

  #asTls(): BeyondHttp | null {
    const { reading } = this.opening;
    return reading && beyondAsTls(reading);
  }

  #asFrames(direction: Direction): BeyondHttp | null {
    const frames = this.#frames;
    if (frames === null) return null;
    const start = rawFrom(this.#detail(), direction);
    return start === null ? null : beyondAsFrames(direction === 'in' ? frames.inbound : frames.outbound, start);
  }
}
