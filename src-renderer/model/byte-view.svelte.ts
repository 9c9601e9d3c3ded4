import type { Direction } from '@contract/connections';

export type ByteViewMode = 'hex' | 'text';

/** Offsets of one direction; `end` is exclusive. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** Where the view has to go; a new object asks again. */
export interface Reveal {
  readonly offset: number;
  /** Where the byte is not in view: `anchor` puts it near the upper third, `nearest` moves as little as possible. */
  readonly how: 'anchor' | 'nearest';
}

/** What the Bytes tab is looking at: direction, form, cursor, selection and the lights other panels switch on. */
export class ByteView {
  #direction = $state.raw<Direction>('in');
  #mode = $state.raw<ByteViewMode>('hex');
  #cursor = $state.raw<number | null>(null);
  #anchor = $state.raw(0);
  #hovered = $state.raw<number | null>(null);
  #lit = $state.raw<ByteSpan | null>(null);
  #reveal = $state.raw<Reveal | null>(null);
  #followsEnd = $state.raw(false);
  #lastJump = $state.raw<Reveal | null>(null);
  /** What was at the top of the view when it was last drawn; read only where a view begins. */
  #tops: Record<Direction, number> = { in: 0, out: 0 };

  get direction() {
    return this.#direction;
  }
  get mode() {
    return this.#mode;
  }
  /** The byte the keyboard is at. */
  get cursor() {
    return this.#cursor;
  }
  get hovered() {
    return this.#hovered;
  }
  /** What a field table or the timeline points at. */
  get lit() {
    return this.#lit;
  }
  get reveal() {
    return this.#reveal;
  }
  /** A new object for every jump from elsewhere: whoever shows several panes brings the bytes to the front. */
  get lastJump() {
    return this.#lastJump;
  }
  /** Does the view go with the end of a growing stream? */
  get followsEnd() {
    return this.#followsEnd;
  }
  get selection(): ByteSpan | null {
    if (this.#cursor === null) return null;
    return { start: Math.min(this.#cursor, this.#anchor), end: Math.max(this.#cursor, this.#anchor) + 1 };
  }

  show(direction: Direction): void {
    if (direction === this.#direction) return;
    this.#direction = direction;
    this.#forgetPlaces();
  }

  setMode(mode: ByteViewMode): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#hovered = null;
    if (this.#cursor !== null) this.#reveal = { offset: this.#cursor, how: 'anchor' };
  }

  /** The byte a view of this direction was at when it was left. */
  topOf(direction: Direction): number {
    return this.#tops[direction];
  }

  rememberTop(direction: Direction, offset: number): void {
    this.#tops[direction] = offset;
  }

  follow(isOn: boolean): void {
    this.#followsEnd = isOn;
  }

  /** The view went where it was asked to. */
  revealed(): void {
    this.#reveal = null;
  }

  hover(offset: number | null): void {
    this.#hovered = offset;
  }

  /** Lights bytes and brings them into view where bytes are in view at all. */
  lightIn(direction: Direction, span: ByteSpan): void {
    this.show(direction);
    this.#lit = span;
    this.#reveal = { offset: span.start, how: 'anchor' };
  }

  unlight(): void {
    this.#lit = null;
  }

  /** Puts the cursor on a byte; `extend` keeps the other end of the selection. */
  select(offset: number, extend = false): void {
    if (!extend || this.#cursor === null) this.#anchor = offset;
    this.#cursor = offset;
  }

  selectSpan(span: ByteSpan): void {
    this.#anchor = span.start;
    this.#cursor = Math.max(span.start, span.end - 1);
  }

  clearSelection(): void {
    this.#cursor = null;
  }

  /** Moves the cursor by the keyboard and keeps it in view. */
  moveTo(offset: number, extend: boolean): void {
    this.select(offset, extend);
    this.#reveal = { offset, how: 'nearest' };
  }

  /** Puts the cursor on a byte far away. */
  moveToAnchored(offset: number): void {
    this.select(offset);
    this.#reveal = { offset, how: 'anchor' };
  }

  /** Brings a byte into view and changes nothing else. */
  bring(direction: Direction, offset: number): void {
    this.show(direction);
    this.#reveal = { offset, how: 'anchor' };
  }

  /** Shows and selects bytes of either direction, as a jump from elsewhere. */
  jump(direction: Direction, span: ByteSpan): void {
    this.show(direction);
    this.selectSpan(span);
    this.#reveal = { offset: span.start, how: 'anchor' };
    this.#lastJump = this.#reveal;
  }

  /** Another connection is looked at: nothing of the old one stays but direction and form. */
  reset(): void {
    this.#direction = 'in';
    this.#tops = { in: 0, out: 0 };
    this.#forgetPlaces();
  }

  #forgetPlaces(): void {
    this.#cursor = null;
    this.#hovered = null;
    this.#lit = null;
    this.#reveal = null;
    this.#followsEnd = false;
  }
}
