import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { RowsListener } from '../../../src-renderer/model/live.svelte';
import type { Live } from '../../../src-renderer/model/live.svelte';
import { mergeRows, type RowChanges } from '../../../src-renderer/lens/row-merge';
import { ConnectionList } from '../../../src-renderer/model/connections.svelte';
import { Selection } from '../../../src-renderer/model/selection.svelte';
import { makeRow, manyRows } from '../../support/rows';

/** The two members of `Live` the list stands on. */
class FakeLive {
  rows: readonly ReturnType<typeof makeRow>[] = [];
  #listener: RowsListener = () => undefined;
  onRows = (listener: RowsListener) => ((this.#listener = listener), () => undefined);
  apply(changes: RowChanges): void {
    this.rows = mergeRows(this.rows, changes);
    this.#listener(changes);
  }
  snapshot(rows: FakeLive['rows']): void {
    this.rows = rows;
    this.#listener(null);
  }
}

let live: FakeLive;
let list: ConnectionList;
let selection: Selection;
const shown = () => Array.from({ length: list.count }, (_, index) => list.at(index).id);
const arrive = (...ids: number[]) => live.apply({ changed: ids.map((id) => makeRow({ id })), dropped: [] });

beforeEach(() => {
  live = new FakeLive();
  selection = new Selection();
  list = new ConnectionList(live as unknown as Live, selection);
  live.snapshot([1, 2, 3].map((id) => makeRow({ id })));
});

test('shows the newest first', () => {
  arrive(4);
  expect(shown()).toEqual([4, 3, 2, 1]);
});

describe('anchored', () => {
  beforeEach(() => list.anchor());

  test('what arrives waits, and nothing shown moves', () => {
    arrive(4, 5);
    expect(shown()).toEqual([3, 2, 1]);
    expect(list.waiting).toBe(2);
  });

  test('rows that are shown still change', () => {
    live.apply({ changed: [makeRow({ id: 2, status: 500 })], dropped: [] });
    expect(list.at(1).status).toBe(500);
  });

  test('with all its rows gone, what arrives is shown', () => {
    live.apply({ changed: [], dropped: [1, 2, 3] });
    arrive(4);
    expect(shown()).toEqual([4]);
    expect(list.waiting).toBe(0);
  });

  test('released, what waited is shown', () => {
    arrive(4);
    list.release();
    expect(shown()).toEqual([4, 3, 2, 1]);
    expect(list.waiting).toBe(0);
  });
});

describe('paused', () => {
  test('nothing changes, and what is new is counted', () => {
    list.togglePause();
    arrive(4, 5);
    live.apply({ changed: [makeRow({ id: 2, status: 500 })], dropped: [1] });
    expect(shown()).toEqual([3, 2, 1]);
    expect(list.at(1).status).toBe(200);
    expect(list.waiting).toBe(2);
  });

  test('going on shows the present', () => {
    list.togglePause();
    arrive(4);
    list.togglePause();
    expect(shown()).toEqual([4, 3, 2, 1]);
  });
});

describe('filtered', () => {
  beforeEach(() => list.setFilter('status:404'));

  test('only what passes is shown, and only that counts as new', () => {
    list.anchor();
    arrive(4);
    live.apply({ changed: [makeRow({ id: 5, status: 404 })], dropped: [] });
    list.release();
    expect(shown()).toEqual([5]);
  });

  test('a row that comes to pass appears, one that no longer does leaves', () => {
    live.apply({ changed: [makeRow({ id: 2, status: 404 })], dropped: [] });
    expect(shown()).toEqual([2]);
    live.apply({ changed: [makeRow({ id: 2, status: 200 })], dropped: [] });
    expect(shown()).toEqual([]);
  });

  test('without the filter everything is back', () => {
    list.setFilter('');
    expect(shown()).toEqual([3, 2, 1]);
  });

  test('a changed filter also changes a paused list', () => {
    list.togglePause();
    list.setFilter('');
    expect(list.paused).toBe(true);
    expect(shown()).toEqual([3, 2, 1]);
  });

  test('a filter set while paused chooses from the rows of before', () => {
    list.setFilter('');
    list.togglePause();
    arrive(4);
    list.setFilter('127');
    expect(shown()).toEqual([3, 2, 1]);
    expect(list.waiting).toBe(1);
    list.togglePause();
    expect(shown()).toEqual([4, 3, 2, 1]);
  });

  test('a flush tests the rows that changed, not the ones that are kept', () => {
    live.snapshot(manyRows(1_000));
    const matches = vi.spyOn(list.filter, 'matches');
    live.apply({ changed: [makeRow({ id: 2_000, status: 404 })], dropped: [] });
    expect(matches).toHaveBeenCalledTimes(1);
  });
});

describe('moving', () => {
  test('begins at the newest, and stops at the ends', () => {
    expect(list.move(1)).toBe(0);
    expect(selection.connectionId).toBe(3);
    list.move(1);
    list.move(1);
    expect(list.move(1)).toBe(2);
    expect(selection.connectionId).toBe(1);
    expect(list.move(-1)).toBe(1);
  });

  test('a selection that is not shown begins anew', () => {
    selection.select(77);
    expect(list.move(1)).toBe(0);
  });

  test('an empty list has nowhere to go', () => {
    live.snapshot([]);
    expect(list.move(1)).toBe(-1);
    expect(list.selectAt(0)).toBe(-1);
  });
});

test('the place of a connection follows the order of the list', () => {
  expect([3, 1, 9].map((id) => list.indexOf(id))).toEqual([0, 2, -1]);
});

describe('the ends of a tunnel', () => {
  const server = (connectedAtMs: number | null) => makeRow({ id: 5, side: 'upstream', carrier: 4, connectedAtMs });

  test('belong to one another once the server is there', () => {
    arrive(4);
    live.apply({ changed: [server(null)], dropped: [] });
    expect(list.carriedBy(4)).toBeNull();
    live.apply({ changed: [server(1)], dropped: [] });
    expect(list.carriedBy(4)).toBe(5);
  });
});
