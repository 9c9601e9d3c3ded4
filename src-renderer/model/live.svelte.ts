import type { ConnectionId, ConnectionRow } from '@contract/connections';
import {
  MAX_LOG_ENTRIES,
  STATS_SAMPLES_KEPT,
  type FeedBatch,
  type FeedSnapshot,
  type ListenerState,
  type LogEntry,
  type Notice,
  type Stats,
  type StatsSample,
} from '@contract/feed';
import type { SettingsState } from '@contract/presets';
import { DEFAULT_PROXY_STATE, type ProxyState } from '@contract/proxy-state';
import type { UpstreamView } from '@contract/upstreams';
import { mergeRows, rowIndex, type RowChanges } from '../lens/row-merge';
import type { Link, LinkState } from '../link/link';
import type { Clock } from './clock.svelte';
import { FIRST_LISTENER, FIRST_SETTINGS, FIRST_STATS } from './first-state';
import { nextFrame } from './next-frame';

const SNAPSHOT_RETRY_MS = 1_000;
const MAX_NOTICES_SHOWN = 5;

/** Called once per flush, before anything on screen sees the new rows; null: everything is new. */
export type RowsListener = (changes: RowChanges | null) => void;

/**
 * The engine's state as the feed tells it. Batches are queued as they come and applied once per animation frame;
 * a batch is acknowledged only then, so the engine merges whatever the page has no time to show.
 */
export class Live {
  #rows = $state.raw<readonly ConnectionRow[]>([]);
  #log = $state.raw<readonly LogEntry[]>([]);
  #samples = $state.raw<readonly StatsSample[]>([]);
  #notices = $state.raw<readonly Notice[]>([]);
  #stats = $state.raw<Stats>(FIRST_STATS);
  #settings = $state.raw<SettingsState>(FIRST_SETTINGS);
  #listener = $state.raw<ListenerState>(FIRST_LISTENER);
  #proxy = $state.raw<ProxyState>(DEFAULT_PROXY_STATE);
  #upstreams = $state.raw<readonly UpstreamView[]>([]);
  #linkState = $state.raw<LinkState>('connecting');
  #journalPath = $state.raw('');
  #ready = $state.raw(false);

  readonly #clock: Clock;
  readonly #rowsListeners = new Set<RowsListener>();
  #link: Link | null = null;
  #queue: FeedBatch[] = [];
  /** The sequence last applied; null while a snapshot is awaited. */
  #sequence: number | null = null;
  #snapshotRound = 0;
  #cancelFlush: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** By ascending id, that is, oldest first. */
  get rows() {
    return this.#rows;
  }
  /** Oldest first. */
  get log() {
    return this.#log;
  }
  /** Oldest first. */
  get samples() {
    return this.#samples;
  }
  get notices() {
    return this.#notices;
  }
  get stats() {
    return this.#stats;
  }
  get settings() {
    return this.#settings;
  }
  get listener() {
    return this.#listener;
  }
  get proxy() {
    return this.#proxy;
  }
  /** Of the reverse mode; empty in the others. */
  get upstreams() {
    return this.#upstreams;
  }
  get journalPath() {
    return this.#journalPath;
  }
  get linkState() {
    return this.#linkState;
  }
  /** A snapshot was taken at least once; what is shown may be old while `connected` is false. */
  get ready() {
    return this.#ready;
  }
  get connected() {
    return this.#linkState === 'open' && this.#ready;
  }

  row(id: ConnectionId): ConnectionRow | null {
    return this.#rows[rowIndex(this.#rows, id)] ?? null;
  }

  /** Returns a function that ends it. */
  start(link: Link): () => void {
    this.#link = link;
    const stopFeed = link.client.on('feed', (batch) => this.#receive(batch));
    const stopState = link.onState((state) => this.#linkChanged(state));
    this.#linkChanged(link.state);
    return () => {
      stopFeed();
      stopState();
      this.#cancelFlush?.();
      this.#snapshotRound++;
      this.#link = null;
    };
  }

  /** Tells what changed in the rows of each flush, for lists that keep a selection of them. */
  onRows(listener: RowsListener): () => void {
    this.#rowsListeners.add(listener);
    return () => this.#rowsListeners.delete(listener);
  }

  /** The settings as a call's reply gave them: the feed repeats them, but later. */
  applySettings(settings: SettingsState): void {
    this.#settings = settings;
  }

  applyListener(listener: ListenerState): void {
    this.#listener = listener;
  }

  applyProxy(proxy: ProxyState): void {
    this.#proxy = proxy;
  }

  /** Takes everything anew, where a call changed more than the feed tells. */
  refresh(): void {
    void this.#takeSnapshot();
  }

  dismiss(notice: Notice): void {
    this.#notices = this.#notices.filter((shown) => shown !== notice);
  }

  #linkChanged(state: LinkState): void {
    this.#linkState = state;
    if (state === 'open') void this.#takeSnapshot();
  }

  async #takeSnapshot(): Promise<void> {
    const link = this.#link;
    if (link === null) return;
    const round = ++this.#snapshotRound;
    this.#sequence = null;
    this.#queue = [];
    const reply = await link.client.call('feed.snapshot', {});
    if (round !== this.#snapshotRound) return;
    if (reply.ok) this.#applySnapshot(reply.value);
    else if (link.state === 'open')
      setTimeout(() => round === this.#snapshotRound && this.#takeSnapshot(), SNAPSHOT_RETRY_MS);
  }

  #applySnapshot(snapshot: FeedSnapshot): void {
    this.#clock.align(snapshot.nowMs);
    this.#sequence = snapshot.sequence;
    this.#rows = snapshot.rows;
    this.#log = snapshot.log;
    this.#samples = snapshot.samples;
    this.#notices = snapshot.notices.slice(-MAX_NOTICES_SHOWN);
    this.#stats = snapshot.stats;
    this.#settings = snapshot.settings;
    this.#listener = snapshot.listener;
    this.#proxy = snapshot.proxy;
    this.#upstreams = snapshot.upstreams;
    this.#journalPath = snapshot.journalPath;
    this.#ready = true;
    this.#tellRows(null);
    if (this.#queue.length > 0) this.#scheduleFlush();
  }

  #receive(batch: FeedBatch): void {
    this.#queue.push(batch);
    if (this.#sequence !== null) this.#scheduleFlush();
  }

  #scheduleFlush(): void {
    this.#cancelFlush ??= nextFrame(() => this.#flush());
  }

  #flush(): void {
    this.#cancelFlush = null;
    const batches = this.#queue;
    const newest = batches.at(-1);
    if (newest === undefined || this.#sequence === null) return;
    this.#queue = [];
    const complete = this.#applyInOrder(batches);
    void this.#link?.client.call('feed.acknowledge', { sequence: newest.sequence });
    if (!complete) void this.#takeSnapshot();
  }

  /** False: a reset or a gap was met, and only a snapshot helps. */
  #applyInOrder(batches: readonly FeedBatch[]): boolean {
    for (const batch of batches) {
      const sequence = this.#sequence as number;
      if (batch.sequence <= sequence) continue;
      if (batch.reset === true || batch.sequence !== sequence + 1) return false;
      this.#apply(batch);
      this.#sequence = batch.sequence;
    }
    return true;
  }

  #apply(batch: FeedBatch): void {
    if (batch.rows !== undefined || batch.dropped !== undefined) {
      const changes = { changed: batch.rows ?? [], dropped: batch.dropped ?? [] };
      this.#rows = mergeRows(this.#rows, changes);
      this.#tellRows(changes);
    }
    if (batch.log !== undefined) this.#log = [...this.#log, ...batch.log].slice(-MAX_LOG_ENTRIES);
    if (batch.sample !== undefined) this.#samples = [...this.#samples, batch.sample].slice(-STATS_SAMPLES_KEPT);
    if (batch.notice !== undefined) this.#notices = [...this.#notices, batch.notice].slice(-MAX_NOTICES_SHOWN);
    if (batch.stats !== undefined) this.#stats = batch.stats;
    if (batch.settings !== undefined) this.#settings = batch.settings;
    if (batch.listener !== undefined) this.#listener = batch.listener;
    if (batch.proxy !== undefined) this.#proxy = batch.proxy;
    if (batch.upstreams !== undefined) this.#upstreams = batch.upstreams;
  }

  #tellRows(changes: RowChanges | null): void {
    for (const listener of this.#rowsListeners) listener(changes);
  }
}
