import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { BucketTable, EVICTION_LOOKS, MAX_BUCKETS, NO_SLOT } from '../../src-main/guard/bucket-table';

interface Bucket {
  readonly key: string;
  readonly spent: number;
  readonly atMs: number;
}

/** Refill is one token a second. */
const isFull = ({ spent, atMs }: Bucket, nowMs: number) => spent <= (nowMs - atMs) / 1_000;

/** Those of which one has to go for a newcomer; which one of several full ones is no matter. */
function dispensable(oldestFirst: readonly Bucket[], nowMs: number): string[] {
  const full = oldestFirst.filter((bucket) => isFull(bucket, nowMs));
  return (full.length > 0 ? full : oldestFirst.slice(0, 1)).map(({ key }) => key);
}

function spend(table: BucketTable, key: string, spent: number, nowMs: number): void {
  const known = table.find(key);
  if (known !== NO_SLOT) table.touch(known);
  table.set(known === NO_SLOT ? table.place(key, 1, nowMs) : known, spent, nowMs);
}

/** From the one touched last. */
function keysOf(table: BucketTable): string[] {
  const keys: string[] = [];
  for (let slot = table.newest; slot !== NO_SLOT; slot = table.olderThan(slot)) keys.push(table.keyOf(slot));
  return keys;
}

describe('BucketTable', () => {
  const MAX = 8;

  test.prop([
    fc.array(
      fc.record({ key: fc.integer({ min: 0, max: 20 }), spent: fc.integer({ min: 0, max: 9 }), waitMs: fc.nat(900) }),
      { maxLength: 200 },
    ),
  ])('gives up a full bucket where there is one, else the one untouched for longest', (steps) => {
    const table = new BucketTable(MAX);
    let nowMs = 0;
    for (const { key, spent, waitMs } of steps) {
      nowMs += waitMs;
      const before = keysOf(table);
      const buckets = before.toReversed().map((known) => {
        const slot = table.find(known);
        return { key: known, spent: table.spentOf(slot), atMs: table.atMsOf(slot) };
      });
      spend(table, String(key), spent, nowMs);
      const after = keysOf(table);
      const gone = before.filter((known) => !after.includes(known));
      expect(gone.length).toBe(before.length === MAX && !before.includes(String(key)) ? 1 : 0);
      expect(gone.every((known) => dispensable(buckets, nowMs).includes(known))).toBe(true);
      expect(after[0]).toBe(String(key));
      expect(after.slice(1)).toEqual(before.filter((known) => known !== String(key) && !gone.includes(known)));
      expect([table.size, new Set(after).size]).toEqual([after.length, after.length]);
      const slot = table.find(String(key));
      expect([table.spentOf(slot), table.atMsOf(slot)]).toEqual([spent, nowMs]);
    }
  });

  it('finds the one full bucket of many by the time it has looked at each of them once', () => {
    const table = new BucketTable(1_000);
    for (let key = 0; key < 1_000; key += 1) spend(table, String(key), key === 700 ? 0 : 1e9, 0);
    const looks = Math.ceil(1_000 / EVICTION_LOOKS);
    for (let newcomer = 0; newcomer < looks; newcomer += 1) spend(table, `new ${newcomer}`, 1e9, 0);
    expect(table.find('700')).toBe(NO_SLOT);
  });

  it('looks first at the one untouched for longest', () => {
    const table = new BucketTable(1_000);
    for (let key = 0; key < 1_000; key += 1) spend(table, String(key), key === 700 || key === 3 ? 1 : 1e9, 0);
    for (let key = 0; key < 1_000; key += 1) if (key !== 700) table.touch(table.find(String(key)));
    spend(table, 'newcomer', 1e9, 1_000);
    expect(table.find('700')).toBe(NO_SLOT);
  });

  it('keeps what a bucket has spent while others come and go', () => {
    const table = new BucketTable(1_000);
    spend(table, 'regular', 5, 0);
    for (let key = 0; key < 10_000; key += 1) {
      spend(table, String(key), 1e9, 0);
      table.touch(table.find('regular'));
    }
    expect(table.spentOf(table.find('regular'))).toBe(5);
  });

  it('holds no more than its bound, whoever comes: the last ones', () => {
    const table = new BucketTable();
    for (let key = 0; key < 1_000_000; key += 1) spend(table, String(key), 1e9, key);
    expect(table.size).toBe(MAX_BUCKETS);
    expect(keysOf(table).length).toBe(MAX_BUCKETS);
    expect([table.find('900000'), table.find('899999')]).toEqual([expect.toSatisfy((slot) => slot >= 0), NO_SLOT]);
  });

  it('is empty after it was cleared, and can be filled again', () => {
    const table = new BucketTable(MAX);
    for (let key = 0; key < 20; key += 1) spend(table, String(key), 3, 0);
    table.clear();
    expect([table.size, table.newest, table.find('19')]).toEqual([0, NO_SLOT, NO_SLOT]);
    for (let key = 0; key < 20; key += 1) spend(table, String(key), 3, 0);
    expect(keysOf(table)).toEqual(['19', '18', '17', '16', '15', '14', '13', '12']);
  });
});
