import { SETTING_NAMES } from '@contract/settings';
import { expect, test } from 'vitest';
import { findSettings, sectionsWith } from '../../../src-renderer/lens/setting-filter';

const found = (text: string) => [...(findSettings(text) ?? [])];

test('nothing asked for finds nothing in particular', () => {
  expect(findSettings('  ')).toBeNull();
});

test('by the beginning of a word, not from within one', () => {
  expect(found('lf')).toEqual(['acceptBareLf']);
});

test.each([
  ['400', 'onHeadTooLarge'],
  ['431', 'onHeadTooLarge'],
  ['LIM_HEAD_BYTES', 'maxHeadBytes'],
  ['smuggl', 'lengthWithCoding'],
  ['maxHeadBytes', 'maxHeadBytes'],
  ['slowloris head timeout', null],
  ['Idle TIME', 'idleTimeoutMs'],
  ['6585', 'rateStatus'],
])('%s finds %s', (text, name) => {
  if (name === null) expect(found(text)).toEqual([]);
  else expect(found(text)).toContain(name);
});

test('all words have to be met', () => {
  expect(found('head rate')).toContain('minHeadBytesPerSec');
  expect(found('head rate')).not.toContain('maxHeadBytes');
});

test('a guard is shown with the part that was found, and without the others', () => {
  const sections = sectionsWith(new Set(['onTooManyFields']));
  expect(sections).toHaveLength(1);
  expect(sections[0]).toMatchObject({ id: 'sizes', branches: [{ name: 'maxFieldCount', parts: ['onTooManyFields'] }] });
});

test('every setting is found by its label', () => {
  for (const name of SETTING_NAMES) expect(found(name)).toContain(name);
});
