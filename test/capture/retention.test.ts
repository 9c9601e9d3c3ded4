import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_WAITING_BYTES } from '../../src-main/capture/journal-file';
import type { Journal } from '../../src-main/capture/journal';
import { CLIENT, fullDisk, JournalFolder, MIB, SERVER, slowDisk, START_MS } from '../support/journal-folder';
import { tshark } from '../support/tshark';

const CAP_BYTES = 4 * MIB;
const PIECE_BYTES = 50_000;

let place: JournalFolder;

beforeEach(() => {
  place = new JournalFolder();
});
afterEach(async () => {
  vi.useRealTimers();
  await place.remove();
});

/** Every piece is filled with its number, so that a byte tells where it belongs. */
async function recordPieces(journal: Journal, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    journal.recorded(1, 'in', new Uint8Array(PIECE_BYTES).fill(number), START_MS + number);
    if (number % 20 === 0) await journal.flush();
  }
  await journal.flush();
}

const files = (): readonly string[] => readdirSync(place.folder).sort();
const diskBytes = (): number => files().reduce((sum, name) => sum + statSync(join(place.folder, name)).size, 0);

describe('the retention', () => {
  it('bounds the disk, drops the oldest bytes and says from where on they are kept', async () => {
    const journal = await place.open({ retentionBytes: CAP_BYTES });
    journal.opened(1, CLIENT, SERVER, START_MS);
    await recordPieces(journal, 300);
    expect(diskBytes()).toBeLessThanOrEqual(CAP_BYTES + MIB);
    expect(journal.usedBytes).toBe(diskBytes());
    const old = await journal.read(1, 'in', 0, 10);
    if (!old.ok) throw new Error(old.error.code);
    expect(old.value.keptFrom).toBeGreaterThan(10_000_000);
    expect(old.value.bytes.length).toBe(0);
    const kept = await journal.read(1, 'in', old.value.keptFrom, 10);
    expect(kept.ok && [...kept.value.bytes]).toEqual(Array(10).fill((old.value.keptFrom / PIECE_BYTES) & 0xff));
  });

  it('leaves segments that each open on their own', async () => {
    const journal = await place.open({ retentionBytes: CAP_BYTES });
    journal.opened(1, CLIENT, SERVER, START_MS);
    await recordPieces(journal, 120);
    expect(files().length).toBeGreaterThan(3);
    for (const name of files()) expect(tshark(join(place.folder, name)).length).toBeGreaterThan(0);
  });

  it('counts the index of many tiny reads as well', async () => {
    const journal = await place.open({ retentionBytes: CAP_BYTES });
    journal.opened(1, CLIENT, SERVER, START_MS);
    for (let read = 0; read < 100_000; read += 1) journal.recorded(1, 'in', new Uint8Array(1), START_MS);
    await journal.flush();
    const range = await journal.read(1, 'in', 0, 1);
    expect(range.ok && range.value.streamBytes - range.value.keptFrom).toBeLessThan(CAP_BYTES / (88 + 14));
  });

  it('that is lowered drops at once', async () => {
    const journal = await place.open({ retentionBytes: 8 * CAP_BYTES });
    journal.opened(1, CLIENT, SERVER, START_MS);
    await recordPieces(journal, 300);
    const before = diskBytes();
    journal.setRetention(CAP_BYTES);
    await journal.flush();
    expect(diskBytes()).toBeLessThan(before / 2);
  });

  it('never writes over the segments of an earlier session of the same name', async () => {
    const first = await place.open({ retentionBytes: CAP_BYTES });
    first.opened(1, CLIENT, SERVER, START_MS);
    await recordPieces(first, 60);
    await first.close();
    const earlier = files();
    const second = await place.open({ retentionBytes: CAP_BYTES });
    second.opened(1, CLIENT, SERVER, START_MS);
    await recordPieces(second, 20);
    expect(files()).toEqual(expect.arrayContaining([...earlier]));
    expect(files().length).toBeGreaterThan(earlier.length);
  });
});

describe('a disk that is full', () => {
  it('is told once, and everything taken in is there when it has room again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let isFull = true;
    const journal = await place.open({ files: fullDisk(() => isFull) });
    journal.opened(1, CLIENT, SERVER, START_MS);
    journal.recorded(1, 'in', new Uint8Array(3).fill(9), START_MS);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(place.failures).toEqual([{ code: 'CAP_WRITE_FAILED', detail: { reason: 'ENOSPC' } }]);
    isFull = false;
    await vi.advanceTimersByTimeAsync(1_500);
    vi.useRealTimers();
    await journal.flush();
    expect(tshark(place.path, '-Y', 'tcp.len == 3')).toHaveLength(1);
  });

  it('makes a gap, never wrong bytes, once too much waits', async () => {
    const journal = await place.open({ files: fullDisk(() => true), retentionBytes: 10 * MAX_WAITING_BYTES });
    journal.opened(1, CLIENT, SERVER, START_MS);
    const count = Math.ceil((MAX_WAITING_BYTES * 1.2) / PIECE_BYTES);
    for (let number = 0; number < count; number += 1) {
      journal.recorded(1, 'in', new Uint8Array(PIECE_BYTES).fill(number), START_MS);
    }
    const early = await journal.read(1, 'in', PIECE_BYTES * 3, 4);
    const late = await journal.read(1, 'in', PIECE_BYTES * (count - 1), 4);
    expect(early.ok && [...early.value.bytes]).toEqual([3, 3, 3, 3]);
    expect(late).toMatchObject({ ok: true, value: { streamBytes: PIECE_BYTES * count } });
    expect(late.ok && late.value.bytes.length).toBe(0);
  });
});

describe('a disk that is slow', () => {
  const record = (journal: Journal, bytes: number): void => {
    for (let at = 0; at < bytes; at += PIECE_BYTES) journal.recorded(1, 'in', new Uint8Array(PIECE_BYTES), START_MS);
  };

  it('takes what has come together meanwhile in one write', async () => {
    const disk = slowDisk();
    const journal = await place.open({ files: disk.files });
    journal.opened(1, CLIENT, SERVER, START_MS);
    record(journal, 120 * PIECE_BYTES);
    disk.go();
    await journal.flush();
    expect(disk.writes()).toBeLessThanOrEqual(2);
    const last = await journal.read(1, 'in', 120 * PIECE_BYTES - 4, 4);
    expect(last).toMatchObject({ ok: true, value: { bytes: new Uint8Array(4) } });
    expect(tshark(place.path, '-Y', 'tcp.len > 0').length).toBe(120);
  });

  it('takes what comes after a write that found nothing left to do', async () => {
    const disk = slowDisk();
    const journal = await place.open({ files: disk.files });
    journal.opened(1, CLIENT, SERVER, START_MS);
    record(journal, PIECE_BYTES);
    const flushes = [journal.flush(), Promise.resolve().then(() => journal.flush())];
    await Promise.resolve();
    await Promise.resolve();
    disk.go();
    await Promise.all(flushes);
    record(journal, PIECE_BYTES);
    await journal.flush();
    expect(tshark(place.path, '-Y', 'tcp.len > 0')).toHaveLength(2);
  });

  it('that is too slow is told once', async () => {
    const disk = slowDisk();
    const journal = await place.open({ files: disk.files, retentionBytes: 10 * MAX_WAITING_BYTES });
    journal.opened(1, CLIENT, SERVER, START_MS);
    record(journal, MAX_WAITING_BYTES * 1.2);
    expect(place.failures).toEqual([{ code: 'CAP_TOO_SLOW' }]);
    disk.go();
    await journal.flush();
    record(journal, MIB);
    expect(place.failures).toHaveLength(1);
  });

  it('is behind once much waits until it has taken it, and says when it has', async () => {
    const disk = slowDisk();
    const onCaughtUp = vi.fn();
    const journal = await place.open({ files: disk.files, onCaughtUp });
    journal.opened(1, CLIENT, SERVER, START_MS);
    record(journal, 12 * MIB);
    expect(journal.isBehind).toBe(false);
    record(journal, 6 * MIB);
    expect(journal.isBehind).toBe(true);
    disk.go();
    await journal.flush();
    expect([journal.isBehind, onCaughtUp.mock.calls.length]).toEqual([false, 1]);
  });

  it('is not waited for longer than it takes to see that it hangs', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const disk = slowDisk();
    const onCaughtUp = vi.fn();
    const journal = await place.open({ files: disk.files, onCaughtUp });
    journal.opened(1, CLIENT, SERVER, START_MS);
    record(journal, 20 * MIB);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([journal.isBehind, onCaughtUp.mock.calls.length]).toEqual([false, 1]);
    record(journal, 4 * MIB);
    expect(journal.isBehind).toBe(false);
    disk.go();
  });
});
