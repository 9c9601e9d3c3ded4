import { beforeEach, expect, test } from 'vitest';
import { Theme } from '../../../src-renderer/model/theme.svelte';

beforeEach(() => localStorage.clear());

const query = (matches: boolean) =>
  ({ matches, addEventListener: () => undefined, removeEventListener: () => undefined }) as unknown as MediaQueryList;

test('follows the machine until the person chooses', () => {
  const theme = new Theme();
  theme.follow(query(false));
  expect(theme.shown).toBe('light');
  theme.choose('dark');
  expect(theme.shown).toBe('dark');
});

test('a choice is there again at the next start', () => {
  new Theme().choose('light');
  expect(new Theme().choice).toBe('light');
});

test('what was kept and is no theme is ignored', () => {
  localStorage.setItem('bytescope.theme', 'purple');
  expect(new Theme().choice).toBe('system');
});
