import { describe, expect, it } from 'vitest';
import { movedCursor, parseOffset } from '../../../src-renderer/lens/byte-keys';

const press = (key: string, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });
const at = (cursor: number) => ({ cursor, rowBytes: 16, pageRows: 10, streamBytes: 1_000 });

describe('the keys of the byte view', () => {
  it.each([
    ['ArrowRight', 5, 6],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 5, 21],
    ['ArrowDown', 995, 995],
    ['ArrowUp', 5, 5],
    ['ArrowUp', 21, 5],
    ['Home', 21, 16],
    ['End', 21, 31],
    ['End', 995, 999],
    ['PageDown', 5, 165],
    ['PageUp', 40, 8],
  ])('%s at %i goes to %i', (key, from, to) => {
    expect(movedCursor(press(key), at(from))).toBe(to);
  });

  it('go to both ends of the stream with Ctrl', () => {
    expect(movedCursor(press('Home', { ctrlKey: true }), at(500))).toBe(0);
    expect(movedCursor(press('End', { ctrlKey: true }), at(500))).toBe(999);
  });

  it('leave other keys and empty streams alone', () => {
    expect(movedCursor(press('j'), at(5))).toBeNull();
    expect(movedCursor(press('ArrowLeft', { altKey: true }), at(5))).toBeNull();
    expect(movedCursor(press('ArrowRight'), { ...at(0), streamBytes: 0 })).toBeNull();
  });
});

describe('offsets as typed', () => {
  it.each([
    ['0x1f', 31],
    ['1Fh', 31],
    [' 1,024 ', 1_024],
    ['31', 31],
    ['1f', null],
    ['', null],
    ['-1', null],
    ['99999999999999999999', null],
  ])('%j is %j', (text, offset) => {
    expect(parseOffset(text)).toBe(offset);
  });
});
