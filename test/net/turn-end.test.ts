import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { waitsForTurnEnd } from '../../src-main/net/turn-end';

afterEach(() => nextTurn());

const unsent = () => ({ turnEnded: vi.fn<(atMs: number) => void>() });

describe('a write', () => {
  it('leaves at once where it is the first of its turn', async () => {
    const first = unsent();
    expect(waitsForTurnEnd(first)).toBe(false);
    await nextTurn();
    expect(first.turnEnded).not.toHaveBeenCalled();
  });

  it('waits for the end of the turn where it is not', async () => {
    waitsForTurnEnd(unsent());
    const [second, third] = [unsent(), unsent()];
    expect([waitsForTurnEnd(second), waitsForTurnEnd(third)]).toEqual([true, true]);
    expect(second.turnEnded).not.toHaveBeenCalled();
    await nextTurn();
    expect([second, third].map(({ turnEnded }) => turnEnded.mock.calls.length)).toEqual([1, 1]);
  });

  it('is the first one again in the next turn', async () => {
    waitsForTurnEnd(unsent());
    await nextTurn();
    expect(waitsForTurnEnd(unsent())).toBe(false);
  });

  it('that is made as the turn ends is of the next one', async () => {
    waitsForTurnEnd(unsent());
    const later = unsent();
    const isLaterPutOff: boolean[] = [];
    waitsForTurnEnd({ turnEnded: () => void isLaterPutOff.push(waitsForTurnEnd(unsent()), waitsForTurnEnd(later)) });
    await nextTurn();
    expect(isLaterPutOff).toEqual([false, true]);
    await nextTurn();
    expect(later.turnEnded).toHaveBeenCalledOnce();
  });
});
