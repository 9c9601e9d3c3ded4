import type { Client } from '@contract/client';
import type { ConnectionRow } from '@contract/connections';
import { ja4 } from '@tls/ja4';
import { beginsLikeTls, MAX_OPENING_BYTES, TlsOpening, type TlsReading } from '@tls/opening';
import { pageSha256 } from './page-sha256';

/** A hello is there with the first read; a connection that speaks HTTP is not asked for more. */
const READ_BYTES = 16 * 1024;

/**
 * How a connection begins, where that is with TLS. Reads what the client sent, as it comes, as far as an opening is
 * looked into; of a connection on which a request line was read, nothing.
 */
export class TlsOpeningModel {
  #reading = $state.raw<TlsReading | null>(null);
  #ja4 = $state.raw<string | null>(null);

  readonly #client: Client;
  readonly #opening = new TlsOpening();
  #row: ConnectionRow | null = null;
  #isOver = false;
  #isReading = false;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Null where the connection does not begin with TLS, or that is not known yet. */
  get reading() {
    return this.#reading;
  }
  /** Null before there is a hello, and where the page has no SHA-256. */
  get ja4() {
    return this.#ja4;
  }

  /** Tells how far the connection has come; always the same connection. */
  follow(row: ConnectionRow): void {
    this.#row = row;
    void this.#readOn();
  }

  async #readOn(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#wantsMore()) {
      const asked = this.#row;
      // What has come meanwhile may be what was missing.
      if (!(await this.#readPiece()) && asked === this.#row) break;
    }
    this.#isReading = false;
  }

  #wantsMore(): boolean {
    const { next } = this.#opening;
    return !this.#isOver && this.#row?.method === '' && next < Math.min(this.#row.bytesIn, MAX_OPENING_BYTES);
  }

  /** False: there was nothing to be had just now. */
  async #readPiece(): Promise<boolean> {
    const { id: connection } = this.#row as ConnectionRow;
    const offset = this.#opening.next;
    const reply = await this.#client.call('bytes.read', { connection, direction: 'in', offset, length: READ_BYTES });
    if (!reply.ok) return false;
    const { bytes, keptFrom } = reply.value;
    if (offset === 0) this.#isOver = keptFrom > 0 || (bytes.length > 1 && !beginsLikeTls(bytes));
    // One byte alone does not tell; it is asked for again with the next.
    if (this.#isOver || keptFrom > offset || offset + bytes.length < 2) return false;
    this.#opening.receive(bytes);
    await this.#take(this.#opening.reading());
    return true;
  }

  async #take(reading: TlsReading): Promise<void> {
    this.#reading = reading;
    const sha256 = pageSha256();
    if (reading.hello !== null && this.#ja4 === null && sha256 !== null) this.#ja4 = await ja4(reading.hello, sha256);
  }
}
