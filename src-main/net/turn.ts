/**
 * How long one turn of the loop goes to reads that fill their buffer. A client that has sent much at once would have
 * all of it read in one turn (libuv reads up to 32 times before it looks at another socket), and everybody else would
 * wait: where the time is spent, whoever reads on gives way until the next turn.
 */
export const TURN_BUDGET_MS = 10;

/** Since when this turn goes to such reads; null before the first of them. */
let sinceMs: number | null = null;

const endTurn = (): void => void (sinceMs = null);

/** Asked after a read that began at `readAtMs`: is the time of this turn spent? */
export function isTurnSpent(readAtMs: number, nowMs: number): boolean {
  if (sinceMs === null) {
    sinceMs = readAtMs;
    setImmediate(endTurn);
  }
  return nowMs - sinceMs >= TURN_BUDGET_MS;
}
