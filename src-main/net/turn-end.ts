/**
 * The end of a turn of the loop: after all sockets that had something were read, before the loop waits again. Short
 * writes leave then, but for the first one of the turn. Each write to a peer that sleeps wakes it, which costs more than
 * all the rest of the write; woken by the first one, it is awake, as a rule, for the others. And whoever has the only
 * busy connection waits for nothing.
 *
 * Bounded by what one turn reads: a short write for each connection.
 */
import { nowMs } from './clock';

export interface Unsent {
  turnEnded(atMs: number): void;
}

let isTurnUnderWay = false;
let unsent: Unsent[] = [];
let leaving: Unsent[] = [];

/** False: it is the first one of this turn, and is to leave at once. Else it is told when the turn ends. */
export function waitsForTurnEnd(writer: Unsent): boolean {
  if (isTurnUnderWay) {
    unsent.push(writer);
    return true;
  }
  isTurnUnderWay = true;
  setImmediate(endTurn);
  return false;
}

function endTurn(): void {
  isTurnUnderWay = false;
  if (unsent.length === 0) return;
  const writers = unsent;
  unsent = leaving;
  leaving = writers;
  const atMs = nowMs();
  for (const writer of writers) writer.turnEnded(atMs);
  writers.length = 0;
}
