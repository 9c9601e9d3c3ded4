import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepWindowState, readWindowState } from '../../../src-main/hosts/electron/window-state';

const SCREEN = { x: 0, y: 25, width: 1920, height: 1055 };
const SECOND_SCREEN = { x: 1920, y: 0, width: 1280, height: 1024 };
const BOUNDS = { x: 100, y: 80, width: 1200, height: 800 };

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bytescope-window-'));
  path = join(folder, 'window.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const kept = (bounds: object, screens = [SCREEN]) => {
  writeFileSync(path, JSON.stringify({ bounds, maximized: false }));
  return readWindowState(path, screens).bounds;
};

describe('the place of the window', () => {
  it('is kept', () => {
    keepWindowState(path, { bounds: BOUNDS, maximized: true });
    expect(readWindowState(path, [SCREEN])).toEqual({ bounds: BOUNDS, maximized: true });
  });

  it('is left to the system at the first start', () => {
    expect(readWindowState(path, [SCREEN])).toEqual({ bounds: null, maximized: false });
  });

  it.each(['', '{', 'null', '[]', '"x"', '{"bounds":7,"maximized":"yes"}', '{"bounds":{"x":"1"}}', '\u0000'])(
    'is left to the system where the file holds %j',
    (text) => {
      writeFileSync(path, text);
      expect(readWindowState(path, [SCREEN])).toEqual({ bounds: null, maximized: false });
    },
  );

  it('is on the second screen as long as that is there', () => {
    const there = { ...BOUNDS, x: 1950 };
    expect(kept(there, [SCREEN, SECOND_SCREEN])).toEqual(there);
    expect(kept(there, [SCREEN])).toBeNull();
  });

  it.each([
    ['its title bar above the screen', { ...BOUNDS, y: -200 }],
    ['its title bar below the screen', { ...BOUNDS, y: 1060 }],
    ['nearly all of it left of the screen', { ...BOUNDS, x: -1150 }],
    ['a size no page fits in', { ...BOUNDS, width: 300 }],
    ['a size that is no number', { ...BOUNDS, width: null }],
    ['a place that is no number', { ...BOUNDS, x: 1e300 }],
  ])('is forgotten with %s', (_what, bounds) => {
    expect(kept(bounds)).toBeNull();
  });

  it('that cannot be kept disturbs nobody', () => {
    expect(() =>
      keepWindowState(join(folder, 'missing', 'window.json'), { bounds: null, maximized: false }),
    ).not.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });
});
