import { DEFAULT_SETTINGS, SETTING_NAMES, type Settings } from '@contract/settings';
import { presetSettings, type PresetName } from '@contract/presets';
import { describe, expect, test } from 'vitest';
import {
  bucketOwner,
  namesIn,
  partsInForce,
  partsSummary,
  SECTIONS,
  settingTitle,
} from '../../../src-renderer/lens/setting-sections';

const branchOf = (name: string) => SECTIONS.flatMap(({ branches }) => branches).find((branch) => branch.name === name)!;
const summary = (name: string, preset: PresetName, changes: Partial<Settings> = {}) =>
  partsSummary(branchOf(name), { ...presetSettings(preset), ...changes });

test('every setting has its place in exactly one section', () => {
  expect(SECTIONS.flatMap(namesIn).toSorted()).toEqual(SETTING_NAMES.toSorted());
});

test('clocks and counts stand apart', () => {
  expect(SECTIONS.map(({ title }) => title)).toEqual([
    'Timeouts',
    'Sizes and counts',
    'Rate limit',
    'Strictness',
    'Upstreams',
    'Journal',
  ]);
});

test('what says something about a guard stands below it, and is named with it', () => {
  expect(branchOf('headTimeoutMs').parts).toContain('headTimeoutStart');
  expect(settingTitle('headTimeoutStart')).toBe('Head timeout: starts at');
  expect(settingTitle('headTimeoutMs')).toBe('Head timeout');
});

describe('what is folded away is told in a few words', () => {
  test.each<[string, PresetName, string]>([
    ['headTimeoutMs', 'bytescope', '408'],
    ['headTimeoutMs', 'nginx', 'accept · close'],
    ['headTimeoutMs', 'haproxy', 'between reads · 408'],
    ['headTimeoutMs', 'apache', 'close · 408'],
    ['minBodyBytesPerSec', 'bytescope', '5 s'],
    ['maxFieldCount', 'node-20', 'drop'],
    ['idleTimeoutMs', 'bytescope', 'close'],
  ])('%s of %s: %s', (name, preset, words) => {
    expect(summary(name, preset)).toBe(words);
  });
});

test('the field and the segments of a bucket count only where they name it', () => {
  const parts = (rateKey: Settings['rateKey']) => partsInForce(branchOf('rateKey'), { ...DEFAULT_SETTINGS, rateKey });
  expect(parts('address')).toEqual([]);
  expect(parts('field')).toEqual(['rateKeyField']);
  expect(parts('target')).toEqual(['rateKeySegments']);
});

test('the owner of a bucket', () => {
  const owner = (rateKey: Settings['rateKey']) => bucketOwner({ rateKey, rateKeyField: 'X-Api-Key' });
  expect([owner('address'), owner('field'), owner('target')]).toEqual([
    'per client address',
    'per X-Api-Key',
    'per target prefix',
  ]);
});
