import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { isTurnSpent, TURN_BUDGET_MS } from '../../src-main/net/turn';

afterEach(() => nextTurn());

describe('a turn of the loop', () => {
  it('is not spent by short reads', () => {
    expect(isTurnSpent(1_000, 1_000 + TURN_BUDGET_MS - 1)).toBe(false);
  });

  it('is spent by one long read', () => {
    expect(isTurnSpent(1_000, 1_000 + TURN_BUDGET_MS)).toBe(true);
  });

  it('is spent by many short reads', () => {
    const reads = Array.from({ length: 5 }, (_, index) => isTurnSpent(1_000 + index * 3, 1_003 + index * 3));
    expect(reads).toEqual([false, false, false, true, true]);
  });

  it('is followed by one that has all its time', async () => {
    isTurnSpent(1_000, 1_000 + TURN_BUDGET_MS);
    await nextTurn();
    expect(isTurnSpent(1_011, 1_012)).toBe(false);
  });
});
