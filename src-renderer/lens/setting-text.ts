/** A setting as it is written in its number box, and read back from it. */
import { describe, fail, type Failure, type Result } from '@contract/errors';
import { checkSetting, settingEntry, type SettingName, type Unit } from '@contract/settings';
import { UNIT_STEPS, unitFor } from './units';

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

/** What else people write than the suffixes shown. Decimal byte units are decimal. */
const ALIASES: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  ms: { m: 60_000, sec: 1_000, hr: 3_600_000 },
  bytes: { k: 1_024, m: 1_024 ** 2, g: 1_024 ** 3, kb: 1e3, mb: 1e6, gb: 1e9 },
  bytesPerSec: {
    k: 1_024,
    m: 1_024 ** 2,
    kb: 1e3,
    mb: 1e6,
    gb: 1e9,
    b: 1,
    kib: 1_024,
    mib: 1_024 ** 2,
    'kb/s': 1e3,
    'mb/s': 1e6,
  },
  count: { k: 1e3, m: 1e6 },
  perSec: { k: 1e3, 'k/s': 1e3 },
};

function factorOf(unit: Unit, suffix: string): number | undefined {
  const wanted = suffix.toLowerCase();
  return UNIT_STEPS[unit].find((step) => step.suffix.toLowerCase() === wanted)?.factor ?? ALIASES[unit][wanted];
}

/**
 * Reads what was typed: `10s`, `16 KiB`, `16kB`, `1,024`, `off`. A number alone is in the unit the box shows.
 * Fails as the engine would, so that both give the same sentence.
 */
export function readSetting(name: SettingName, text: string, shownUnit: string): Result<number | null> {
  const trimmed = text.trim();
  if (/^(off|none|null|∞)$/i.test(trimmed)) return checkSetting(name, null);
  const { unit, default: example, min, fractional } = settingEntry(name);
  const parts = /^([+-]?[\d,_ ]*\.?\d+(?:e\d+)?)\s*([a-z/]*)$/i.exec(trimmed);
  const factor = parts === null ? undefined : factorOf(unit, parts[2] === '' ? shownUnit : (parts[2] ?? ''));
  if (parts === null || factor === undefined) {
    return fail('CFG_NOT_A_NUMBER', { name, value: trimmed.slice(0, 100), example: example ?? min });
  }
  const value = Number((parts[1] ?? '').replaceAll(/[,_ ]/g, '')) * factor;
  // 0.1 KiB is no whole number of bytes, and nobody means it to be.
  return checkSetting(name, fractional || factor === 1 ? value : Math.round(value));
}

const SPOKEN_AMOUNTS: ReadonlySet<string> = new Set(['value', 'min', 'max', 'example']);

/** Why a value was refused, with the setting's label and its amounts as the panel writes them. */
export function settingProblem(name: SettingName, failure: Failure): string {
  const { label, unit } = settingEntry(name);
  const spoken = Object.entries(failure.detail ?? {}).map(([key, value]) =>
    SPOKEN_AMOUNTS.has(key) && typeof value === 'number' ? [key, settingPhrase(unit, value)] : [key, value],
  );
  const detail: NonNullable<Failure['detail']> = { ...Object.fromEntries(spoken), name: label };
  const { title, hint } = describe({ ...failure, detail });
  return failure.code === 'CFG_NOT_A_NUMBER'
    ? `${title} Write, for example, ${detail['example']}.`
    : `${title} ${hint}`;
}
