/** The field lines of one section: offsets while they are scanned, text once it is complete. */
import { NO_BYTES } from './bytes';
import type { Fields } from './events';
import { LOWER } from './grammar';

/** Start and end of the name, start and end of the value. */
export const OFFSETS_PER_FIELD = 4;

/**
 * Room for offsets that all parsers of a thread cut from: making an array for every head would cost more than parsing
 * it. A section that lies whole in one read is scanned at the end of what is given out, and nothing else is scanned
 * meanwhile. A slab is freed with the last head that lies in it, so it is small.
 */
const SLAB_LENGTH = 512 * OFFSETS_PER_FIELD;
/** With less room than this a section begins a new slab; one with more fields gets an array of its own. */
const MIN_ROOM_LENGTH = 64 * OFFSETS_PER_FIELD;

/** As many as a bit mask has room for; of those beyond each is looked at. */
export const NOTED_FIELDS = 32;

const NO_OFFSETS = new Int32Array(0);

let slab = NO_OFFSETS;
let slabUsed = 0;

/** Where the field lines of the section under way begin and end; offsets count from the start of the section. */
export class SectionFields {
  values: Int32Array = NO_OFFSETS;
  /** Index in `values` of the first offset of the section. */
  first = 0;
  count = 0;
  /**
   * One bit for each of the first `NOTED_FIELDS` fields: may it mean something for the message, by the length and the
   * first byte of its name? Noted while the name is at hand, so that nobody has to go through all of them again.
   */
  noted = 0;
  /** Once the section is complete: its bytes, and the index there of its first one. */
  bytes = NO_BYTES;
  origin = 0;

  /** Index in `values` of the first offset of the field line that was begun last. */
  get last(): number {
    return this.first + (this.count - 1) * OFFSETS_PER_FIELD;
  }

  /** Makes room for one more field and returns the index of its first offset. */
  open(): number {
    if (this.first + (this.count + 1) * OFFSETS_PER_FIELD > this.values.length) {
      this.#moveTo(new Int32Array(Math.max(this.count * 2, 16) * OFFSETS_PER_FIELD));
    }
    this.count += 1;
    return this.last;
  }

  /** For the field that was begun last. */
  note(): void {
    if (this.count <= NOTED_FIELDS) this.noted |= 1 << (this.count - 1);
  }

  /** For a section that begins. */
  reset(): void {
    if (slab.length - slabUsed < MIN_ROOM_LENGTH) {
      slab = new Int32Array(SLAB_LENGTH);
      slabUsed = 0;
    }
    this.values = slab;
    this.first = slabUsed;
    this.count = 0;
    this.noted = 0;
  }

  /** The section goes on in another read, and until then the shared room is for others. */
  leaveShared(): void {
    if (this.values === slab) this.#moveTo(new Int32Array(this.count * OFFSETS_PER_FIELD));
  }

  copyFrom({ values, first, count, noted }: SectionFields): void {
    this.values = values.slice(first, first + count * OFFSETS_PER_FIELD);
    this.count = count;
    this.noted = noted;
  }

  nameStart(index: number): number {
    return this.origin + this.values[this.first + index * OFFSETS_PER_FIELD]!;
  }

  nameEnd(index: number): number {
    return this.origin + this.values[this.first + index * OFFSETS_PER_FIELD + 1]!;
  }

  valueStart(index: number): number {
    return this.origin + this.values[this.first + index * OFFSETS_PER_FIELD + 2]!;
  }

  valueEnd(index: number): number {
    return this.origin + this.values[this.first + index * OFFSETS_PER_FIELD + 3]!;
  }

  /** Gives the offsets of the complete section, whose text this is, away for good. */
  handOver(text: string): FieldLines {
    const { values, first, count } = this;
    if (values === slab) slabUsed = first + count * OFFSETS_PER_FIELD;
    this.release();
    return new FieldLines(text, values, first, count);
  }

  /** Lets the memory go: an idle connection holds none. How many fields there were stays known. */
  release(): void {
    this.values = NO_OFFSETS;
    this.first = 0;
    this.bytes = NO_BYTES;
  }

  #moveTo(own: Int32Array): void {
    own.set(this.values.subarray(this.first, this.first + this.count * OFFSETS_PER_FIELD));
    this.values = own;
    this.first = 0;
  }
}

const NO_VALUES: readonly string[] = [];

/** The fields of a finished section, over text and offsets that nobody writes any more. */
export class FieldLines implements Fields {
  constructor(
    private readonly text: string,
    private readonly offsets: Int32Array,
    private readonly first: number,
    readonly count: number,
  ) {}

  /** Offset in the section, as the three below are. */
  nameStart(index: number): number {
    return this.offsets[this.first + index * OFFSETS_PER_FIELD]!;
  }

  nameEnd(index: number): number {
    return this.offsets[this.first + index * OFFSETS_PER_FIELD + 1]!;
  }

  valueStart(index: number): number {
    return this.offsets[this.first + index * OFFSETS_PER_FIELD + 2]!;
  }

  valueEnd(index: number): number {
    return this.offsets[this.first + index * OFFSETS_PER_FIELD + 3]!;
  }

  /** Of the section, with whatever stands there between names and values. */
  textBetween(start: number, end: number): string {
    return this.text.slice(start, end);
  }

  /** Of the character at an offset of the section. */
  codeAt(offset: number): number {
    return this.text.charCodeAt(offset);
  }

  /** An index outside the section is empty text, as `charAt` has it. */
  name(index: number): string {
    if (index < 0 || index >= this.count) return '';
    const at = this.first + index * OFFSETS_PER_FIELD;
    return this.text.slice(this.offsets[at], this.offsets[at + 1]);
  }

  value(index: number): string {
    if (index < 0 || index >= this.count) return '';
    const at = this.first + index * OFFSETS_PER_FIELD;
    return this.text.slice(this.offsets[at + 2], this.offsets[at + 3]);
  }

  get(name: string): string | null {
    const index = this.#find(name.toLowerCase(), 0);
    return index === -1 ? null : this.value(index);
  }

  all(name: string): readonly string[] {
    const lower = name.toLowerCase();
    const first = this.#find(lower, 0);
    if (first === -1) return NO_VALUES;
    const values = [this.value(first)];
    for (let index = this.#find(lower, first + 1); index !== -1; index = this.#find(lower, index + 1)) {
      values.push(this.value(index));
    }
    return values;
  }

  #find(lower: string, from: number): number {
    for (let index = from; index < this.count; index += 1) if (this.isNamed(index, lower)) return index;
    return -1;
  }

  /** Is it this name, which is in lower case, without regard to case? */
  isNamed(index: number, lower: string): boolean {
    const { text, offsets } = this;
    const at = this.first + index * OFFSETS_PER_FIELD;
    const start = offsets[at]!;
    if (offsets[at + 1]! - start !== lower.length) return false;
    for (let i = 0; i < lower.length; i += 1) {
      if (LOWER[text.charCodeAt(start + i)] !== lower.charCodeAt(i)) return false;
    }
    return true;
  }
}
