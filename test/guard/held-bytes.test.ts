import { expect, it } from 'vitest';
import { HeldBytes, MAX_HELD_TOTAL_BYTES } from '../../src-main/guard/held-bytes';

it('refuses what would exceed the total and reserves nothing of it', () => {
  const held = new HeldBytes();
  expect(held.reserve(MAX_HELD_TOTAL_BYTES)).toBe(true);
  expect(held.reserve(1)).toBe(false);
  expect(held.total).toBe(MAX_HELD_TOTAL_BYTES);
});

it('has room again for what was released', () => {
  const held = new HeldBytes();
  held.reserve(MAX_HELD_TOTAL_BYTES);
  held.release(10);
  expect(held.reserve(10)).toBe(true);
});
