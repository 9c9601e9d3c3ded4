/**
 * Scroll maths for content of any height. Browsers stop at about 33 million pixels, 26 MB of hex rows, so the
 * spacer inside the scroller is capped and its scroll position stands for a proportionally larger one.
 */

/** Low enough for every engine, high enough that a thumb drag over 100 MB still lands within a row. */
export const MAX_SPACER_PX = 8_000_000;

export interface Extent {
  /** Height of everything there is to show. */
  readonly contentPx: number;
  /** Height of what is seen at once. */
  readonly viewPx: number;
}

export const spacerPx = ({ contentPx }: Extent): number => Math.min(contentPx, MAX_SPACER_PX);

/** The largest top: the last row ends at the lower edge of the view. */
export const maxTop = ({ contentPx, viewPx }: Extent): number => Math.max(0, contentPx - viewPx);

export const clampTop = (top: number, extent: Extent): number => Math.min(Math.max(0, top), maxTop(extent));

const spacerRange = (extent: Extent): number => Math.max(0, spacerPx(extent) - extent.viewPx);

/** The scroll position of the capped spacer that stands for `top`. */
export function topToScroll(top: number, extent: Extent): number {
  const range = maxTop(extent);
  return range === 0 ? 0 : (clampTop(top, extent) / range) * spacerRange(extent);
}

/** The place in the content that a scroll position of the capped spacer stands for. */
export function scrollToTop(scroll: number, extent: Extent): number {
  const range = spacerRange(extent);
  return range === 0 ? 0 : clampTop((scroll / range) * maxTop(extent), extent);
}

export interface RowWindow {
  readonly first: number;
  /** One past the last row. */
  readonly end: number;
}

/** The rows that touch the view, without overscan: rows are placed by the script, so none is seen too late. */
export function rowsInView(top: number, rowPx: number, rowCount: number, viewPx: number): RowWindow {
  const first = Math.min(Math.max(0, Math.floor(top / rowPx)), Math.max(0, rowCount - 1));
  return { first, end: Math.min(rowCount, Math.ceil((top + viewPx) / rowPx)) };
}

/** The top that brings a row into view with the least movement; `top` itself where it already is in view. */
export function topToReveal(row: number, top: number, rowPx: number, extent: Extent): number {
  const rowTop = row * rowPx;
  if (rowTop < top) return clampTop(rowTop, extent);
  if (rowTop + rowPx > top + extent.viewPx) return clampTop(rowTop + rowPx - extent.viewPx, extent);
  return top;
}
