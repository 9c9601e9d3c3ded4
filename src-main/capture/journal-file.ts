/**
 * The append-only side of the journal: blocks in, positions out. Appending copies nothing and waits for nothing: the
 * caller writes its block into the slab it is given. All that waits for one file goes to it in one write: slab by slab
 * a busy event loop would get in between. Bounded: `MAX_WAITING_BYTES` wait for the disk, then blocks are refused
 * until there is room again.
 */
import type { Failure } from '../contract/errors';
import { Backlog } from './backlog';
import { DiskPump } from './disk-pump';
import { customBlock, joined, segmentHeader } from './pcapng-blocks';
import { ReusableFile } from './reusable-file';
import type { SegmentFiles } from './segment-file';
import type { Segment, Segments } from './segments';
import { Slab, SLAB_BYTES } from './slabs';

/** The most that waits in memory for a slow or full disk. */
export const MAX_WAITING_BYTES = 64 * SLAB_BYTES;
/** Bytes are on their way to the disk this long after they were recorded, at the latest. */
const FLUSH_AFTER_MS = 50;
/** As many as wait before clients do: else a busy journal makes new ones all the time, each of them garbage soon. */
const MAX_FREE_SLABS = 16;
/** Of those, kept where little is recorded. */
const MAX_FREE_SLABS_QUIET = 2;
/** Slabs filled without a pause from which on the files of dropped segments are used again. */
const BUSY_SLABS = 4;
const APPLICATION = 'Bytescope';

export interface JournalFileOptions {
  readonly segments: Segments;
  readonly files: SegmentFiles;
  readonly report: (failure: Failure) => void;
  /** Everything before this position is gone. */
  readonly onDropped: (position: number) => void;
  /** `isBehind` has become false. */
  readonly onCaughtUp: () => void;
}

export class JournalFile {
  readonly #pump: DiskPump;
  readonly #backlog: Backlog;
  /** Slabs that are not on disk yet, oldest first; the last one is being filled. */
  readonly #slabs: Slab[] = [];
  /** Slabs to use again, the one used last on top: it may still be in the processor's cache. */
  readonly #free: Slab[] = [];
  /** The last of `#slabs`, while it is of the live segment. */
  #filling: Slab | null = null;
  #position = 0;
  #settings = '{}';
  #flushTimer: NodeJS.Timeout | null = null;
  #isTooSlow = false;
  /** Filled since `FLUSH_AFTER_MS` last went by without one getting full. */
  #slabsInARow = 0;

  constructor(private readonly options: JournalFileOptions) {
    this.#pump = new DiskPump(options.report);
    this.#backlog = new Backlog(options.onCaughtUp);
  }

  /** A file while it is laid out: it opens only when that is done, so it has no name that anybody would open. */
  get #nextPath(): string {
    return `${this.options.segments.path}.next`;
  }

  /** Should clients wait for the disk? */
  get isBehind(): boolean {
    return this.#backlog.isBehind;
  }

  /** Makes the live file. Rejects where that is not possible. */
  async open(): Promise<void> {
    const { segments, files } = this.options;
    await files.remove(this.#nextPath);
    segments.live.file = new ReusableFile(await files.create(segments.path));
    this.#append(segmentHeader(APPLICATION));
  }

  /** What every later segment says near its beginning, and this one now. */
  noteSettings(json: string): void {
    this.#settings = json;
    this.#append(customBlock(json));
  }

  /** The slab the next block goes to, its length at most a slab's; null where too much waits for the disk. */
  slabFor(length: number): Slab | null {
    const filling = this.#filling;
    if (filling !== null && filling.hasRoom(length)) return filling;
    return this.#nextSlab();
  }

  /** Call after each packet: begins a new segment and drops old ones where it is time. */
  packetAppended(blockLength: number): void {
    const { segments } = this.options;
    this.#appended(blockLength);
    segments.live.packets += 1;
    if (segments.isLiveFull) this.#rotateIfFull();
  }

  /** The cap has changed: what is over it goes now, the live segment included. */
  retentionChanged(): void {
    this.#rotateIfFull();
    this.#remove(this.#takeExcess());
  }

  #takeExcess(): Segment[] {
    const { segments, onDropped } = this.options;
    const dropped: Segment[] = [];
    for (let excess = segments.takeExcess(); excess !== null; excess = segments.takeExcess()) dropped.push(excess);
    if (dropped.length > 0) onDropped(segments.keptFrom);
    return dropped;
  }

  #remove(dropped: readonly Segment[]): void {
    for (const segment of dropped) this.#pump.do(() => this.#discard(segment));
  }

  /** From this position on, everything is in a slab. */
  get inMemoryFrom(): number {
    return this.#slabs[0]?.position ?? this.#position;
  }

  /** The slab that holds a position, while it is not on disk. */
  slabWith(position: number): Slab | null {
    return this.#slabs.findLast((slab) => slab.holds(position)) ?? null;
  }

  /** Resolves when everything recorded so far is on disk, or cannot be written now. */
  async flush(): Promise<void> {
    this.#flushNow();
    this.#trim();
    await this.#pump.settled();
  }

  async close(remove: boolean): Promise<void> {
    this.#flushNow();
    this.#trim();
    await this.#pump.close();
    await this.options.files.remove(this.#nextPath).catch(() => undefined);
    for (const segment of this.options.segments.all) {
      await segment.file?.close();
      segment.file = null;
      if (remove) await this.options.files.remove(segment.path).catch(() => undefined);
    }
  }

  #append(block: Uint8Array): void {
    const slab = this.slabFor(block.length);
    if (slab === null) return;
    slab.bytes.set(block, slab.take(block.length));
    this.#appended(block.length);
  }

  #appended(length: number): void {
    this.options.segments.live.bytes += length;
    this.#position += length;
    this.#flushTimer ??= setTimeout(this.#flushTimed, FLUSH_AFTER_MS).unref();
  }

  #nextSlab(): Slab | null {
    const { live } = this.options.segments;
    if (!this.#canTakeSlab) return this.#refuse();
    this.#flushNow();
    const slab = this.#free.pop()?.reuse(live, this.#position) ?? new Slab(live, this.#position);
    this.#slabs.push(slab);
    this.#filling = slab;
    this.#slabsInARow += 1;
    this.#backlog.grew(this.#slabs.length);
    return slab;
  }

  /** Tells that bytes are lost, once until something was written; a disk that fails has been told of already. */
  #refuse(): null {
    if (!this.#isTooSlow && !this.#pump.isFailing) this.options.report({ code: 'CAP_TOO_SLOW' });
    this.#isTooSlow = true;
    return null;
  }

  get #canTakeSlab(): boolean {
    return (this.#slabs.length + 1) * SLAB_BYTES <= MAX_WAITING_BYTES;
  }

  readonly #flushTimed = (): void => {
    this.#slabsInARow = 0;
    this.#free.length = Math.min(this.#free.length, MAX_FREE_SLABS_QUIET);
    this.#flushNow();
    this.#trim();
  };

  /** The live file ends with what was recorded. */
  #trim(): void {
    const { live } = this.options.segments;
    this.#pump.do(() => live.file?.trim() ?? Promise.resolve());
  }

  #flushNow(): void {
    if (this.#flushTimer !== null) clearTimeout(this.#flushTimer);
    this.#flushTimer = null;
    const slab = this.#slabs.at(-1);
    if (slab === undefined || slab.isWritten || slab.isQueued) return;
    slab.isQueued = true;
    const { position } = slab;
    // Written meanwhile along with others, the slab may hold other bytes by then.
    this.#pump.do(() => (slab.position === position ? this.#write(slab) : Promise.resolve()));
  }

  /** Writes what the slab and those behind it in the same file have by now; full or superseded ones are let go. */
  async #write(slab: Slab): Promise<void> {
    const { segment } = slab;
    if (slab.isWritten) {
      // It was full, and written, before its turn came: then it could not be let go yet.
      const isKeptBack = slab.isQueued && !this.#slabs.includes(slab);
      slab.isQueued = false;
      if (isKeptBack) this.#letGo(slab);
      return;
    }
    const slabs = this.#slabs.slice(this.#slabs.indexOf(slab)).filter((one) => one.segment === segment);
    const parts = slabs.map((one) => one.bytes.subarray(one.written, one.filled));
    const queued = slabs.filter((one) => one.isQueued);
    for (const one of queued) one.isQueued = false;
    await segment.file?.write(parts, slab.position + slab.written - segment.start).catch((error: unknown) => {
      // They are tried again as they are; asked for once more each time, they would queue up behind themselves.
      for (const one of queued) one.isQueued = true;
      this.#backlog.giveUp();
      throw error;
    });
    slabs.forEach((one, index) => (one.written += parts[index]?.length ?? 0));
    while (this.#slabs.length > 1 && this.#slabs[0]?.isWritten === true) this.#letGo(this.#slabs.shift());
    this.#isTooSlow = false;
    this.#backlog.shrank(this.#slabs.length);
  }

  #letGo(slab: Slab | undefined): void {
    if (slab !== undefined && !slab.isQueued && this.#free.length < MAX_FREE_SLABS) this.#free.push(slab);
  }

  /** A segment without its header could not be opened: where no slab is left for one, the old segment goes on. */
  #rotateIfFull(): void {
    if (this.options.segments.isLiveFull && this.#canTakeSlab) this.#rotate();
  }

  #rotate(): void {
    const { segments, files } = this.options;
    this.#flushNow();
    const full = segments.live;
    const numbered = segments.numberedPath();
    const next = segments.begin(this.#position);
    this.#filling = null;
    const dropped = this.#takeExcess();
    // The one that has just become full still has to get its number, whoever drops it.
    const isSpare = this.#slabsInARow >= BUSY_SLABS && dropped[0] !== full;
    const spare = isSpare ? (dropped.shift() ?? null) : null;
    this.#pump.do(async () => {
      // Before the live file gets its number: until the next one has its place, there is none.
      const laidOut = next.file === null ? await this.#laidOut(spare) : null;
      await full.file?.trim();
      if (full.path !== numbered) await files.rename(full.path, numbered);
      full.path = numbered;
      next.file ??= (await this.#takenOver(laidOut)) ?? new ReusableFile(await files.create(segments.path));
    });
    this.#append(joined([segmentHeader(APPLICATION), customBlock(this.#settings)]));
    this.#remove(dropped);
  }

  /** A dropped segment whose file the next one can be written over; null where that is not possible: then it is gone. */
  async #laidOut(spare: Segment | null): Promise<Segment | null> {
    const file = spare?.file ?? null;
    if (spare === null || file === null) return null;
    try {
      const isThere = await this.options.files.rename(spare.path, this.#nextPath);
      spare.path = this.#nextPath;
      if (isThere && (await file.layOut(segmentHeader(APPLICATION).length))) return spare;
    } catch {
      // A new file shows what the disk can do: what was in this one is not wanted any more.
    }
    await this.#discard(spare);
    return null;
  }

  /** Its file in the place of the live one. */
  async #takenOver(laidOut: Segment | null): Promise<ReusableFile | null> {
    const { segments, files } = this.options;
    if (laidOut === null) return null;
    const { file } = laidOut;
    if (await files.rename(laidOut.path, segments.path).catch(() => false)) {
      laidOut.file = null;
      return file;
    }
    await this.#discard(laidOut);
    return null;
  }

  async #discard(segment: Segment): Promise<void> {
    await segment.file?.close();
    segment.file = null;
    await this.options.files.remove(segment.path);
  }
}
