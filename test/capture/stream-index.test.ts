import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { BLOCK_ENTRIES } from '../../src-main/capture/index-block';
import { NOT_KEPT } from '../../src-main/capture/index-entries';
import { StreamIndex, type IndexRun } from '../../src-main/capture/stream-index';

const LIMIT = 100;

/** Offset and length of each entry of a run. */
const entries = ({ count, offsets }: IndexRun): number[][] =>
  Array.from({ length: count }, (_, at) => [offsets[at] ?? 0, (offsets[at + 1] ?? 0) - (offsets[at] ?? 0)]);

it('keeps one entry for bytes that were not kept, however many reads they were', () => {
  const index = new StreamIndex();
  index.add(10, 0, 1, false);
  for (let read = 0; read < 1_000; read += 1) index.add(1, NOT_KEPT, 2, false);
  index.add(10, 500, 3, false);
  expect(index.streamBytes).toBe(1_020);
  expect(entries(index.run(0, 1_020, LIMIT))).toEqual([[0, 10]]);
  expect(entries(index.run(10, 1_020, LIMIT))).toEqual([[1_010, 10]]);
});

it('begins at the first byte kept where the first ones were not', () => {
  const index = new StreamIndex();
  index.add(7, NOT_KEPT, 1, false);
  expect(index.keptFrom).toBe(7);
  index.add(5, 100, 2, false);
  expect(index.keptFrom).toBe(7);
});

it('begins after a gap that follows what was dropped', () => {
  const index = new StreamIndex();
  index.add(10, 0, 1, false);
  index.add(4, NOT_KEPT, 2, false);
  index.add(10, 500, 3, false);
  index.dropBefore(400);
  expect(index.keptFrom).toBe(14);
});

it('finds the same entries after dropping most of them', () => {
  const index = new StreamIndex();
  for (let read = 0; read < 1_000; read += 1) index.add(2, read * 100, read, false);
  index.dropBefore(99_000);
  index.add(2, 100_000, 1_000, false);
  expect(index.keptFrom).toBe(1_980);
  const { offsets, positions } = index.run(1_998, 2_002, LIMIT);
  expect([Array.from(offsets), Array.from(positions)]).toEqual([
    [1_998, 2_000, 2_002],
    [99_900, 100_000],
  ]);
});

it('finds its own entries in the memory that another one has let go', () => {
  const [one, other] = [new StreamIndex(), new StreamIndex()];
  for (let read = 0; read < 4 * BLOCK_ENTRIES; read += 1) one.add(2, read * 100, read, false);
  one.dropBefore((4 * BLOCK_ENTRIES - 50) * 100);
  for (let read = 0; read < 3 * BLOCK_ENTRIES; read += 1) other.add(3, read * 1_000, read, false);
  const ours = one.run(0, 8 * BLOCK_ENTRIES, LIMIT);
  expect(ours.count).toBe(50);
  expect(ours.positions[0]).toBe((4 * BLOCK_ENTRIES - 50) * 100);
  const { count, positions } = other.run(0, 9 * BLOCK_ENTRIES, LIMIT);
  expect(Array.from(positions)).toEqual(Array.from({ length: count }, (_, read) => read * 1_000));
  expect(count).toBe(3 * BLOCK_ENTRIES);
});

it('tells the whole read from any of its packets, without what was not kept', () => {
  const index = new StreamIndex();
  index.add(10, 0, 1, false);
  index.add(60, 100, 2, false);
  index.add(60, 200, 2, true);
  index.add(60, NOT_KEPT, 2, true);
  index.add(60, 300, 2, true);
  expect(index.run(70, 80, LIMIT).reads).toEqual([{ offset: 10, length: 120, atMs: 2 }]);
  expect(index.run(190, 200, LIMIT).reads).toEqual([{ offset: 190, length: 60, atMs: 2 }]);
});

/** Reads of two bytes, a packet each, from the beginning of the journal on. */
function indexOf(reads: number): StreamIndex {
  const index = new StreamIndex();
  for (let read = 0; read < reads; read += 1) index.add(2, read * 100, read, false);
  return index;
}

/** The last entries of an index, whatever stands before them. */
const lastOf = (index: StreamIndex, bytes: number) => {
  const { positions, reads } = index.run(index.streamBytes - bytes, index.streamBytes, LIMIT);
  return { positions: Array.from(positions), reads };
};

describe('an index of many entries', () => {
  it('takes an entry that is too far in the journal from the ones before', () => {
    const index = indexOf(40);
    index.add(2, 2 ** 31 + 4_000, 40, false);
    index.add(2, 2 ** 45, 41, true);
    expect(lastOf(index, 6)).toEqual({
      positions: [3_900, 2 ** 31 + 4_000, 2 ** 45],
      reads: [
        { offset: 78, length: 2, atMs: 39 },
        { offset: 80, length: 4, atMs: 40 },
      ],
    });
  });

  // A full disk may last for as long as a client sends.
  it('takes an entry that is too far in the stream from the ones before', () => {
    const index = indexOf(40);
    index.add(2 ** 32, NOT_KEPT, 40, false);
    index.add(2, 5_000, 41, false);
    const offset = 80 + 2 ** 32;
    expect(index.run(80, index.streamBytes, LIMIT).reads).toEqual([{ offset, length: 2, atMs: 41 }]);
    expect(lastOf(index, 2).positions).toEqual([5_000]);
  });

  it('takes an entry that is hours later, or earlier, than the ones before', () => {
    const index = indexOf(40);
    index.add(2, 4_000, 7_200_000.25, false);
    index.add(2, 4_100, 12.5, false);
    expect(lastOf(index, 6).reads.map(({ atMs }) => atMs)).toEqual([39, 7_200_000.25, 12.5]);
  });

  it('keeps gaps apart from what was kept where a block begins with one', () => {
    for (const before of [16, 32, 64, 128, BLOCK_ENTRIES, 2 * BLOCK_ENTRIES]) {
      const index = indexOf(before);
      index.add(5, NOT_KEPT, before, false);
      index.add(2, 2 ** 40, before + 1, false);
      const reads = [{ offset: before * 2 + 5, length: 2, atMs: before + 1 }];
      expect(lastOf(index, 4)).toEqual({ positions: [2 ** 40], reads });
      expect(entries(index.run(before * 2 - 2, index.streamBytes, LIMIT))).toEqual([[before * 2 - 2, 2]]);
      index.dropBefore(before * 100);
      expect(index.keptFrom).toBe(before * 2 + 5);
    }
  });

  it('tells a read as one that is in two blocks', () => {
    const index = indexOf(2 * BLOCK_ENTRIES - 1);
    const offset = index.streamBytes;
    for (let packet = 0; packet < 3; packet += 1) index.add(2, 10 ** 6 + packet * 100, 9_000, packet > 0);
    for (const at of [0, 2, 4]) {
      expect(index.run(offset + at, offset + at + 2, LIMIT).reads).toEqual([{ offset, length: 6, atMs: 9_000 }]);
    }
  });

  it('tells the time of a read to the microsecond, never too early, and the same however many follow', () => {
    const index = new StreamIndex();
    const openedAtMs = 1_764_150_000_000.123_3;
    index.add(1, 0, openedAtMs, false);
    const early = index.run(0, 1, LIMIT).reads;
    for (let read = 1; read < 100; read += 1) index.add(1, read * 100, openedAtMs + 1, false);
    expect(early).toEqual([{ offset: 0, length: 1, atMs: 1_764_150_000_000.124 }]);
    expect(index.run(0, 1, LIMIT).reads).toEqual(early);
  });

  test.prop([fc.double({ min: 1.7e12, max: 1.8e12, noNaN: true }), fc.nat(3)])(
    'tells times in their order, at most two microseconds late',
    (atMs, laterMs) => {
      const index = new StreamIndex();
      const times = [atMs, atMs + laterMs / 4_096];
      for (const [at, time] of times.entries()) index.add(1, at * 100, time, false);
      const told = index.run(0, 2, LIMIT).reads.map((read) => read.atMs);
      expect(told).toEqual(told.toSorted((one, other) => one - other));
      for (const [at, time] of times.entries()) {
        expect(told[at]).toBeGreaterThanOrEqual(time);
        expect((told[at] ?? 0) - time).toBeLessThan(0.002);
      }
    },
  );

  it('takes more after all but the last entries were dropped', () => {
    for (const before of [40, 200, 256, 257, 1_000]) {
      const index = indexOf(before);
      index.dropBefore((before - 20) * 100);
      expect(index.keptFrom).toBe((before - 20) * 2);
      for (let read = before; read < before + 3; read += 1) index.add(2, read * 100, read, false);
      const { offsets, positions } = index.run(0, index.streamBytes, LIMIT);
      const numbers = Array.from({ length: 23 }, (_, at) => before - 20 + at);
      expect(Array.from(positions)).toEqual(numbers.map((read) => read * 100));
      expect(Array.from(offsets)).toEqual([...numbers, before + 3].map((read) => read * 2));
    }
  });

  it('takes more after everything was dropped', () => {
    const index = indexOf(1_000);
    index.dropBefore(10 ** 6);
    expect(index.keptFrom).toBe(2_000);
    index.add(3, NOT_KEPT, 1_000, false);
    expect(index.keptFrom).toBe(2_003);
    index.add(2, 2 * 10 ** 6, 1_001, false);
    expect(lastOf(index, 2)).toEqual({ positions: [2 * 10 ** 6], reads: [{ offset: 2_003, length: 2, atMs: 1_001 }] });
  });
});

interface Packet {
  readonly length: number;
  /** Bytes of others in the journal before it; null: it is not kept. */
  readonly away: number | null;
  readonly laterMs: number;
  readonly continues: boolean;
}

interface ModelEntry {
  readonly offset: number;
  readonly position: number;
  readonly atMs: number;
  readonly continues: boolean;
}

/** The same as the index, as plainly as can be. */
class Model {
  entries: ModelEntry[] = [];
  streamBytes = 0;

  add(length: number, position: number, atMs: number, continues: boolean): void {
    const last = this.entries.at(-1)?.position ?? NOT_KEPT;
    const offset = this.streamBytes;
    if (position !== NOT_KEPT || last !== NOT_KEPT) this.entries.push({ offset, position, atMs, continues });
    this.streamBytes += length;
  }

  dropBefore(position: number): void {
    const first = this.entries.findIndex((entry) => entry.position >= position);
    this.entries = first === -1 ? [] : this.entries.slice(first);
  }

  entryAfter(percent: number): ModelEntry | undefined {
    return this.entries[Math.floor((this.entries.length * percent) / 100)];
  }

  /** Offset, end, position and time of each entry of a range, up to a gap. */
  run(start: number, end: number): number[][] {
    const all = this.entries.map(({ offset, position, atMs }, at) => {
      return [offset, this.entries[at + 1]?.offset ?? this.streamBytes, position, atMs];
    });
    const found = all.findLastIndex(([offset = 0]) => offset <= start);
    const after = all.slice(Math.max(0, found));
    const kept = after.slice(after.findIndex(([, , position]) => position !== NOT_KEPT));
    const most = kept.findIndex(([offset = 0, , position]) => offset >= end || position === NOT_KEPT);
    return most === -1 ? kept : kept.slice(0, most);
  }
}

describe('equals a plain list', () => {
  /** One that does not fit a block is rare, or there would be none but small ones. */
  const rarely = (common: fc.Arbitrary<number>, ...rare: readonly number[]) =>
    fc.oneof({ weight: 60, arbitrary: common }, { weight: 1, arbitrary: fc.constantFrom(...rare) });
  const packet: fc.Arbitrary<Packet> = fc.record({
    length: rarely(fc.integer({ min: 1, max: 9 }), 65_000, 2 ** 31),
    away: fc.option(rarely(fc.nat(999), 2 ** 30)),
    laterMs: rarely(fc.nat(99), 3_000_000, -1),
    continues: fc.boolean(),
  });
  const step = fc.record({
    packets: fc.array(packet, { minLength: 1, maxLength: 5 }),
    times: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 120 })),
    /** Of the entries kept, how many are dropped afterwards, and after how many of the rest a range begins. */
    dropPercent: fc.oneof(fc.constant(0), fc.nat(101)),
    startPercent: fc.nat(100),
    into: fc.nat(9),
    bytes: fc.nat(5_000),
  });

  test.prop([fc.array(step, { maxLength: 8 })], { numRuns: 300 })('whatever is added, dropped and read', (steps) => {
    const [index, model] = [new StreamIndex(), new Model()];
    let [position, atMs] = [0, 1_764_150_000_000];
    for (const { packets, times, dropPercent, startPercent, into, bytes } of steps) {
      for (const { length, away, laterMs, continues } of Array<Packet[]>(times).fill(packets).flat()) {
        atMs += laterMs;
        position += away ?? 0;
        for (const each of [index, model]) each.add(length, away === null ? NOT_KEPT : position, atMs, continues);
        if (away !== null) position += length;
      }
      const dropped = model.entryAfter(dropPercent)?.position ?? position + 1;
      for (const each of [index, model]) each.dropBefore(dropped);
      const keptFrom = model.entries[0]?.offset ?? model.streamBytes;
      expect([index.streamBytes, index.keptFrom]).toEqual([model.streamBytes, keptFrom]);
      const offset = Math.min((model.entryAfter(startPercent)?.offset ?? 0) + into, model.streamBytes);
      const { count, offsets, positions, reads } = index.run(offset, offset + bytes, 10_000);
      const expected = model.run(offset, offset + bytes);
      expect(count).toBe(expected.length);
      expect(Array.from(positions, (place, at) => [offsets[at], offsets[at + 1], place])).toEqual(
        expected.map((entry) => entry.slice(0, 3)),
      );
      for (const read of reads.slice(1)) {
        expect(read.atMs).toBe(expected.find(([begin]) => begin === read.offset)?.[3]);
      }
    }
  });
});
