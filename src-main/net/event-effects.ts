/**
 * An event of one connection may have effects on others (a proxy passes on what it reads). Those are carried out at the
 * end of the same event, before anything else is read: what was read lies in a buffer that the next read overwrites.
 */
import { nowMs } from './clock';

export interface Affected {
  carryOut(atMs: number): void;
}

/** Whose event is under way. */
let current: Affected | null = null;
/** Others who have effects to carry out; each is in it once. */
const affected: Affected[] = [];

/** An event begins. Whose event this one is part of, to be handed to `leave`; null: of none. */
export function enter(whose: Affected): Affected | null {
  const outer = current;
  current = whose;
  return outer;
}

/** It is over; so are its effects on others, unless it is part of another one. */
export function leave(outer: Affected | null, atMs: number): void {
  current = outer;
  if (outer === null) settle(atMs);
}

/** Carries them out at its own end anyway. */
export const isUnderWay = (whose: Affected): boolean => current === whose;

export const isAffected = (whose: Affected): void => void affected.push(whose);

/**
 * An event that is of no connection, as of TLS between two of them. What it does to connections is done when this
 * returns, or, within an event of one, at the end of that.
 */
export function apart(event: (atMs: number) => void): void {
  const atMs = nowMs();
  event(atMs);
  if (current === null) settle(atMs);
}

/** Carries out the effects, and the effects of those, until there are none. */
function settle(atMs: number): void {
  for (let next = affected.pop(); next !== undefined; next = affected.pop()) next.carryOut(atMs);
}
