/** Finds settings by the beginnings of words of all that is said about them. */
import type { SettingEntry } from '@contract/setting-entry';
import { settingEntry, SETTING_NAMES, type SettingName } from '@contract/settings';
import { SECTIONS, sectionOf, sectionTitle, settingTitle } from './setting-sections';

function textsOf(entry: SettingEntry): readonly string[] {
  switch (entry.kind) {
    case 'number':
      return [entry.trips ?? ''];
    case 'switch':
      return [entry.risk, entry.lifts?.code ?? ''];
    case 'choice':
      return [
        entry.risk ?? '',
        entry.lifts?.code ?? '',
        ...Object.entries(entry.options).flatMap(([key, { label, doc }]) => [key, label, doc]),
      ];
    case 'text':
      return [entry.default];
  }
}

const wordsIn = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** `maxHeadBytes` is found by `maxh`, `head` and `bytes`. */
const nameWords = (name: SettingName): readonly string[] => [
  name.toLowerCase(),
  ...wordsIn(name.replaceAll(/([A-Z])/g, ' $1')),
];

const WORDS: ReadonlyMap<SettingName, ReadonlySet<string>> = new Map(
  SETTING_NAMES.map((name) => {
    const entry = settingEntry(name);
    const texts = [settingTitle(name), entry.doc, sectionTitle(sectionOf(name)), ...textsOf(entry)];
    return [name, new Set([...nameWords(name), ...texts.flatMap(wordsIn)])];
  }),
);

const fits = (name: SettingName, wanted: readonly string[]): boolean => {
  const words = [...(WORDS.get(name) ?? [])];
  return wanted.every((beginning) => words.some((word) => word.startsWith(beginning)));
};

/** The settings that have words beginning with each word asked for; null where nothing is asked for. */
export function findSettings(text: string): ReadonlySet<SettingName> | null {
  const wanted = wordsIn(text);
  return wanted.length === 0 ? null : new Set(SETTING_NAMES.filter((name) => fits(name, wanted)));
}

/** The sections with what was found in them: a guard is shown with any of its parts, and without the others. */
export const sectionsWith = (found: ReadonlySet<SettingName>) =>
  SECTIONS.map((section) => ({
    ...section,
    branches: section.branches.flatMap(({ name, parts }) => {
      const kept = parts.filter((part) => found.has(part));
      return found.has(name) || kept.length > 0 ? [{ name, parts: kept }] : [];
    }),
  })).filter(({ branches }) => branches.length > 0);
