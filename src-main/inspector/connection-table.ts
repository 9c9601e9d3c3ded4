/** Every connection that is kept, open and closed. Bounded: the oldest closed ones are dropped first. */
import {
  MAX_CONNECTIONS_KEPT,
  type ConnectionDetail,
  type ConnectionId,
  type ConnectionRow,
} from '../contract/connections';
import type { Fact } from '../contract/facts';
import type { Settings } from '../contract/settings';
import type { Activity } from '../net/activity';
import { ConnectionEntry, type LiveConnection } from './connection-entry';
import { MAX_EXCHANGES_IN_ALL, Room } from './room';

export interface TableHooks {
  changed(id: ConnectionId): void;
  dropped(ids: readonly ConnectionId[]): void;
}

export class ConnectionTable {
  readonly #entries = new Map<ConnectionId, ConnectionEntry>();
  /** The one something was told of last, as a rule the next one too: a request tells of its connection six times. */
  #latest: ConnectionEntry | null = null;
  /** Closed ones in the order they closed. */
  readonly #closed = new Set<ConnectionId>();
  readonly #room = new Room();
  #exchanges = 0;

  constructor(
    private readonly hooks: TableHooks,
    private settings: Settings,
  ) {}

  /** In the order they were opened. */
  rows(): readonly ConnectionRow[] {
    return Array.from(this.#entries.values(), (entry) => entry.row());
  }

  row(id: ConnectionId): ConnectionRow | null {
    return this.#entries.get(id)?.row() ?? null;
  }

  detail(id: ConnectionId): ConnectionDetail | null {
    return this.#entries.get(id)?.detail() ?? null;
  }

  take(fact: Fact): void {
    // Facts have as many shapes as kinds: asking one for its members is not free.
    const { kind, connection } = fact;
    if (kind === 'connection.opened') this.#add(new ConnectionEntry(fact, this.#room, this.settings));
    const entry = this.#entryOf(connection);
    if (entry === null) return;
    const before = entry.exchangeCount;
    entry.take(fact);
    this.#exchanges += entry.exchangeCount - before;
    if (kind === 'connection.closed') this.#closed.add(entry.id);
    this.hooks.changed(connection);
    if (this.#isOver()) this.#evict();
  }

  /** A connection that can be asked for its phase, deadline and counts while it is open. */
  attach(id: ConnectionId, live: LiveConnection): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined && !entry.isClosed) entry.live = live;
  }

  moved(id: ConnectionId, activity: Activity, live: LiveConnection): void {
    this.#entryOf(id)?.moved(activity, live.phase, this.settings);
    this.hooks.changed(id);
  }

  /** Tells anew of the connections whose deadline moved with the settings: nothing else may happen on them for long. */
  settingsChanged(settings: Settings): void {
    this.settings = settings;
    for (const entry of this.#entries.values()) if (entry.rearmed()) this.hooks.changed(entry.id);
  }

  /** Drops all closed connections. */
  clear(): void {
    this.#drop([...this.#closed]);
  }

  #entryOf(id: ConnectionId): ConnectionEntry | null {
    if (this.#latest?.id !== id) this.#latest = this.#entries.get(id) ?? null;
    return this.#latest;
  }

  #add(entry: ConnectionEntry): void {
    this.#entries.set(entry.id, entry);
    this.#room.divide(this.#entries.size);
  }

  #isOver(): boolean {
    return this.#entries.size > MAX_CONNECTIONS_KEPT || this.#exchanges > MAX_EXCHANGES_IN_ALL;
  }

  #evict(): void {
    const dropped: ConnectionId[] = [];
    for (const id of this.#closed) {
      if (!this.#isOver()) break;
      dropped.push(id);
      this.#forget(id);
    }
    if (dropped.length > 0) this.hooks.dropped(dropped);
  }

  #drop(ids: readonly ConnectionId[]): void {
    for (const id of ids) this.#forget(id);
    if (ids.length > 0) this.hooks.dropped(ids);
  }

  #forget(id: ConnectionId): void {
    this.#exchanges -= this.#entries.get(id)?.exchangeCount ?? 0;
    this.#entries.delete(id);
    if (this.#latest?.id === id) this.#latest = null;
    this.#closed.delete(id);
    this.#room.divide(this.#entries.size);
  }
}
