import type { Client } from '@contract/client';
import type { ConnectionRow } from '@contract/connections';
import { ja4 } from '@tls/ja4';
import { beginsLikeTls, MAX_OPENING_BYTES, TlsOpening, type TlsReading } from '@tls/opening';
import { pageSha256 } from './page-sha256';

/** A hello is there with the first read; a connection that speaks HTTP is not asked for more. */
const READ_BYTES = 16 * 1024;

/**
 * How TLS begins on a connection, at its first byte or where a tunnel begins. Reads what was sent in, as it comes, as
 * far as an opening is looked into; where no TLS can begin, nothing.
 */
export class TlsOpeningModel {
  #reading = $state.raw<TlsReading | null>(null);
  #ja4 = $state.raw<string | null>(null);

  readonly #client: Client;
  /** Null before it is known where TLS may begin. */
  #opening: TlsOpening | null = null;
  #row: ConnectionRow | null = null;
  #isOver = false;
  #isReading = false;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Null where there is no TLS, or that is not known yet. */
  get reading() {
    return this.#reading;
  }
  /** Null before there is a hello, and where the page has no SHA-256. */
  get ja4() {
    return this.#ja4;
  }

  /** Tells how far the connection has come, and where TLS may begin; null: nowhere. Always the same connection. */
  follow(row: ConnectionRow, start: number | null): void {
    this.#row = row;
    if (start !== (this.#opening?.start ?? null)) this.#begin(start);
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

  /** What is no TLS at one place may be at the next: a tunnel is opened by a request. */
  #begin(start: number | null): void {
    // What was read as TLS stays so, though nothing more of it is to come.
    if (this.#reading !== null) return;
    this.#opening = start === null ? null : new TlsOpening(start);
    this.#isOver = false;
  }

  #wantsMore(): boolean {
    if (this.#opening === null || this.#isOver) return false;
    const { next, start } = this.#opening;
    return next < Math.min(this.#row?.bytesIn ?? 0, start + MAX_OPENING_BYTES);
  }

  /** False: there was nothing to be had just now. */
  async #readPiece(): Promise<boolean> {
    const { id: connection } = this.#row as ConnectionRow;
    const opening = this.#opening as TlsOpening;
    const offset = opening.next;
    const reply = await this.#client.call('bytes.read', { connection, direction: 'in', offset, length: READ_BYTES });
    if (opening !== this.#opening) return true;
    if (!reply.ok) return false;
    const { bytes, keptFrom } = reply.value;
    const isFirst = offset === opening.start;
    if (isFirst) this.#isOver = keptFrom > offset || (bytes.length > 1 && !beginsLikeTls(bytes));
    // One byte alone does not tell; it is asked for again with the next.
    if (this.#isOver || keptFrom > offset || (isFirst && bytes.length < 2)) return false;
    opening.receive(bytes);
    await this.#take(opening.reading());
    return true;
  }

  async #take(reading: TlsReading): Promise<void> {
    this.#reading = reading;
    const sha256 = pageSha256();
    if (reading.hello !== null && this.#ja4 === null && sha256 !== null) this.#ja4 = await ja4(reading.hello, sha256);
  }
}
