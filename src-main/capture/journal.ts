/**
 * The journal: every byte of both directions of every connection, with the time of each read and write, taken before
 * anything looks at it. It is a pcapng file that opens in Wireshark as it is, also after a crash; around each read
 * stand made-up Ethernet, IP and TCP headers with the real addresses and times, and facts as packet comments.
 *
 * Recording is synchronous and never waits: bytes are copied once, into a slab, behind their headers. What a range
 * of a stream looked like is read back through an index of positions, from memory or from disk.
 *
 * Bounded: the disk by the retention (`segments.ts`), what waits for the disk by `MAX_WAITING_BYTES`, the index by
 * counting its entries towards the retention. Bytes that could not be kept are a gap, never wrong bytes.
 */
import type { Endpoint } from '../contract/address';
import type { ByteRange, ConnectionId, Direction } from '../contract/connections';
import { fail, ok, type Failure, type Result } from '../contract/errors';
import { reasonOf } from './disk-pump';
import { NOT_KEPT } from './index-entries';
import { JournalFile } from './journal-file';
import { ACK, FIN, MAX_PAYLOAD_BYTES, PSH, RST, SYN } from './packet';
import { commentBytes, PACKET_PREFIX_BYTES, packetBlockLength, writePacketFrame } from './pcapng-blocks';
import { readRange } from './range-reader';
import { RecordedConnection } from './recorded-connection';
import { diskFiles, type SegmentFiles } from './segment-file';
import { Segments } from './segments';

export interface JournalOptions {
  readonly path: string;
  readonly retentionBytes: number;
  readonly onFailure: (failure: Failure) => void;
  /** `isBehind` has become false. */
  readonly onCaughtUp?: () => void;
  /** The session is a temporary one: its files go when it is closed. */
  readonly removeOnClose?: boolean;
  readonly files?: SegmentFiles;
}

const NO_BYTES = new Uint8Array(0);

export class Journal {
  readonly #connections = new Map<ConnectionId, RecordedConnection>();
  readonly #segments: Segments;
  readonly #file: JournalFile;
  /** Time of the latest packet. */
  #lastMs = 0;

  private constructor(
    private readonly options: JournalOptions,
    segments: Segments,
  ) {
    this.#segments = segments;
    this.#file = new JournalFile({
      segments,
      files: options.files ?? diskFiles,
      report: options.onFailure,
      onDropped: (position) => this.#forgetBefore(position),
      onCaughtUp: () => this.options.onCaughtUp?.(),
    });
  }

  /** Makes the file anew; fails with `CAP_OPEN_FAILED`. */
  static async open(options: JournalOptions): Promise<Result<Journal>> {
    const journal = new Journal(options, await Segments.at(options.path, options.retentionBytes));
    try {
      await journal.#file.open();
      return ok(journal);
    } catch (error) {
      return fail('CAP_OPEN_FAILED', { path: options.path, reason: reasonOf(error) });
    }
  }

  get path(): string {
    return this.options.path;
  }

  /** Bytes the session takes on disk, those on their way included. */
  get usedBytes(): number {
    return this.#segments.bytes;
  }

  /** Has the disk fallen so far behind that clients should wait? */
  get isBehind(): boolean {
    return this.#file.isBehind;
  }

  /** A connection was accepted: the handshake. */
  opened(id: ConnectionId, client: Endpoint, server: Endpoint, atMs: number): void {
    const connection = new RecordedConnection(id, client, server);
    this.#connections.set(id, connection);
    this.#packet(connection, 'in', SYN, atMs, NO_BYTES);
    this.#packet(connection, 'out', SYN | ACK, atMs, NO_BYTES);
    this.#packet(connection, 'in', ACK, atMs, NO_BYTES);
  }

  /** A read or a write. The bytes are copied before this returns. */
  recorded(id: ConnectionId, direction: Direction, bytes: Uint8Array, atMs: number): void {
    const connection = this.#connections.get(id);
    if (connection === undefined) return;
    const index = connection.index(direction);
    for (let from = 0; from < bytes.length; from += MAX_PAYLOAD_BYTES) {
      const payload = bytes.length > MAX_PAYLOAD_BYTES ? bytes.subarray(from, from + MAX_PAYLOAD_BYTES) : bytes;
      const position = this.#packet(connection, direction, PSH | ACK, atMs, payload);
      index.add(payload.length, position, atMs, from > 0);
    }
  }

  /** A fact in one line, for the connection's next packet. */
  noted(id: ConnectionId, text: string): void {
    this.#connections.get(id)?.note(text);
  }

  /** One side is at its end. */
  ended(id: ConnectionId, direction: Direction, how: 'fin' | 'reset', atMs: number): void {
    const connection = this.#connections.get(id);
    if (connection === undefined || !connection.end(direction, how)) return;
    this.#packet(connection, direction, how === 'fin' ? FIN | ACK : RST | ACK, atMs, NO_BYTES);
  }

  /** The limits in force from here on, as JSON. */
  settingsNoted(json: string): void {
    this.#file.noteSettings(json);
  }

  /** Connections that nobody can ask for any more. Their bytes stay in the file. */
  forget(ids: Iterable<ConnectionId>): void {
    for (const id of ids) this.#connections.delete(id);
  }

  setRetention(bytes: number): void {
    this.#segments.retention = bytes;
    this.#file.retentionChanged();
  }

  /** Fails with `CALL_NO_CONNECTION` or `CAP_READ_FAILED`. */
  async read(id: ConnectionId, direction: Direction, offset: number, length: number): Promise<Result<ByteRange>> {
    const connection = this.#connections.get(id);
    if (connection === undefined) return fail('CALL_NO_CONNECTION', { connection: id });
    const index = connection.index(direction);
    for (;;) {
      const { keptFrom } = index;
      try {
        return ok(await readRange(index, { offset, length }, this.#segments, this.#file));
      } catch (error) {
        // A segment that was dropped while it was read: what is kept begins later now.
        if (index.keptFrom === keptFrom) return fail('CAP_READ_FAILED', { reason: reasonOf(error) });
      }
    }
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }

  async close(): Promise<void> {
    const atMs = this.#lastMs;
    for (const connection of this.#connections.values()) {
      if (connection.hasNote) this.#packet(connection, 'out', ACK, atMs, NO_BYTES);
    }
    await this.#file.close(this.options.removeOnClose ?? false);
  }

  /** Position of the payload, `NOT_KEPT` where there was no room. Makes no object: it runs for every read and write. */
  #packet(
    connection: RecordedConnection,
    direction: Direction,
    flags: number,
    atMs: number,
    payload: Uint8Array,
  ): number {
    const { packets } = connection;
    this.#lastMs = atMs;
    const note = connection.takeNote();
    const comment = note === null ? null : commentBytes(note);
    const packetLength = packets.headerBytes + payload.length;
    const blockLength = packetBlockLength(packetLength, comment);
    const slab = this.#file.slabFor(blockLength);
    if (slab === null) {
      packets.advance(direction, flags, payload.length);
      return NOT_KEPT;
    }
    const at = slab.take(blockLength);
    const payloadAt = at + PACKET_PREFIX_BYTES + packets.headerBytes;
    writePacketFrame(slab, at, packetLength, Math.round(atMs * 1_000), comment);
    packets.write(slab, at + PACKET_PREFIX_BYTES, direction, flags, payload.length);
    packets.advance(direction, flags, payload.length);
    if (payload.length > 0) slab.bytes.set(payload, payloadAt);
    const position = slab.position + payloadAt;
    this.#file.packetAppended(blockLength);
    return position;
  }

  #forgetBefore(position: number): void {
    for (const connection of this.#connections.values()) {
      connection.in.dropBefore(position);
      connection.out.dropBefore(position);
    }
  }
}
