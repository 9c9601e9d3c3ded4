import type { ConnectionId, ConnectionRow } from '@contract/connections';
import { SvelteMap } from 'svelte/reactivity';
import { sideIn, withSide, type SideChoice } from '../lens/filter-side';
import { parseFilter } from '../lens/filter';
import { isCarried } from '../lens/passed-on';
import { mergeRows, rowIndex, rowsUpTo, type RowChanges } from '../lens/row-merge';
import type { Live } from './live.svelte';
import type { Selection } from './selection.svelte';

/**
 * What the connection list shows: the rows that pass the filter, newest first. While the person reads further down
 * the list it is anchored: rows that arrive wait above it. While it is paused nothing in it changes at all.
 */
export class ConnectionList {
  #filterText = $state.raw('');
  readonly #filter = $derived(parseFilter(this.#filterText));
  /** By ascending id; kept up with each flush, so that a flush costs what changed and not what is kept. */
  #matching = $state.raw<readonly ConnectionRow[]>([]);
  #frozen = $state.raw<readonly ConnectionRow[] | null>(null);
  /** Every row as it was when the pause began: a filter set meanwhile chooses from these. */
  #frozenAll: readonly ConnectionRow[] = [];
  /** The newest id shown; null: whatever is newest. */
  #anchorId = $state.raw<ConnectionId | null>(null);

  /** Which connection's bytes another one carries, of those that are kept; the latest where there are several. */
  readonly #carried = new SvelteMap<ConnectionId, ConnectionId>();
  #hasUpstreams = $state.raw(false);

  readonly #rows = $derived(this.#frozen ?? this.#matching);
  /** Where all the rows of an anchor are gone there is nothing to keep in its place. */
  readonly #count = $derived((this.#anchorId === null ? 0 : rowsUpTo(this.#rows, this.#anchorId)) || this.#rows.length);
  readonly #waiting = $derived.by(() => {
    const newestShown = this.#rows[this.#count - 1]?.id ?? 0;
    return this.#matching.length - rowsUpTo(this.#matching, newestShown);
  });

  readonly #live: Live;
  readonly #selection: Selection;

  constructor(live: Live, selection: Selection) {
    this.#live = live;
    this.#selection = selection;
    live.onRows((changes) => this.#takeChanges(changes));
  }

  get filterText() {
    return this.#filterText;
  }
  get filter() {
    return this.#filter;
  }
  get side(): SideChoice {
    return sideIn(this.#filterText);
  }
  /** Are there, or were there, connections to servers? */
  get hasUpstreams() {
    return this.#hasUpstreams;
  }
  get count() {
    return this.#count;
  }
  /** How many rows arrived that are not shown: held back by the anchor or by the pause. */
  get waiting() {
    return this.#waiting;
  }
  get paused() {
    return this.#frozen !== null;
  }
  get anchored() {
    return this.#anchorId !== null;
  }

  /** The row at a place of the list, the newest at 0. */
  at(index: number): ConnectionRow {
    return this.#rows[this.#count - 1 - index] as ConnectionRow;
  }

  /** The connection whose bytes this one carries as TLS records or through its tunnel; null: none, or none yet. */
  carriedBy(id: ConnectionId): ConnectionId | null {
    return this.#carried.get(id) ?? null;
  }

  /** The place of a connection in the list; -1 where it is not shown. */
  indexOf(id: ConnectionId): number {
    const found = rowIndex(this.#rows, id);
    return found < 0 || found >= this.#count ? -1 : this.#count - 1 - found;
  }

  setFilter(text: string): void {
    this.#filterText = text;
    this.#anchorId = null;
    this.#matching = this.#matchingOf(this.#live.rows);
    if (this.#frozen !== null) this.#frozen = this.#matchingOf(this.#frozenAll);
  }

  setSide(side: SideChoice): void {
    this.setFilter(withSide(this.#filterText, side));
  }

  togglePause(): void {
    const pauses = this.#frozen === null;
    this.#frozenAll = pauses ? this.#live.rows : [];
    this.#frozen = pauses ? this.#matching : null;
  }

  /** Keeps what is shown in its place: the person scrolled away from the newest row. */
  anchor(): void {
    this.#anchorId ??= this.#rows[this.#count - 1]?.id ?? null;
  }

  release(): void {
    this.#anchorId = null;
  }

  /** Selects the neighbour of the selected row, or the newest one; returns its place, -1 where the list is empty. */
  move(step: 1 | -1): number {
    if (this.#count === 0) return -1;
    const id = this.#selection.connectionId;
    const from = id === null ? -1 : this.indexOf(id);
    const to = from < 0 ? 0 : Math.min(Math.max(from + step, 0), this.#count - 1);
    return this.selectAt(to);
  }

  selectAt(index: number): number {
    if (index < 0 || index >= this.#count) return -1;
    this.#selection.select(this.at(index).id);
    return index;
  }

  #takeChanges(changes: RowChanges | null): void {
    this.#takeSides(changes);
    const { isEmpty, matches } = this.#filter;
    if (isEmpty || changes === null) this.#matching = this.#matchingOf(this.#live.rows);
    else this.#matching = mergeRows(this.#matching, changes, matches);
  }

  #takeSides(changes: RowChanges | null): void {
    if (changes === null) {
      this.#carried.clear();
      this.#hasUpstreams = false;
    }
    for (const row of changes?.changed ?? this.#live.rows) {
      if (row.carrier !== null && isCarried(row)) this.#carried.set(row.carrier, row.id);
      if (row.side === 'upstream') this.#hasUpstreams = true;
    }
    for (const id of changes?.dropped ?? []) this.#carried.delete(id);
  }

  #matchingOf(rows: readonly ConnectionRow[]): readonly ConnectionRow[] {
    return this.#filter.isEmpty ? rows : rows.filter((row) => this.#filter.matches(row));
  }
}
