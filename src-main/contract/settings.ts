/**
 * The settings table: everything a person may turn, declared once, by topic in `setting-tables`. The `Settings` type,
 * the validation, the command-line flags, the limits panel, the presets and the README table all derive from it.
 *
 * `null` is off; an absent value is the default; 0 is a number like any other and is refused below `min`.
 */
import { fail, type ErrorCode, type Result } from './errors';
import { checkEntry, readEntry, type NumberSetting, type SettingEntry, type SettingValue } from './setting-entry';
import { JOURNAL } from './setting-tables/journal';
import { RATE } from './setting-tables/rate';
import { SIZES } from './setting-tables/sizes';
import { STRICTNESS } from './setting-tables/strictness';
import { TIMEOUTS } from './setting-tables/timeouts';
import { UPSTREAM } from './setting-tables/upstream';

export const SETTINGS = { ...TIMEOUTS, ...SIZES, ...RATE, ...STRICTNESS, ...UPSTREAM, ...JOURNAL } as const;

type Table = typeof SETTINGS;
export type SettingName = keyof Table;

type ValueOf<Entry> = Entry extends { kind: 'number' }
  ? Entry extends { offable: true }
    ? number | null
    : number
  : Entry extends { kind: 'switch' }
    ? boolean
    : Entry extends { kind: 'choice'; options: infer Options }
      ? keyof Options & string
      : string;

/** A value for every setting; `null` only where the setting may be off. */
export type Settings = { readonly [Name in SettingName]: ValueOf<Table[Name]> };

/** Values for some of them: what a file, the flags or a preset say. */
export type SomeSettings = { readonly [Name in SettingName]?: Settings[Name] };

export type NumberName = { [Name in SettingName]: Table[Name]['kind'] extends 'number' ? Name : never }[SettingName];

/** A guard is a setting that can trip. */
export type GuardName = {
  [Name in NumberName]: Table[Name] extends { trips: null } ? never : Name;
}[NumberName];

/** Where a value in force came from; the later one wins. */
export type SettingSource = 'default' | 'preset' | 'file' | 'flag' | 'panel';

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** The entry with one type for all settings, for code that walks the table. */
export const settingEntry = (name: SettingName): SettingEntry => SETTINGS[name];
export const numberEntry = (name: NumberName): NumberSetting => SETTINGS[name];

const isNumberName = (name: SettingName): name is NumberName => SETTINGS[name].kind === 'number';
export const NUMBER_NAMES = SETTING_NAMES.filter(isNumberName);

/** The settings that are guards, in the order of the table. */
export const GUARD_NAMES = NUMBER_NAMES.filter((name) => SETTINGS[name].trips !== null) as readonly GuardName[];

const GUARDS_BY_CODE: ReadonlyMap<ErrorCode | null, GuardName> = new Map(
  GUARD_NAMES.map((name) => [SETTINGS[name].trips, name]),
);

/** The guard that trips with this code; null for a code that is not a trip of a setting. */
export const guardOf = (code: ErrorCode): GuardName | null => GUARDS_BY_CODE.get(code) ?? null;

export const isSettingName = (name: string): name is SettingName => Object.hasOwn(SETTINGS, name);

export const DEFAULT_SETTINGS: Settings = Object.freeze(
  Object.fromEntries(SETTING_NAMES.map((name) => [name, SETTINGS[name].default])) as unknown as Settings,
);

/**
 * Checks one value against its row, as it came from the panel or a file.
 * Fails with a `CFG_` code whose detail names the setting, the value and what it takes.
 */
export function checkSetting(name: string, value: unknown): Result<SettingValue> {
  if (!isSettingName(name)) return fail('CFG_UNKNOWN_SETTING', { name: name.slice(0, 100) });
  return checkEntry(name, settingEntry(name), value);
}

/**
 * Reads one value as a person types it: `10s`, `16KiB`, `off`, `on`, one of the choices, text. A number alone is in
 * the unit with the suffix `bareSuffix`; where that is left out, in the unit of the table.
 */
export function parseSetting(name: string, text: string, bareSuffix?: string): Result<SettingValue> {
  if (!isSettingName(name)) return fail('CFG_UNKNOWN_SETTING', { name: name.slice(0, 100) });
  return readEntry(name, settingEntry(name), text, bareSuffix);
}

/** The settings with one value replaced; the result is frozen. */
export const withSetting = <Name extends SettingName>(
  settings: Settings,
  name: Name,
  value: Settings[Name],
): Settings => Object.freeze({ ...settings, [name]: value });
