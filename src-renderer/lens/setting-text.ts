/** A setting as it is written in its box, its row and in sentences. */
import { describe, type Failure } from '@contract/errors';
import type { SettingEntry, SettingValue } from '@contract/setting-entry';
import { settingEntry, type SettingName } from '@contract/settings';
import type { Unit } from '@contract/units';
import { unitFor } from './units';

export interface SettingText {
  /** `16`, `off` */
  readonly number: string;
  /** `KiB`; empty where there is none. */
  readonly unit: string;
}

const written = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });

export function settingText(unit: Unit, value: number | null): SettingText {
  if (value === null) return { number: 'off', unit: '' };
  const { suffix, factor } = unitFor(unit, value);
  return { number: written.format(value / factor), unit: suffix };
}

/** `16 KiB`, `10 s`, `50/s`, `off` */
export function settingPhrase(unit: Unit, value: number | null): string {
  const text = settingText(unit, value);
  return text.unit === '' || text.unit.startsWith('/') ? text.number + text.unit : `${text.number} ${text.unit}`;
}

/** A value of any kind of setting: `10 s`, `off`, `on`, `close silently`, `Authorization`. */
export function valuePhrase(entry: SettingEntry, value: SettingValue): string {
  if (entry.kind === 'number' && (value === null || typeof value === 'number')) return settingPhrase(entry.unit, value);
  if (entry.kind === 'choice') return entry.options[String(value)]?.label ?? String(value);
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}

const SPOKEN_AMOUNTS: ReadonlySet<string> = new Set(['value', 'min', 'max', 'example']);

/** Why a value was refused, with the setting's label and its amounts as the panel writes them. */
export function settingProblem(name: SettingName, failure: Failure): string {
  const entry = settingEntry(name);
  const spoken = Object.entries(failure.detail ?? {}).map(([key, value]) =>
    SPOKEN_AMOUNTS.has(key) && typeof value === 'number' ? [key, valuePhrase(entry, value)] : [key, value],
  );
  const detail: NonNullable<Failure['detail']> = { ...Object.fromEntries(spoken), name: entry.label };
  const { title, hint } = describe({ ...failure, detail });
  if (failure.code === 'CFG_NOT_A_NUMBER') return `${title} Write, for example, ${detail['example']}.`;
  // Its hint is for the command line; the reason in the title says what the text should be.
  return failure.code === 'CFG_NOT_TEXT' ? title : `${title} ${hint}`;
}
