/** Fans changes out to the viewers, and builds the snapshot each of them begins with. */
import type { ConnectionId } from '../contract/connections';
import type { FeedBatch, FeedSnapshot, ListenerState, LogEntry, Notice } from '../contract/feed';
import type { SettingsState } from '../contract/presets';
import type { ProxyState } from '../contract/proxy-state';
import type { UpstreamView } from '../contract/upstreams';
import { nowMs } from '../net/clock';
import type { ConnectionTable, TableHooks } from './connection-table';
import type { Counters } from './counters';
import { FeedViewer } from './feed-viewer';

const STATS_GAP_MS = 250;
/** One sample of the chart a second. */
const TICKS_PER_SAMPLE = 4;
const MAX_NOTICES_KEPT = 20;

export interface FeedSources {
  readonly table: ConnectionTable;
  readonly counters: Counters;
  readonly settings: () => SettingsState;
  readonly listener: () => ListenerState;
  readonly proxy: () => ProxyState;
  readonly upstreams: () => readonly UpstreamView[];
  readonly journalBytes: () => number;
  readonly journalPath: string;
}

export class Feed implements TableHooks {
  readonly #viewers = new Set<FeedViewer>();
  readonly #notices: Notice[] = [];
  #sources: FeedSources | null = null;
  #ticker: NodeJS.Timeout | null = null;
  #ticks = 0;
  #hadUpstreams = false;

  get notices(): readonly Notice[] {
    return this.#notices;
  }

  start(sources: FeedSources): void {
    this.#sources = sources;
    this.#ticker = setInterval(() => this.#tick(sources), STATS_GAP_MS);
    this.#ticker.unref();
  }

  stop(): void {
    if (this.#ticker !== null) clearInterval(this.#ticker);
    for (const viewer of this.#viewers) viewer.end();
    this.#viewers.clear();
  }

  add(deliver: (batch: FeedBatch) => void): FeedViewer {
    const viewer = new FeedViewer((id) => this.#sources?.table.row(id) ?? null, deliver, nowMs);
    this.#viewers.add(viewer);
    return viewer;
  }

  remove(viewer: FeedViewer): void {
    viewer.end();
    this.#viewers.delete(viewer);
  }

  snapshot(viewer: FeedViewer, sources: FeedSources): FeedSnapshot {
    const { table, counters, settings, listener, proxy, upstreams, journalBytes, journalPath } = sources;
    const atMs = nowMs();
    return viewer.begin((sequence) => ({
      sequence,
      nowMs: atMs,
      rows: table.rows(),
      log: [...counters.log],
      samples: [...counters.samples],
      stats: counters.stats(atMs, journalBytes()),
      settings: settings(),
      listener: listener(),
      proxy: proxy(),
      upstreams: upstreams(),
      notices: [...this.#notices],
      journalPath,
    }));
  }

  /** Several times for every request, mostly with nobody there. */
  changed(id: ConnectionId): void {
    if (this.#viewers.size === 0) return;
    for (const viewer of this.#viewers) viewer.changed(id);
  }

  dropped(ids: readonly ConnectionId[]): void {
    for (const viewer of this.#viewers) viewer.dropped(ids);
  }

  logged(entry: LogEntry): void {
    for (const viewer of this.#viewers) viewer.logged(entry);
  }

  noticed(notice: Notice): void {
    this.#notices.push(notice);
    if (this.#notices.length > MAX_NOTICES_KEPT) this.#notices.shift();
    for (const viewer of this.#viewers) viewer.noticed(notice);
  }

  settingsChanged(settings: SettingsState): void {
    for (const viewer of this.#viewers) viewer.tell({ settings });
  }

  listenerChanged(listener: ListenerState): void {
    for (const viewer of this.#viewers) viewer.tell({ listener });
  }

  proxyChanged(proxy: ProxyState): void {
    for (const viewer of this.#viewers) viewer.tell({ proxy });
  }

  #tick({ counters, journalBytes, upstreams }: FeedSources): void {
    const atMs = nowMs();
    counters.tick(atMs);
    this.#ticks += 1;
    const isSample = this.#ticks % TICKS_PER_SAMPLE === 0;
    const sample = isSample ? counters.sample(atMs) : null;
    if (this.#viewers.size === 0) return;
    const stats = counters.stats(atMs, journalBytes());
    const views = upstreams();
    // Empty twice in a row is no news.
    const change = views.length > 0 || this.#hadUpstreams ? { stats, upstreams: views } : { stats };
    this.#hadUpstreams = views.length > 0;
    for (const viewer of this.#viewers) viewer.tell(sample === null ? change : { ...change, sample });
  }
}
