/**
 * The files of one session. The live segment is the path the user named; when it has its share of the retention it
 * gets a number and a new live one begins. The oldest ones go when the session is over its cap. So the session stays
 * append-only, every file opens on its own, and the disk it takes is bounded.
 */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { INDEX_ENTRY_BYTES } from './index-block';
import type { ReusableFile } from './reusable-file';

/** A finer cut would mean more files, a coarser one drops more at once. */
const SHARES = 8;
const NUMBER_DIGITS = 6;

export interface Segment {
  path: string;
  /** Position of the file's first byte. */
  readonly start: number;
  bytes: number;
  /** Packets in it: their index entries count towards the cap as well. */
  packets: number;
  /** Null until the file is made, and after it is closed or used for another segment. */
  file: ReusableFile | null;
  /** What is read from its file from now on may be of another segment. */
  isDropped: boolean;
}

const costOf = ({ bytes, packets }: Segment): number => bytes + packets * INDEX_ENTRY_BYTES;

export class Segments {
  readonly #all: Segment[] = [];
  #live: Segment;
  #nextNumber: number;

  private constructor(
    readonly path: string,
    nextNumber: number,
    private retentionBytes: number,
  ) {
    this.#nextNumber = nextNumber;
    this.#live = this.begin(0);
  }

  /** Numbers go on after those of an earlier session of the same name: nothing of it is written over. */
  static async at(path: string, retentionBytes: number): Promise<Segments> {
    const names = await readdir(dirname(path)).catch(() => []);
    const stem = `${stemOf(path)}.`;
    const numbers = names
      .filter((name) => name.startsWith(stem))
      .map((name) => Number(/^(\d+)\.pcapng$/.exec(name.slice(stem.length))?.[1] ?? 0));
    return new Segments(path, numbers.reduce((most, number) => Math.max(most, number), 0) + 1, retentionBytes);
  }

  /** The last one. */
  get live(): Segment {
    return this.#live;
  }

  get all(): readonly Segment[] {
    return this.#all;
  }

  get bytes(): number {
    return this.#all.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** The position from which on everything is kept. */
  get keptFrom(): number {
    return this.#all[0]?.start ?? 0;
  }

  set retention(bytes: number) {
    this.retentionBytes = bytes;
  }

  get isLiveFull(): boolean {
    return costOf(this.#live) >= this.retentionBytes / SHARES;
  }

  /** The path the live segment gets when the next one begins. */
  numberedPath(): string {
    const number = String(this.#nextNumber).padStart(NUMBER_DIGITS, '0');
    this.#nextNumber += 1;
    return join(dirname(this.path), `${stemOf(this.path)}.${number}.pcapng`);
  }

  begin(start: number): Segment {
    const segment = { path: this.path, start, bytes: 0, packets: 0, file: null, isDropped: false };
    this.#all.push(segment);
    this.#live = segment;
    return segment;
  }

  /** The oldest segment where the session is over its cap; the live one stays. Call until null. */
  takeExcess(): Segment | null {
    if (this.#all.length < 2) return null;
    const cost = this.#all.reduce((sum, segment) => sum + costOf(segment), 0);
    if (cost <= this.retentionBytes) return null;
    const oldest = this.#all.shift() ?? null;
    if (oldest !== null) oldest.isDropped = true;
    return oldest;
  }

  holding(position: number): Segment | null {
    return this.#all.findLast(({ start }) => start <= position) ?? null;
  }
}

const stemOf = (path: string): string => basename(path).replace(/\.pcapng$/, '');
