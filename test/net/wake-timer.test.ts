import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WakeTimer, type Sleeper } from '../../src-main/net/wake-timer';
import { seeded } from '../support/random';

let timer: WakeTimer;
let woken: string[];

const sleeper = (name: string): Sleeper => ({
  place: -1,
  wakesAtMs: 0,
  wake: () => void woken.push(`${name} ${Date.now()}`),
});

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  timer = new WakeTimer(() => Date.now());
  woken = [];
});
afterEach(() => void vi.useRealTimers());

it('wakes each at its time, whatever the order they were set in', () => {
  for (const atMs of [30, 10, 20]) timer.set(sleeper(String(atMs)), atMs);
  vi.advanceTimersByTime(100);
  expect(woken).toEqual(['10 10', '20 20', '30 30']);
});

it('moves for an earlier time and stays where it is for a later one', () => {
  const one = sleeper('one');
  timer.set(one, 50);
  timer.set(one, 20);
  timer.set(one, 90);
  vi.advanceTimersByTime(100);
  expect(woken).toEqual(['one 20']);
});

it('does not wake who was cleared, and leaves no timer behind', () => {
  const one = sleeper('one');
  const other = sleeper('other');
  timer.set(one, 10);
  timer.set(other, 20);
  timer.clear(one);
  timer.clear(one);
  vi.advanceTimersByTime(100);
  expect([woken, vi.getTimerCount()]).toEqual([['other 20'], 0]);
});

it('lets who asks to be woken at once wait for the next turn', () => {
  let count = 0;
  const eager: Sleeper = {
    ...sleeper('eager'),
    wake: () => {
      count += 1;
      if (count < 3) timer.set(eager, Date.now());
    },
  };
  timer.set(eager, 10);
  vi.advanceTimersByTime(9);
  expect(count).toBe(0);
  vi.advanceTimersByTime(10);
  expect(count).toBe(3);
});

it('keeps a deadline further away than a timer of Node can be set', () => {
  timer.set(sleeper('far'), 3_000_000_000);
  vi.advanceTimersByTime(2_999_999_999);
  expect(woken).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(woken).toHaveLength(1);
});

it('wakes as a sorted list would, for any sets and clears', () => {
  const random = seeded(7);
  const sleepers = Array.from({ length: 200 }, (_, index) => sleeper(String(index)));
  const due = new Map<number, number>();
  for (let step = 0; step < 2_000; step += 1) {
    const index = Math.floor(random() * sleepers.length);
    const one = sleepers[index];
    if (one === undefined) throw new Error('no such sleeper');
    if (random() < 0.3) {
      timer.clear(one);
      due.delete(index);
    } else {
      const atMs = 1 + Math.floor(random() * 1_000);
      timer.set(one, atMs);
      due.set(index, Math.min(atMs, due.get(index) ?? Infinity));
    }
  }
  vi.advanceTimersByTime(1_000);
  expect([...woken].sort()).toEqual(Array.from(due, ([index, atMs]) => `${index} ${atMs}`).sort());
});
