/**
 * Short writes leave together: at the end of a turn of the loop, after all sockets that had something were read, but for
 * the first one of the turn. Each write to a peer that sleeps wakes it, which costs more than all the rest of the write;
 * woken by the first one, it is awake, as a rule, for the others. And whoever has the only busy connection waits for
 * nothing.
 *
 * Nobody waits for long: not for more than `MAX_UNSENT` others, nor for a read that fills its buffer.
 */
import { nowMs } from './clock';

export interface Unsent {
  /** The wait is over. */
  leaves(atMs: number): void;
}

const MAX_UNSENT = 16;

let isTurnUnderWay = false;
let unsent: Unsent[] = [];

/** False: it is the first one of this turn, and is to leave at once. Else it is told when to. */
export function waitsForTurnEnd(writer: Unsent, atMs: number): boolean {
  if (!isTurnUnderWay) {
    isTurnUnderWay = true;
    setImmediate(endTurn);
    return false;
  }
  if (unsent.length === MAX_UNSENT) allLeave(atMs);
  unsent.push(writer);
  return true;
}

/** What waits leaves now. */
export function allLeave(atMs: number): void {
  if (unsent.length === 0) return;
  const leaving = unsent;
  unsent = [];
  for (const writer of leaving) writer.leaves(atMs);
}

function endTurn(): void {
  isTurnUnderWay = false;
  if (unsent.length > 0) allLeave(nowMs());
}
