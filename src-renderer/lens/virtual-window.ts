/** Which rows of a list with one row height are on screen, and where the page has to scroll to show one. */

export interface WindowInput {
  readonly scrollTop: number;
  readonly viewportHeight: number;
  readonly rowHeight: number;
  readonly count: number;
  /** Rows drawn beyond each edge, so that a quick scroll does not show blanks. */
  readonly overscan: number;
}

/** Rows `first` up to, not including, `end`; the first one stands `offset` pixels from the top. */
export interface VirtualWindow {
  readonly first: number;
  readonly end: number;
  readonly offset: number;
  readonly totalHeight: number;
}

export function virtualWindow({ scrollTop, viewportHeight, rowHeight, count, overscan }: WindowInput): VirtualWindow {
  const totalHeight = count * rowHeight;
  // A list that just became shorter may still report its old scroll position.
  const top = Math.min(Math.max(scrollTop, 0), Math.max(totalHeight - viewportHeight, 0));
  const first = Math.max(Math.floor(top / rowHeight) - overscan, 0);
  const end = Math.min(Math.ceil((top + viewportHeight) / rowHeight) + overscan, count);
  return { first, end, offset: first * rowHeight, totalHeight };
}

export interface RevealInput {
  readonly index: number;
  readonly scrollTop: number;
  readonly viewportHeight: number;
  readonly rowHeight: number;
}

/** The scroll position nearest to the present one that shows the whole row. */
export function scrollToReveal({ index, scrollTop, viewportHeight, rowHeight }: RevealInput): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + rowHeight - viewportHeight);
}
