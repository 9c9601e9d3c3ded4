import { describe, expect, it } from 'vitest';
import { checkSetting, guardOf, parseSetting, SETTING_NAMES, settingEntry } from '../../src-main/contract/settings';

describe('the settings table', () => {
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
