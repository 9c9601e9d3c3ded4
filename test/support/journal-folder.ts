/** A folder for journals, and disks that fail on command. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure } from '../../src-main/contract/errors';
import { Journal, type JournalOptions } from '../../src-main/capture/journal';
import type { Endpoint } from '../../src-main/contract/address';
import { diskFiles, type SegmentFiles } from '../../src-main/capture/segment-file';

export const CLIENT: Endpoint = { address: '127.0.0.1', port: 50_000, family: 'IPv4' };
export const SERVER: Endpoint = { address: '127.0.0.1', port: 80, family: 'IPv4' };
/** 2026-01-02T03:04:05.678901Z */
export const START_MS = 1_767_323_045_678.901;

export const MIB = 1024 * 1024;

export class JournalFolder {
  readonly folder = mkdtempSync(join(tmpdir(), 'bytescope-journal-'));
  readonly path = join(this.folder, 'session.pcapng');
  readonly failures: Failure[] = [];
  journal: Journal | null = null;

  async open(options: Partial<JournalOptions> = {}): Promise<Journal> {
    const opened = await Journal.open({
      path: this.path,
      retentionBytes: 64 * MIB,
      onFailure: (failure) => this.failures.push(failure),
      ...options,
    });
    if (!opened.ok) throw new Error(`${opened.error.code}: ${JSON.stringify(opened.error.detail)}`);
    this.journal = opened.value;
    return opened.value;
  }

  async remove(): Promise<void> {
    await this.journal?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** A disk whose writes fail while `isFull` says so. */
export const fullDisk = (isFull: () => boolean): SegmentFiles => ({
  ...diskFiles,
  create: async (path) => {
    const file = await diskFiles.create(path);
    return {
      ...file,
      write: (parts, position) =>
        isFull()
          ? Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }))
          : file.write(parts, position),
    };
  },
});

/** A disk whose writes wait until `go` is called. */
export function slowDisk(): { files: SegmentFiles; go: () => void; writes: () => number } {
  let go = (): void => undefined;
  const going = new Promise<void>((resolve) => (go = resolve));
  let writes = 0;
  const create: SegmentFiles['create'] = async (path) => {
    const file = await diskFiles.create(path);
    const write: typeof file.write = async (parts, position) => {
      writes += 1;
      await going;
      await file.write(parts, position);
    };
    return { ...file, write };
  };
  return { files: { ...diskFiles, create }, go, writes: () => writes };
}
