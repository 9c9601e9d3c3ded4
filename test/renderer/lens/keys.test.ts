import { describe, expect, test } from 'vitest';
import { keyAction, type FocusKind } from '../../../src-renderer/lens/keys';

const press = (key: string, changes = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  defaultPrevented: false,
  ...changes,
});

describe('keys', () => {
  test.each(['/', 'j', 'k', ' ', '?', 'c', 'Escape', 'ArrowDown'])('typing %j in a field stays typing', (key) => {
    expect(keyAction(press(key), 'typing')).toBeNull();
  });

  test('space activates the button that has the focus', () => {
    expect(keyAction(press(' '), 'control')).toBeNull();
    expect(keyAction(press(' '), 'list')).toBe('pause');
    expect(keyAction(press(' '), 'page')).toBe('pause');
  });

  test.each<[FocusKind, string | null]>([
    ['list', 'next'],
    ['page', 'next'],
    ['control', null],
  ])('with the focus on a %s, the down arrow means %s', (focus, action) => {
    expect(keyAction(press('ArrowDown'), focus)).toBe(action);
  });

  test('letters work while a button has the focus', () => {
    expect(keyAction(press('j'), 'control')).toBe('next');
  });

  test.each([{ ctrlKey: true }, { metaKey: true }, { altKey: true }, { defaultPrevented: true }])(
    'leaves %j to others',
    (changes) => {
      expect(keyAction(press('c', changes), 'page')).toBeNull();
    },
  );
});
