/** The field lines of one section: offsets while they are scanned, text only when someone asks. */
import { equalsLower, latin1 } from './bytes';
import type { Fields } from './events';

/** Start and end of the name, start and end of the value. */
export const OFFSETS_PER_FIELD = 4;

const FIRST_CAPACITY = 32 * OFFSETS_PER_FIELD;
const MAX_KEPT_CAPACITY = 256 * OFFSETS_PER_FIELD;

/** Where the field lines of the section under way begin and end; offsets count from the start of the section. */
export class FieldOffsets {
  values = new Int32Array(FIRST_CAPACITY);
  count = 0;

  /** Makes room for one more field and returns the index of its first offset. */
  open(): number {
    const index = this.count * OFFSETS_PER_FIELD;
    if (index === this.values.length) {
      const grown = new Int32Array(index * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.count += 1;
    return index;
  }

  reset(): void {
    this.count = 0;
    if (this.values.length > MAX_KEPT_CAPACITY) this.values = new Int32Array(FIRST_CAPACITY);
  }
}

/** The fields of a finished section, over bytes and offsets that nobody writes any more. */
export class FieldLines implements Fields {
  constructor(
    readonly bytes: Uint8Array,
    /** Index in `bytes` of the section's first byte. */
    readonly origin: number,
    private readonly offsets: Int32Array,
    private readonly firstOffset: number,
    readonly count: number,
  ) {}

  /** The indices in `bytes` of where the name and the value of a field begin and end. */
  nameStart(index: number): number {
    return this.origin + this.offsets[this.firstOffset + index * OFFSETS_PER_FIELD]!;
  }

  nameEnd(index: number): number {
    return this.origin + this.offsets[this.firstOffset + index * OFFSETS_PER_FIELD + 1]!;
  }

  valueStart(index: number): number {
    return this.origin + this.offsets[this.firstOffset + index * OFFSETS_PER_FIELD + 2]!;
  }

  valueEnd(index: number): number {
    return this.origin + this.offsets[this.firstOffset + index * OFFSETS_PER_FIELD + 3]!;
  }

  /** An index outside the section is empty text, as `charAt` has it. */
  name(index: number): string {
    return this.#holds(index) ? latin1(this.bytes, this.nameStart(index), this.nameEnd(index)) : '';
  }

  value(index: number): string {
    return this.#holds(index) ? latin1(this.bytes, this.valueStart(index), this.valueEnd(index)) : '';
  }

  get(name: string): string | null {
    const index = this.#find(name.toLowerCase(), 0);
    return index === -1 ? null : this.value(index);
  }

  all(name: string): readonly string[] {
    const lower = name.toLowerCase();
    const values: string[] = [];
    for (let index = this.#find(lower, 0); index !== -1; index = this.#find(lower, index + 1)) {
      values.push(this.value(index));
    }
    return values;
  }

  #find(lower: string, from: number): number {
    for (let index = from; index < this.count; index += 1) {
      if (equalsLower(this.bytes, this.nameStart(index), this.nameEnd(index), lower)) return index;
    }
    return -1;
  }

  #holds(index: number): boolean {
    return index >= 0 && index < this.count;
  }
}
