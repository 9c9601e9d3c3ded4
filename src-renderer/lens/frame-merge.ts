/** The frames of both directions as one list, in the order they came. */
import type { FrameRow } from '@websocket/frame-list';

/** What came with the same read or at the same time is told client first: a server answers. */
const isBefore = (one: FrameRow, other: FrameRow): boolean =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.direction === 'in');

/** Each list is of one direction and in order. Linear. */
export function mergeFrames(one: readonly FrameRow[], other: readonly FrameRow[]): readonly FrameRow[] {
  if (one.length === 0 || other.length === 0) return one.length === 0 ? other : one;
  const merged: FrameRow[] = [];
  let at = 0;
  for (const row of one) {
    for (let next = other[at]; next !== undefined && isBefore(next, row); next = other[at]) {
      merged.push(next);
      at += 1;
    }
    merged.push(row);
  }
  return merged.concat(other.slice(at));
}
