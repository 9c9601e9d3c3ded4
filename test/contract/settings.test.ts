import { describe, expect, it } from 'vitest';
import { checkSetting, GUARD_NAMES, guardOf, parseSetting, SETTINGS } from '../../src-main/contract/settings';

describe('the settings table', () => {
  it('finds the guard of every trip code', () => {
    expect(GUARD_NAMES.map((name) => guardOf(SETTINGS[name].trips))).toEqual(GUARD_NAMES);
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
    ['acceptBareLf', 'yes', 'CFG_NOT_A_SWITCH'],
    ['acceptBareLf', 1, 'CFG_NOT_A_SWITCH'],
    ['onHeadTimeout', '409', 'CFG_NOT_A_CHOICE'],
    ['onHeadTimeout', 'constructor', 'CFG_NOT_A_CHOICE'],
    ['onHeadTimeout', null, 'CFG_NOT_A_CHOICE'],
    ['rateKeyField', 'no field', 'CFG_NOT_TEXT'],
    ['rateKeyField', 'a'.repeat(65), 'CFG_NOT_TEXT'],
    ['requestCosts', '', 'CFG_NOT_TEXT'],
    ['requestCosts', 5, 'CFG_NOT_TEXT'],
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
    ['headTimeoutMs', '10s', 10_000],
    ['maxBodyBytes', '64MiB', 64 * 1024 ** 2],
    ['maxBodyBytes', '1.5 kB', 1_500],
    ['maxFieldCount', '1,000', 1_000],
    ['acceptBareLf', 'on', true],
    ['acceptBareLf', 'Off', false],
    ['onHeadTimeout', 'CLOSE', 'close'],
    ['onHeadTimeout', '408', '408'],
    ['requestCosts', ' 1 POST=5 ', '1 POST=5'],
  ] as const)('reads %s=%s', (name, text, value) => {
    expect(parseSetting(name, text)).toEqual({ ok: true, value });
  });

  it.each(['', 'ten', '0x10', '10 KiB', '1-2', 'Infinity', 'undefined'])('refuses "%s" as a number', (text) => {
    expect(parseSetting('headTimeoutMs', text)).toMatchObject({ ok: false, error: { code: 'CFG_NOT_A_NUMBER' } });
  });
});
