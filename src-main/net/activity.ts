import type { Direction, Side } from '../contract/connections';

/** A read or a write that just happened, after the session has seen it. The next one overwrites it: keep no hold. */
export interface Activity {
  readonly direction: Direction;
  readonly side: Side;
  readonly bytes: number;
  readonly atMs: number;
}
