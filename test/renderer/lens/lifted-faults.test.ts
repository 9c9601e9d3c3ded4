import { DEFAULT_SETTINGS } from '@contract/settings';
import { expect, test } from 'vitest';
import { liftedBy, waysOut, wayOutSentences } from '../../../src-renderer/lens/lifted-faults';

test('names the setting that would let a fault through', () => {
  expect(wayOutSentences('H1_BARE_LF', DEFAULT_SETTINGS)).toEqual([
    'Strictness › Bare LF ends a line would let it through.',
  ]);
});

test('says for which of the cases', () => {
  expect(wayOutSentences('H1_LENGTH_REPEATED', DEFAULT_SETTINGS)).toEqual([
    'Strictness › Repeated equal lengths would let it through where all are equal.',
  ]);
});

test('names each of several', () => {
  expect(waysOut('H1_FIELD_NAME', DEFAULT_SETTINGS).map(({ name }) => name)).toEqual([
    'skipEmptyFieldNames',
    'skipOddFieldNames',
  ]);
});

test('says so where it was switched on since', () => {
  expect(wayOutSentences('H1_BARE_LF', { ...DEFAULT_SETTINGS, acceptBareLf: true })).toEqual([
    'Strictness › Bare LF ends a line lets it through: it is on now.',
  ]);
  expect(wayOutSentences('H1_LENGTH_WITH_CODING', { ...DEFAULT_SETTINGS, lengthWithCoding: 'keep' })).toEqual([
    'Strictness › Length beside coding lets it through: it is coding wins now.',
  ]);
});

test('knows no way out of what no setting lets through', () => {
  expect(waysOut('H1_BARE_CR', DEFAULT_SETTINGS)).toEqual([]);
});

test('the other way round, a tolerance knows its fault', () => {
  expect(liftedBy('acceptObsFold')).toBe('A field line is folded onto a second line.');
  expect(liftedBy('headTimeoutMs')).toBeNull();
});
