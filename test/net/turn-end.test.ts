import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { allLeave, waitsForTurnEnd } from '../../src-main/net/turn-end';

afterEach(() => nextTurn());

const AT_MS = 1_000;

const unsent = () => ({ leaves: vi.fn<(atMs: number) => void>() });

describe('a write', () => {
  it('leaves at once where it is the first of its turn', async () => {
    const first = unsent();
    expect(waitsForTurnEnd(first, AT_MS)).toBe(false);
    await nextTurn();
    expect(first.leaves).not.toHaveBeenCalled();
  });

  it('waits for the end of the turn where it is not', async () => {
    waitsForTurnEnd(unsent(), AT_MS);
    const [second, third] = [unsent(), unsent()];
    expect([waitsForTurnEnd(second, AT_MS), waitsForTurnEnd(third, AT_MS)]).toEqual([true, true]);
    expect(second.leaves).not.toHaveBeenCalled();
    await nextTurn();
    expect([second, third].map(({ leaves }) => leaves.mock.calls.length)).toEqual([1, 1]);
  });

  it('is the first one again in the next turn', async () => {
    waitsForTurnEnd(unsent(), AT_MS);
    await nextTurn();
    expect(waitsForTurnEnd(unsent(), AT_MS)).toBe(false);
  });

  it('that is made as the turn ends is of the next one', async () => {
    waitsForTurnEnd(unsent(), AT_MS);
    const later = unsent();
    const isLaterPutOff: boolean[] = [];
    waitsForTurnEnd(
      {
        leaves: () => void isLaterPutOff.push(waitsForTurnEnd(unsent(), AT_MS), waitsForTurnEnd(later, AT_MS)),
      },
      AT_MS,
    );
    await nextTurn();
    expect(isLaterPutOff).toEqual([false, true]);
    await nextTurn();
    expect(later.leaves).toHaveBeenCalledOnce();
  });

  it('waits for few others', () => {
    waitsForTurnEnd(unsent(), AT_MS);
    const writers = Array.from({ length: 17 }, unsent);
    for (const writer of writers) waitsForTurnEnd(writer, AT_MS);
    expect(writers.map(({ leaves }) => leaves.mock.calls.length)).toEqual([...Array<number>(16).fill(1), 0]);
  });

  it('leaves once, also where it is let go before the end', async () => {
    waitsForTurnEnd(unsent(), AT_MS);
    const second = unsent();
    waitsForTurnEnd(second, AT_MS);
    allLeave(AT_MS + 1);
    expect(second.leaves).toHaveBeenCalledWith(AT_MS + 1);
    await nextTurn();
    expect(second.leaves).toHaveBeenCalledOnce();
  });
});
