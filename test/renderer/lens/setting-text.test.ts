import { NUMBER_NAMES, numberEntry, parseSetting, settingEntry } from '@contract/settings';
import { describe, expect, test } from 'vitest';
import { settingPhrase, settingProblem, settingText, valuePhrase } from '../../../src-renderer/lens/setting-text';

describe('what a box shows', () => {
  test.each([
    ['ms', 10_000, '10', 's'],
    ['ms', 250, '250', 'ms'],
    ['ms', 90_000, '90', 's'],
    ['ms', 3_600_000, '1', 'h'],
    ['bytes', 16_384, '16', 'KiB'],
    ['bytes', 8_000, '8,000', 'B'],
    ['bytes', 10_485_760, '10', 'MiB'],
    ['bytesPerSec', 240, '240', 'B/s'],
    ['count', 1_024, '1,024', ''],
    ['perSec', 0.5, '0.5', '/s'],
    ['ms', null, 'off', ''],
  ] as const)('%s %s is %s %s', (unit, value, number, suffix) => {
    expect(settingText(unit, value)).toEqual({ number, unit: suffix });
  });

  test('a phrase has a space before a word and none before a slash', () => {
    expect([settingPhrase('bytes', 16_384), settingPhrase('perSec', 50), settingPhrase('ms', null)]).toEqual([
      '16 KiB',
      '50/s',
      'off',
    ]);
  });
});

test.each([
  ['headTimeoutMs', 60_000, '60 s'],
  ['headTimeoutMs', null, 'off'],
  ['acceptBareLf', true, 'on'],
  ['acceptBareLf', false, 'off'],
  ['onHeadTimeout', 'close', 'close silently'],
  ['rateKeyField', 'X-Api-Key', 'X-Api-Key'],
] as const)('%s as %s is said as "%s"', (name, value, phrase) => {
  expect(valuePhrase(settingEntry(name), value)).toBe(phrase);
});

describe('what is typed', () => {
  test.each([
    ['headTimeoutMs', '10s', 's', 10_000],
    ['headTimeoutMs', '500 ms', 's', 500],
    ['headTimeoutMs', '2', 's', 2_000],
    ['headTimeoutMs', '1.5', 's', 1_500],
    ['headTimeoutMs', '1min', 's', 60_000],
    ['headTimeoutMs', 'off', 's', null],
    ['maxHeadBytes', '16kB', 'KiB', 16_000],
    ['maxHeadBytes', '16 KiB', 'B', 16_384],
    ['maxHeadBytes', '8k', 'B', 8_192],
    ['maxHeadBytes', '1,024', 'B', 1_024],
    ['minBodyBytesPerSec', '1 KiB/s', 'B/s', 1_024],
    ['minBodyBytesPerSec', '10kB/s', 'B/s', 10_000],
    ['maxConnections', '2k', '', 2_000],
    ['bucketRefillPerSec', '0.5/s', '/s', 0.5],
    ['bucketRefillPerSec', '.5', '/s', 0.5],
  ] as const)('%s takes %s', (name, text, unit, value) => {
    expect(parseSetting(name, text, unit)).toEqual({ ok: true, value });
  });

  test.each([
    ['headTimeoutMs', 'soon', 'CFG_NOT_A_NUMBER'],
    ['headTimeoutMs', '10 kB', 'CFG_NOT_A_NUMBER'],
    ['headTimeoutMs', '-', 'CFG_NOT_A_NUMBER'],
    ['headTimeoutMs', '1ms', 'CFG_TOO_SMALL'],
    ['headTimeoutMs', '5h', 'CFG_TOO_LARGE'],
    ['maxConnections', '2.5', 'CFG_NOT_WHOLE'],
    ['maxHeadBytes', 'off', 'CFG_NOT_OFFABLE'],
  ] as const)('%s refuses %s', (name, text, code) => {
    expect(parseSetting(name, text, settingText(numberEntry(name).unit, numberEntry(name).default).unit)).toMatchObject(
      { ok: false, error: { code } },
    );
  });

  test('every default is read back as it is written', () => {
    for (const name of NUMBER_NAMES) {
      const { unit, default: value } = numberEntry(name);
      const shown = settingText(unit, value);
      expect(parseSetting(name, shown.number, shown.unit)).toEqual({ ok: true, value });
      expect(parseSetting(name, settingPhrase(unit, value), shown.unit)).toEqual({ ok: true, value });
    }
  });
});

describe('a refusal', () => {
  test.each([
    ['garbage', 'Head timeout takes a number, not "garbage". Write, for example, 10 s.'],
    ['2h', 'Head timeout cannot be 2 h: it ends at 1 h. Choose a number from 10 ms to 1 h.'],
  ])('of %s speaks as the panel does', (typed, sentence) => {
    const read = parseSetting('headTimeoutMs', typed, 's');
    expect(read.ok ? null : settingProblem('headTimeoutMs', read.error)).toBe(sentence);
  });
});
