import { flushSync } from 'svelte';
import { expect, it } from 'vitest';

// With Svelte's server build in place of its browser build $derived still works and $effect never runs: tests of
// runes modules would pass without testing anything.
it('runs effects', () => {
  let count = $state(1);
  const seen: number[] = [];
  const stop = $effect.root(() => {
    $effect(() => {
      seen.push(count);
    });
  });
  flushSync();
  count = 2;
  flushSync();
  stop();
  expect(seen).toEqual([1, 2]);
});
