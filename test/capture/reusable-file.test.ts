import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Journal } from '../../src-main/capture/journal';
import { customBlock, segmentHeader } from '../../src-main/capture/pcapng-blocks';
import { ReusableFile } from '../../src-main/capture/reusable-file';
import { SLAB_BYTES } from '../../src-main/capture/slabs';
import { diskFiles, type SegmentFile, type SegmentFiles } from '../../src-main/capture/segment-file';
import { CLIENT, JournalFolder, MIB, SERVER, START_MS } from '../support/journal-folder';
import { tshark, tsharkFields } from '../support/tshark';

const HEADER = segmentHeader('test');
/** Of one length, so that blocks of two segments stand in the same places. */
const block = (number: number): Uint8Array => customBlock(`block ${String(number).padStart(40_000, '0')}`);

let place: JournalFolder;

beforeEach(() => {
  place = new JournalFolder();
});
afterEach(async () => {
  vi.useRealTimers();
  await place.remove();
});

/** The blocks a reader finds, whatever it complains of after them. */
function blocksFound(path: string): number {
  const { stdout } = spawnSync('tshark', ['-n', '-r', path], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '').length;
}

/** Kills the program in the middle of a write, as far as the file can tell. */
const tearing = (file: SegmentFile, bytes: number): SegmentFile => ({
  ...file,
  write: (parts, position) => file.write([Buffer.concat(parts).subarray(0, bytes)], position),
});

describe('a file that is used again', () => {
  /** Ten blocks of an earlier segment, laid out, and two of the next one. */
  async function writtenOver(file: SegmentFile): Promise<ReusableFile> {
    const reusable = new ReusableFile(file);
    await reusable.write([HEADER, ...Array.from({ length: 10 }, (_, number) => block(number))], 0);
    await reusable.layOut(HEADER.length);
    await reusable.write([HEADER, block(10), block(11)], 0);
    return reusable;
  }

  it('shows nothing of the earlier segment', async () => {
    const reusable = await writtenOver(await diskFiles.create(place.path));
    expect(tshark(place.path)).toHaveLength(2);
    expect(statSync(place.path).size).toBeGreaterThan(10 * 40_000);
    expect(readFileSync(place.path, 'latin1').match(/block 0+\d/g)).toHaveLength(2);
    await reusable.close();
  });

  it('opens once it is laid out and not yet written to', async () => {
    const reusable = new ReusableFile(await diskFiles.create(place.path));
    await reusable.write([HEADER, block(1)], 0);
    await reusable.layOut(HEADER.length);
    expect(tshark(place.path)).toEqual([]);
    await reusable.close();
  });

  it('opens wherever a write ends, at the end of what was laid out and past it', async () => {
    const reusable = await writtenOver(await diskFiles.create(place.path));
    const first = HEADER.length + 2 * block(0).length;
    let at = first;
    for (let count = 3; count <= 14; count += 1) {
      await reusable.write([block(count)], at);
      at += block(count).length;
      expect(tshark(place.path)).toHaveLength(count);
    }
    // Four bytes before a cell ends there is no room for a block.
    const filler = customBlock('x'.repeat(64 * 1024 - ((at + 20) % (64 * 1024)) + 12));
    await reusable.write([filler], at);
    expect(tshark(place.path)).toHaveLength(15);
    await reusable.close();
  });

  it('ends with what was written last once it is trimmed', async () => {
    const reusable = await writtenOver(await diskFiles.create(place.path));
    await reusable.trim();
    expect(statSync(place.path).size).toBe(HEADER.length + 2 * block(0).length);
    await reusable.write([block(12)], HEADER.length + 2 * block(0).length);
    expect(tshark(place.path)).toHaveLength(3);
    await reusable.close();
  });

  it('shows what a write has brought that was cut short, and nothing of the earlier segment', async () => {
    const file = await diskFiles.create(place.path);
    await writtenOver(file);
    const at = HEADER.length + 2 * block(0).length;
    const torn = new ReusableFile(tearing(file, 1.5 * block(0).length));
    await torn.write([block(12), block(13), block(14)], at);
    expect(blocksFound(place.path)).toBe(3);
    await file.close();
  });
});

describe('a busy journal', () => {
  const CAP_BYTES = 16 * MIB;

  /** Records without the pause after which a journal is no longer busy. */
  async function busy(): Promise<{ journal: Journal; inodes: Set<number> }> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const inodes = new Set<number>();
    const files: SegmentFiles = {
      ...diskFiles,
      create: async (path) => {
        const file = await diskFiles.create(path);
        inodes.add(statSync(path).ino);
        return file;
      },
    };
    const journal = await place.open({ retentionBytes: CAP_BYTES, files });
    journal.opened(1, CLIENT, SERVER, START_MS);
    for (let number = 0; number < 1_000; number += 1) {
      journal.recorded(1, 'in', new Uint8Array(60_000).fill(number), START_MS + number);
      if (number % 100 === 0) await vi.waitUntil(() => !journal.isBehind && statSync(place.path).size > 0);
    }
    return { journal, inodes };
  }

  it('writes over the files of dropped segments', async () => {
    const { journal, inodes } = await busy();
    await journal.flush();
    expect(inodes.size).toBeLessThan(20);
    expect(inodes).toContain(statSync(place.path).ino);
  });

  it('gives back what was recorded, and leaves files that open and end with it', async () => {
    const { journal } = await busy();
    await journal.flush();
    const start = await journal.read(1, 'in', 0, 1);
    if (!start.ok) throw new Error(start.error.code);
    const { keptFrom, streamBytes } = start.value;
    for (let offset = keptFrom; offset < streamBytes; offset += 60_000) {
      const range = await journal.read(1, 'in', offset, 60_000);
      expect(range.ok && range.value.bytes.every((byte) => byte === ((offset / 60_000) & 0xff))).toBe(true);
    }
    const names = readdirSync(place.folder);
    const lengths = names.sort().flatMap((name) => tsharkFields(join(place.folder, name), 'tcp.len > 0', 'tcp.len'));
    expect(lengths.length).toBe((streamBytes - keptFrom) / 60_000);
    expect(names.reduce((sum, name) => sum + statSync(join(place.folder, name)).size, 0)).toBe(journal.usedBytes);
  });

  it('uses its memory again, also where it is full while all of it is being written', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const memories = new Set<ArrayBufferLike>();
    let began = (): void => undefined;
    let going = Promise.resolve();
    const files: SegmentFiles = {
      ...diskFiles,
      create: async (path) => {
        const file = await diskFiles.create(path);
        const write: SegmentFile['write'] = async (parts, position) => {
          for (const { buffer } of parts) if (buffer.byteLength === SLAB_BYTES) memories.add(buffer);
          began();
          await going;
          await file.write(parts, position);
        };
        return { ...file, write };
      },
    };
    const journal = await place.open({ files });
    journal.opened(1, CLIENT, SERVER, START_MS);
    const packet = new Uint8Array(60_000);
    const PACKETS_PER_SLAB = 17;
    for (let slab = 0; slab < 8; slab += 1) {
      for (let left = slab === 0 ? PACKETS_PER_SLAB : PACKETS_PER_SLAB - 1; left > 0; left -= 1) {
        journal.recorded(1, 'in', packet, START_MS);
      }
      let go = (): void => undefined;
      going = new Promise((resolve) => (go = resolve));
      const isBegun = new Promise<void>((resolve) => (began = resolve));
      const flushed = journal.flush();
      await isBegun;
      // There is no room for it: the next slab begins, and the one that is being written is asked for once more.
      journal.recorded(1, 'in', packet, START_MS);
      go();
      await flushed;
      await journal.flush();
    }
    expect(memories.size).toBeLessThanOrEqual(3);
  });

  it('removes at its start what a killed one was about to write over', async () => {
    writeFileSync(`${place.path}.next`, 'half laid out');
    await place.open();
    expect(readdirSync(place.folder)).toEqual(['session.pcapng']);
  });

  it('makes a new file where the one to write over was deleted meanwhile', async () => {
    const { journal } = await busy();
    for (const name of readdirSync(place.folder)) if (name !== 'session.pcapng') unlinkSync(join(place.folder, name));
    for (let number = 0; number < 100; number += 1) journal.recorded(1, 'in', new Uint8Array(60_000), START_MS);
    await journal.flush();
    expect(place.failures).toEqual([]);
    expect(tsharkFields(place.path, 'tcp.len > 0', 'tcp.len').length).toBeGreaterThan(0);
  });
});
