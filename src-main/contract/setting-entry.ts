/** The kinds of settings: how each is declared, checked, and read from what a person types. */
import { fail, ok, type ErrorCode, type Result } from './errors';
import { readAmount, UNIT_STEPS, type Unit } from './units';

export type SettingGroup = 'guard' | 'rate' | 'strictness' | 'upstream' | 'journal';

/** `null` is off. */
export type SettingValue = number | string | boolean | null;

interface Entry {
  readonly group: SettingGroup;
  readonly label: string;
  readonly doc: string;
  /** The guard this setting says something about: it is shown below that one. Absent: it stands on its own. */
  readonly of?: string;
}

export interface NumberSetting extends Entry {
  readonly kind: 'number';
  readonly unit: Unit;
  readonly default: number | null;
  readonly min: number;
  readonly max: number;
  /** The range of the slider, where the useful values lie; the number box takes min to max. */
  readonly slider: readonly [from: number, to: number];
  /** May a fraction be given? */
  readonly fractional: boolean;
  /** May it be null, that is, off? */
  readonly offable: boolean;
  /** What a trip of this guard is called; null where the setting is not a guard. */
  readonly trips: ErrorCode | null;
  /** The cost of raising it. */
  readonly raise: string;
  /** The cost of lowering it. */
  readonly lower: string;
}

/** The fault that another value than the strict one keeps from happening. */
export interface Lift {
  readonly code: ErrorCode;
  /** Where it does so for some of the cases alone: which, as the rest of a sentence. */
  readonly when?: string;
}

/** Lets through what strict reading refuses; `risk` is what that opens the door to. */
export interface SwitchSetting extends Entry {
  readonly kind: 'switch';
  readonly default: boolean;
  readonly lifts?: Lift;
  readonly risk: string;
}

export interface Option {
  readonly label: string;
  readonly doc: string;
}

export interface ChoiceSetting extends Entry {
  readonly kind: 'choice';
  readonly default: string;
  readonly options: Readonly<Record<string, Option>>;
  readonly lifts?: Lift;
  /** What another choice than the default opens the door to; absent where every choice is as safe. */
  readonly risk?: string;
}

export interface TextSetting extends Entry {
  readonly kind: 'text';
  readonly default: string;
  readonly maxLength: number;
  /** Why the text cannot be taken, as the rest of a sentence that begins with "it"; null where it can. */
  readonly problem: (text: string) => string | null;
}

export type SettingEntry = NumberSetting | SwitchSetting | ChoiceSetting | TextSetting;

/** How much of a refused value is repeated. */
const MAX_TOLD_CHARACTERS = 100;
const told = (value: unknown): string => String(value).slice(0, MAX_TOLD_CHARACTERS);

function checkNumber(name: string, entry: NumberSetting, value: unknown): Result<SettingValue> {
  const { min, max, offable, fractional, default: example } = entry;
  const range = { name, min, max };
  if (value === null) return offable ? ok(null) : fail('CFG_NOT_OFFABLE', range);
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return fail('CFG_NOT_A_NUMBER', { name, value: told(value), example: example ?? min });
  }
  if (!fractional && !Number.isInteger(value)) return fail('CFG_NOT_WHOLE', { name, value });
  if (value < min) return fail('CFG_TOO_SMALL', { ...range, value });
  if (value > max) return fail('CFG_TOO_LARGE', { ...range, value });
  return ok(value);
}

function checkChoice(name: string, choices: readonly string[], value: unknown): Result<SettingValue> {
  if (typeof value === 'string' && choices.includes(value)) return ok(value);
  return fail('CFG_NOT_A_CHOICE', { name, value: told(value), choices: choices.join(', ') });
}

function checkText(name: string, entry: TextSetting, value: unknown): Result<SettingValue> {
  if (typeof value !== 'string') return fail('CFG_NOT_TEXT', { name, reason: 'it is not text' });
  const reason =
    value.length > entry.maxLength ? `it is longer than ${entry.maxLength} characters` : entry.problem(value);
  return reason === null ? ok(value) : fail('CFG_NOT_TEXT', { name, reason });
}

/** Checks one value as it came from the panel, a file or a flag. Fails with a `CFG_` code that names the setting. */
export function checkEntry(name: string, entry: SettingEntry, value: unknown): Result<SettingValue> {
  switch (entry.kind) {
    case 'number':
      return checkNumber(name, entry, value);
    case 'switch':
      return typeof value === 'boolean' ? ok(value) : fail('CFG_NOT_A_SWITCH', { name, value: told(value) });
    case 'choice':
      return checkChoice(name, Object.keys(entry.options), value);
    case 'text':
      return checkText(name, entry, value);
  }
}

const SWITCH_WORDS: Readonly<Record<string, boolean>> = {
  on: true,
  yes: true,
  true: true,
  off: false,
  no: false,
  false: false,
};

/**
 * Reads one value as a person types it: `10s`, `16KiB`, `1e4`, `off`; `on`; one of the choices; text. A number alone is
 * in the unit with the suffix `bareSuffix`, the first one of the table where it is left out.
 */
export function readEntry(name: string, entry: SettingEntry, text: string, bareSuffix?: string): Result<SettingValue> {
  const trimmed = text.trim();
  const word = trimmed.toLowerCase();
  if (entry.kind === 'text') return checkEntry(name, entry, trimmed);
  if (entry.kind === 'choice') return checkEntry(name, entry, word);
  if (entry.kind === 'switch') {
    return checkEntry(name, entry, Object.hasOwn(SWITCH_WORDS, word) ? SWITCH_WORDS[word] : trimmed);
  }
  if (['off', 'none', 'null', '∞'].includes(word)) return checkEntry(name, entry, null);
  const amount = readAmount(entry.unit, trimmed, bareSuffix ?? UNIT_STEPS[entry.unit][0].suffix);
  if (amount === null) return checkEntry(name, entry, trimmed);
  // 0.1 KiB is no whole number of bytes, and nobody means it to be.
  const value = entry.fractional || amount.factor === 1 ? amount.value : Math.round(amount.value);
  return checkEntry(name, entry, value);
}
