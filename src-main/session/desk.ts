/**
 * A parser and the clock of what it reads, lent to a connection while a request is under way. Between requests all
 * there is to know is how many bytes have come and since when the next ones are waited for; and most connections are
 * between requests most of the time. A parser for each would be the greater part of what an idle one holds.
 */
import { Parser } from '../http1/parser';
import { PhaseClock } from './phase-clock';
import type { ServerState } from './port';

export class Desk {
  readonly parser: Parser;
  readonly clock: PhaseClock;

  constructor({ limits }: ServerState) {
    this.parser = new Parser('request', limits);
    this.clock = new PhaseClock(this.parser);
  }
}

/** Desks kept for the next request, some 1 KB each: as many as requests that wait for a busy server, as a rule. */
const MAX_FREE = 64;
const free: Desk[] = [];

export function lendDesk(server: ServerState, bytesIn: number, waitingSinceMs: number, isUnused: boolean): Desk {
  const desk = free.pop() ?? new Desk(server);
  desk.parser.restAt(bytesIn, server.limits);
  desk.clock.restSince(waitingSinceMs, isUnused, server.startedAtMs);
  return desk;
}

/** Only of a parser at rest. */
export function giveBack(desk: Desk): void {
  if (free.length < MAX_FREE) free.push(desk);
}
