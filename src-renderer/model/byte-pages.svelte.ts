import type { Client } from '@contract/client';
import type { ByteRange, ConnectionId, Direction, ReadMark } from '@contract/connections';
import type { Failure } from '@contract/errors';

/** A multiple of every row width, small enough to be asked for again while the stream grows. */
export const PAGE_BYTES = 16 * 1024;
/** 1 MiB of bytes, whatever the size of the streams. */
export const MAX_PAGES = 64;
const MAX_CALLS = 4;
const RETRY_MS = 1_000;

export interface Page {
  readonly index: number;
  /** Offset of the first byte held: later than the page's edge where the journal dropped the bytes before it. */
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly reads: readonly ReadMark[];
  /** The first offset of the direction that was still kept when the page was read. */
  readonly keptFrom: number;
  /** The length of the direction the page was read for; a longer one makes it worth reading again. */
  readonly asOfBytes: number;
}

/** The pages someone needs just now; `endPage` is exclusive. `streamBytes`: the direction's length as known. */
export interface PageNeed {
  readonly direction: Direction;
  readonly fromPage: number;
  readonly endPage: number;
  readonly streamBytes: number;
}

const keyOf = (direction: Direction, index: number): string => `${direction}${index}`;
export const pageOf = (offset: number): number => Math.floor(offset / PAGE_BYTES);

/** Up to where a page has to reach for a stream of this length. */
const fullEnd = (index: number, streamBytes: number): number => Math.min((index + 1) * PAGE_BYTES, streamBytes);

/**
 * The bytes of one connection, by page. Views say what they need (`need`); pages that are missing, or that the
 * stream has outgrown, are fetched, a few at a time, and only while someone needs them.
 */
export class BytePages {
  #version = $state.raw(0);
  #failure = $state.raw<Failure | null>(null);

  readonly #client: Client;
  readonly #connection: ConnectionId;
  /** In order of use: the first is the one to go. */
  readonly #pages = new Map<string, Page>();
  readonly #needs = new Map<string, PageNeed>();
  readonly #underWay = new Set<string>();
  readonly #retryTimers = new Set<ReturnType<typeof setTimeout>>();
  #isClosed = false;

  constructor(client: Client, connection: ConnectionId) {
    this.#client = client;
    this.#connection = connection;
  }

  /** Why bytes are missing; null while reads succeed. */
  get failure() {
    return this.#failure;
  }
  /** How many pages are held. */
  get size() {
    return this.#pages.size;
  }
  /** Grows whenever a page arrived. */
  get version() {
    return this.#version;
  }

  page(direction: Direction, index: number): Page | null {
    void this.#version;
    return this.#pages.get(keyOf(direction, index)) ?? null;
  }

  /** States what `who` needs from now on; null ends it. */
  need(who: string, need: PageNeed | null): void {
    if (need === null) this.#needs.delete(who);
    else this.#needs.set(who, need);
    this.#pump();
  }

  /** After this nothing is fetched and nothing changes any more. */
  close(): void {
    this.#isClosed = true;
    this.#needs.clear();
    for (const timer of this.#retryTimers) clearTimeout(timer);
  }

  #pump(): void {
    for (const need of this.#needs.values()) {
      for (let index = need.fromPage; index < need.endPage; index += 1) {
        if (this.#underWay.size >= MAX_CALLS) return;
        this.#fetchIfNeeded(need, index);
      }
    }
  }

  #fetchIfNeeded(need: PageNeed, index: number): void {
    const key = keyOf(need.direction, index);
    const page = this.#pages.get(key);
    if (page !== undefined) this.#touch(key, page);
    const end = fullEnd(index, need.streamBytes);
    if (end <= index * PAGE_BYTES || this.#underWay.has(key)) return;
    if (page !== undefined && (page.asOfBytes >= need.streamBytes || page.start + page.bytes.length >= end)) return;
    void this.#fetch(key, index, need);
  }

  async #fetch(key: string, index: number, { direction, streamBytes }: PageNeed): Promise<void> {
    this.#underWay.add(key);
    const reply = await this.#client.call('bytes.read', {
      connection: this.#connection,
      direction,
      offset: index * PAGE_BYTES,
      length: PAGE_BYTES,
    });
    if (this.#isClosed) return;
    this.#failure = reply.ok ? null : reply.error;
    if (!reply.ok) {
      this.#retryLater(key);
      return;
    }
    this.#underWay.delete(key);
    this.#keep(key, toPage(index, reply.value, streamBytes));
    this.#version += 1;
    this.#pump();
  }

  #retryLater(key: string): void {
    const timer = setTimeout(() => {
      this.#retryTimers.delete(timer);
      this.#underWay.delete(key);
      this.#pump();
    }, RETRY_MS);
    this.#retryTimers.add(timer);
  }

  #touch(key: string, page: Page): void {
    this.#pages.delete(key);
    this.#pages.set(key, page);
  }

  #keep(key: string, page: Page): void {
    this.#touch(key, page);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= MAX_PAGES) return;
      this.#pages.delete(oldest);
    }
  }
}

/** An engine may answer from the first byte it kept, or leave what it dropped out: both begin where `offset` says. */
const toPage = (index: number, range: ByteRange, streamBytes: number): Page => ({
  index,
  start: range.bytes.length === 0 ? Math.max(index * PAGE_BYTES, range.offset) : range.offset,
  bytes: range.bytes,
  reads: range.reads,
  keptFrom: range.keptFrom,
  asOfBytes: Math.max(streamBytes, range.streamBytes),
});
