/**
 * The one clock of the engine: Unix epoch milliseconds with a fraction, which never run backwards.
 *
 * It runs on the monotonic clock, which stands still while a machine sleeps; when the wall clock is found ahead, it
 * catches up, so that times shown after a night's sleep are those of the day.
 */
import { performance } from 'node:perf_hooks';

/** The wall clock has whole milliseconds and is slewed a little all the time; a sleep is longer. */
const MAX_BEHIND_MS = 1_000;

let originMs = performance.timeOrigin;

export function nowMs(): number {
  const atMs = originMs + performance.now();
  const behindMs = Date.now() - atMs;
  if (behindMs <= MAX_BEHIND_MS) return atMs;
  originMs += behindMs;
  return atMs + behindMs;
}
