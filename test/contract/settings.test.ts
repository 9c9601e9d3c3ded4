import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../src-main/contract/errors';
import {
  checkSetting,
  DEFAULT_SETTINGS,
  guardOf,
  parseSetting,
  SETTING_NAMES,
  settingEntry,
} from '../../src-main/contract/settings';

describe('the settings table', () => {
  it.each(SETTING_NAMES)('accepts its own default for %s', (name) => {
    expect(checkSetting(name, DEFAULT_SETTINGS[name])).toEqual({ ok: true, value: DEFAULT_SETTINGS[name] });
  });

  it.each(SETTING_NAMES)('keeps the slider of %s within its range', (name) => {
    const { min, max, slider } = settingEntry(name);
    expect([min <= slider[0], slider[0] < slider[1], slider[1] <= max]).toEqual([true, true, true]);
  });

  it('finds the guard of every trip code', () => {
    const guards = SETTING_NAMES.filter((name) => settingEntry(name).trips !== null);
    expect(guards.map((name) => guardOf(settingEntry(name).trips ?? 'BUG_INVARIANT'))).toEqual(guards);
  });
});

describe('checkSetting', () => {
  it.each([
    ['headTimeoutMs', 5, 'CFG_TOO_SMALL'],
    ['headTimeoutMs', 1e12, 'CFG_TOO_LARGE'],
    ['headTimeoutMs', 10.5, 'CFG_NOT_WHOLE'],
    ['headTimeoutMs', '500', 'CFG_NOT_A_NUMBER'],
    ['headTimeoutMs', Number.NaN, 'CFG_NOT_A_NUMBER'],
    ['maxHeadBytes', null, 'CFG_NOT_OFFABLE'],
    ['noSuchSetting', 1, 'CFG_UNKNOWN_SETTING'],
    ['__proto__', 1, 'CFG_UNKNOWN_SETTING'],
  ] as const)('refuses %s = %s with %s', (name, value, code) => {
    expect(checkSetting(name, value)).toMatchObject({ ok: false, error: { code } });
  });

  it('takes null as off where a setting may be off', () => {
    expect(checkSetting('headTimeoutMs', null)).toEqual({ ok: true, value: null });
  });

  it('takes 0 as a number', () => {
    expect(checkSetting('maxBodyBytes', 0)).toEqual({ ok: true, value: 0 });
  });
});

describe('parseSetting', () => {
  it.each([
    ['bucketRefillPerSec', '0.5', 0.5],
    ['headTimeoutMs', ' 1e4 ', 10_000],
    ['headTimeoutMs', 'off', null],
    ['bucketCapacity', 'null', null],
  ] as const)('reads %s=%s', (name, text, value) => {
    expect(parseSetting(name, text)).toEqual({ ok: true, value });
  });

  it.each(['', 'ten', '0x10', '10s', 'Infinity', 'undefined'])('refuses "%s" as a number', (text) => {
    expect(parseSetting('headTimeoutMs', text)).toMatchObject({ ok: false, error: { code: 'CFG_NOT_A_NUMBER' } });
  });
});

it('gives every guard a code of the catalogue', () => {
  for (const name of SETTING_NAMES) {
    const { trips } = settingEntry(name);
    expect(trips === null || trips in ERRORS).toBe(true);
  }
});
