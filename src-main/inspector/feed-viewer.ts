/**
 * What one viewer is owed. Changes are merged here until its batch leaves: at most `FEED_BATCHES_PER_SEC`, and never
 * before the batch before it was acknowledged. Nothing grows with a slow viewer: owed rows are names, looked up when
 * the batch is made, and past `MAX_OWED_ROWS` they become one reset.
 */
import type { ConnectionId } from '../contract/connections';
import {
  FEED_BATCHES_PER_SEC,
  MAX_OWED_ROWS,
  type FeedBatch,
  type FeedSnapshot,
  type ListenerState,
  type LogEntry,
  type Notice,
  type Stats,
  type StatsSample,
} from '../contract/feed';
import type { ConnectionRow } from '../contract/connections';
import type { SettingsState } from '../contract/presets';
import type { ProxyState } from '../contract/proxy-state';
import type { UpstreamView } from '../contract/upstreams';

const BATCH_GAP_MS = 1_000 / FEED_BATCHES_PER_SEC;
/** Log entries and dropped rows owed before a reset takes their place. */
const MAX_OWED_ENTRIES = 1_000;
/** A batch carries one notice; more of them wait their turn, the oldest are dropped. */
const MAX_OWED_NOTICES = 20;

type OneOff = {
  stats?: Stats;
  sample?: StatsSample;
  settings?: SettingsState;
  listener?: ListenerState;
  proxy?: ProxyState;
  upstreams?: readonly UpstreamView[];
};

export class FeedViewer {
  #sequence = 0;
  #started = false;
  #unacknowledged = false;
  #needsReset = false;
  #rows = new Set<ConnectionId>();
  #dropped: ConnectionId[] = [];
  #log: LogEntry[] = [];
  #oneOff: OneOff = {};
  #notices: Notice[] = [];
  #timer: NodeJS.Timeout | null = null;
  #lastBatchMs = 0;

  constructor(
    private readonly rowOf: (id: ConnectionId) => ConnectionRow | null,
    private readonly deliver: (batch: FeedBatch) => void,
    private readonly nowMs: () => number,
  ) {}

  /** The state as it is now, and a clean slate: what is owed from here on comes in batches. */
  begin(snapshot: (sequence: number) => FeedSnapshot): FeedSnapshot {
    this.#clear();
    this.#started = true;
    this.#unacknowledged = false;
    this.#needsReset = false;
    return snapshot(this.#sequence);
  }

  /** The viewer has taken in a batch; an older one is not waited for. */
  acknowledge(sequence: number): void {
    if (sequence !== this.#sequence) return;
    this.#unacknowledged = false;
    if (this.#isOwed()) this.#schedule();
  }

  changed(id: ConnectionId): void {
    if (!this.#started) return;
    this.#rows.add(id);
    this.#owe();
  }

  dropped(ids: readonly ConnectionId[]): void {
    if (!this.#started) return;
    for (const id of ids) this.#rows.delete(id);
    this.#dropped = this.#dropped.concat(ids);
    this.#owe();
  }

  logged(entry: LogEntry): void {
    if (!this.#started) return;
    this.#log.push(entry);
    this.#owe();
  }

  tell(change: OneOff): void {
    if (!this.#started) return;
    Object.assign(this.#oneOff, change);
    this.#owe();
  }

  noticed(notice: Notice): void {
    if (!this.#started) return;
    this.#notices.push(notice);
    if (this.#notices.length > MAX_OWED_NOTICES) this.#notices.shift();
    this.#owe();
  }

  end(): void {
    this.#started = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#clear();
  }

  #isOwed(): boolean {
    return (
      this.#needsReset ||
      this.#rows.size > 0 ||
      this.#dropped.length > 0 ||
      this.#log.length > 0 ||
      this.#notices.length > 0 ||
      Object.keys(this.#oneOff).length > 0
    );
  }

  #owe(): void {
    const tooMuch =
      this.#rows.size > MAX_OWED_ROWS || this.#log.length > MAX_OWED_ENTRIES || this.#dropped.length > MAX_OWED_ROWS;
    if (tooMuch) {
      this.#clear();
      this.#needsReset = true;
      this.#started = false;
    }
    if (!this.#unacknowledged) this.#schedule();
  }

  #schedule(): void {
    if (this.#timer !== null) return;
    const delayMs = Math.max(0, this.#lastBatchMs + BATCH_GAP_MS - this.nowMs());
    this.#timer = setTimeout(() => this.#flush(), delayMs);
  }

  #flush(): void {
    this.#timer = null;
    if (!this.#isOwed()) return;
    this.#lastBatchMs = this.nowMs();
    this.#sequence += 1;
    this.#unacknowledged = true;
    const notices = this.#notices.slice(1);
    this.deliver(this.#needsReset ? { sequence: this.#sequence, reset: true } : this.#batch());
    this.#needsReset = false;
    this.#clear();
    this.#notices = notices;
  }

  #batch(): FeedBatch {
    const rows = Array.from(this.#rows, this.rowOf).filter((row) => row !== null);
    return {
      sequence: this.#sequence,
      ...(rows.length > 0 && { rows }),
      ...(this.#dropped.length > 0 && { dropped: this.#dropped }),
      ...(this.#log.length > 0 && { log: this.#log }),
      ...this.#oneOff,
      ...(this.#notices[0] !== undefined && { notice: this.#notices[0] }),
    };
  }

  #clear(): void {
    this.#rows = new Set();
    this.#dropped = [];
    this.#log = [];
    this.#oneOff = {};
    this.#notices = [];
  }
}
