import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFilter } from '../../../src-renderer/lens/filter';
import { sideIn, withSide, type SideChoice } from '../../../src-renderer/lens/filter-side';
import { relayedRows } from '../../support/proxy-views';

test.each<[string, SideChoice]>([
  ['', 'all'],
  ['side:upstream', 'upstream'],
  ['trip:any side:client /slow', 'client'],
  ['-side:client', 'all'],
  ['side:', 'all'],
  ['upstream', 'all'],
])('%j asks for %s', (text, side) => {
  expect(sideIn(text)).toBe(side);
});

describe('a choice', () => {
  test.each<[string, SideChoice, string]>([
    ['', 'upstream', 'side:upstream '],
    ['trip:any', 'client', 'side:client trip:any'],
    ['side:client trip:any', 'upstream', 'side:upstream trip:any'],
    ['a -side:client b', 'upstream', 'side:upstream a b'],
    ['side:client trip:any side:upstream', 'all', 'trip:any'],
    ['side: x', 'all', 'x'],
    ['"two  words"', 'all', '"two  words"'],
    ['"side:client"', 'all', '"side:client"'],
  ])('%j with %s is %j', (text, side, expected) => {
    expect(withSide(text, side)).toBe(expected);
  });

  test('is what the text asks for then, whatever it said before', () => {
    const part = fc.constantFrom('side:', '-', '"', 'client', 'upstream', ' ', 'x', 'trip:any', ':');
    fc.assert(
      fc.property(fc.array(part), fc.constantFrom<SideChoice>('all', 'client', 'upstream'), (parts, side) => {
        const text = withSide(parts.join(''), side);
        expect(sideIn(text)).toBe(side);
        const rows = relayedRows().filter((row) => parseFilter(text).matches(row));
        if (side !== 'all') for (const row of rows) expect(row.side).toBe(side);
      }),
    );
  });
});
