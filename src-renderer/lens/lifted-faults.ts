/** Which setting would have let through what strict reading refused. */
import { errorEntry, type ErrorCode } from '@contract/errors';
import type { Lift } from '@contract/setting-entry';
import { settingEntry, SETTING_NAMES, type SettingName, type Settings } from '@contract/settings';
import { sectionOf, sectionTitle } from './setting-sections';
import { valuePhrase } from './setting-text';

const liftOf = (name: SettingName): Lift | null => {
  const entry = settingEntry(name);
  return (entry.kind === 'switch' || entry.kind === 'choice' ? entry.lifts : undefined) ?? null;
};

/** The sentence of the catalogue for what the setting lets through; null where it is no tolerance. */
export function liftedBy(name: SettingName): string | null {
  const lift = liftOf(name);
  return lift === null ? null : errorEntry(lift.code).title;
}

export interface WayOut {
  readonly name: SettingName;
  /** `Strictness › Bare LF ends a line` */
  readonly place: string;
  /** `would let it through`, `lets it through where all are equal; it is on now` */
  readonly effect: string;
}

/** The settings that keep this fault from happening, with what is to be known of each as it stands now. */
export function waysOut(code: ErrorCode, values: Settings): readonly WayOut[] {
  return SETTING_NAMES.flatMap((name) => {
    const lift = liftOf(name);
    if (lift?.code !== code) return [];
    const entry = settingEntry(name);
    const isStrict = values[name] === entry.default;
    const where = lift.when === undefined ? '' : ` ${lift.when}`;
    return {
      name,
      place: `${sectionTitle(sectionOf(name))} › ${entry.label}`,
      effect: isStrict
        ? `would let it through${where}`
        : `lets it through${where}: it is ${valuePhrase(entry, values[name])} now`,
    };
  });
}

/** The same as sentences, for where nothing can be clicked. */
export const wayOutSentences = (code: ErrorCode, values: Settings): readonly string[] =>
  waysOut(code, values).map(({ place, effect }) => `${place} ${effect}.`);
