import { expect, test } from 'vitest';
import { takeToken } from '../../../src-renderer/link/token';

function pageAt(hash: string, kept: Record<string, string> = {}) {
  const shown = { url: '' };
  const page = {
    location: { hash, pathname: '/', search: '' },
    history: { replaceState: (_state: unknown, _title: string, url: string) => (shown.url = url) },
    sessionStorage: {
      getItem: (key: string) => kept[key] ?? null,
      setItem: (key: string, text: string) => (kept[key] = text),
    },
  } as unknown as Window;
  return { page, shown, kept };
}

test('is taken from the hash and out of the address bar', () => {
  const { page, shown } = pageAt('#token=abc%2F1');
  expect(takeToken(page)).toBe('abc/1');
  expect(shown.url).toBe('/');
});

test('is there again after a reload of the tab', () => {
  const { kept, page } = pageAt('#token=abc');
  takeToken(page);
  expect(takeToken(pageAt('', kept).page)).toBe('abc');
});

test('a newer one replaces the one that was kept', () => {
  const { kept, page } = pageAt('#token=old');
  takeToken(page);
  expect(takeToken(pageAt('#token=new', kept).page)).toBe('new');
});

test('none at all is the empty one, which the engine refuses', () => {
  expect(takeToken(pageAt('').page)).toBe('');
});
