import { readdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MAX_WAITING_BYTES } from '../../src-main/capture/journal-file';
import type { Journal } from '../../src-main/capture/journal';
import { MAX_READ_MARKS } from '../../src-main/contract/connections';
import { CLIENT, fullDisk, JournalFolder, latin1, MIB, SERVER, START_MS } from '../support/journal-folder';
import { tshark, tsharkFields } from '../support/tshark';

const CAP_BYTES = 4 * MIB;
const PIECE = new Uint8Array(50_000);

let place: JournalFolder;

beforeEach(() => {
  place = new JournalFolder();
});
afterEach(() => place.remove());

async function opened(retentionBytes = CAP_BYTES): Promise<Journal> {
  const journal = await place.open({ retentionBytes });
  journal.opened(1, CLIENT, SERVER, START_MS);
  return journal;
}

async function recordMiB(journal: Journal, count: number): Promise<void> {
  for (let mib = 0; mib < count; mib += 1) {
    for (let bytes = 0; bytes < MIB; bytes += PIECE.length) journal.recorded(1, 'in', PIECE, START_MS);
    await journal.flush();
  }
}

async function keepsTheLatest(journal: Journal): Promise<boolean> {
  const start = await journal.read(1, 'in', 0, 1);
  if (!start.ok) return false;
  const end = await journal.read(1, 'in', start.value.streamBytes - 10, 10);
  return end.ok && end.value.bytes.length === 10;
}

it.each([
  ['an old segment', (name: string) => name !== 'session.pcapng'],
  ['the live segment', (name: string) => name === 'session.pcapng'],
])('goes on recording after somebody deleted %s', async (_which, isTarget) => {
  const journal = await opened();
  await recordMiB(journal, 3);
  for (const name of readdirSync(place.folder).filter(isTarget)) unlinkSync(join(place.folder, name));
  await recordMiB(journal, 12);
  expect(place.failures).toEqual([]);
  expect(await keepsTheLatest(journal)).toBe(true);
});

it('ends a flush whose writes begin to fail', async () => {
  const journal = await place.open({ files: fullDisk(() => true) });
  journal.opened(1, CLIENT, SERVER, START_MS);
  await journal.flush();
  expect(place.failures).toHaveLength(1);
});

it('leaves only files that open after a disk was full for long', async () => {
  let isFull = true;
  const journal = await place.open({ files: fullDisk(() => isFull), retentionBytes: CAP_BYTES });
  journal.opened(1, CLIENT, SERVER, START_MS);
  for (let bytes = 0; bytes < MAX_WAITING_BYTES * 1.2; bytes += PIECE.length) {
    journal.recorded(1, 'in', PIECE, START_MS);
  }
  isFull = false;
  await vi.waitUntil(
    () => {
      journal.recorded(1, 'in', PIECE, START_MS);
      return keepsTheLatest(journal);
    },
    { timeout: 5_000 },
  );
  await journal.close();
  const names = readdirSync(place.folder);
  expect(names.length).toBeGreaterThan(3);
  for (const name of names) expect(() => tshark(join(place.folder, name))).not.toThrow();
}, 20_000);

it('drops the live segment too where the retention becomes smaller than it', async () => {
  const journal = await opened(256 * MIB);
  await recordMiB(journal, 10);
  journal.setRetention(CAP_BYTES);
  await journal.flush();
  const diskBytes = readdirSync(place.folder).reduce((sum, name) => sum + statSync(join(place.folder, name)).size, 0);
  expect(diskBytes).toBeLessThanOrEqual(CAP_BYTES);
});

it('shows two connections from one client port as two', async () => {
  const journal = await place.open();
  for (const id of [1, 2]) {
    journal.opened(id, CLIENT, SERVER, START_MS + id * 100);
    journal.recorded(id, 'in', latin1(`GET /${id} HTTP/1.1\r\nHost: a\r\n\r\n`), START_MS + id * 100);
    journal.ended(id, 'in', 'fin', START_MS + id * 100 + 1);
    journal.ended(id, 'out', 'fin', START_MS + id * 100 + 1);
  }
  await journal.flush();
  expect(tsharkFields(place.path, 'http.request', 'tcp.stream', 'http.request.uri')).toEqual(['0\t/1', '1\t/2']);
});

it('gives the whole range where it holds more reads than are marked', async () => {
  const journal = await opened();
  const count = MAX_READ_MARKS + 1_000;
  for (let read = 0; read < count; read += 1) journal.recorded(1, 'in', Uint8Array.of(read & 0xff), START_MS + read);
  const range = await journal.read(1, 'in', 0, count);
  expect(range.ok && [range.value.bytes.length, range.value.reads.length]).toEqual([count, MAX_READ_MARKS]);
});

it('marks a read whole where the range lies inside it', async () => {
  const journal = await opened();
  journal.recorded(1, 'in', new Uint8Array(200_000), START_MS);
  const range = await journal.read(1, 'in', 100_000, 10);
  expect(range.ok && range.value.reads).toEqual([{ offset: 0, length: 200_000, atMs: START_MS }]);
});

it('leaves controls out of comments: they are printed to terminals', async () => {
  const journal = await opened();
  journal.noted(1, 'a\u001b[31mb\u202ec');
  journal.recorded(1, 'out', latin1('x'), START_MS);
  await journal.flush();
  expect(tsharkFields(place.path, 'frame.comment', 'frame.comment')).toEqual(['a\ufffd[31mb\ufffdc']);
});
