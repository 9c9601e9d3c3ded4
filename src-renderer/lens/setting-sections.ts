/** The settings as the panel lays them out: sections, guards, and below each guard what else is said about it. */
import type { SettingEntry } from '@contract/setting-entry';
import { settingEntry, SETTING_NAMES, type SettingName, type Settings } from '@contract/settings';
import { TIMEOUTS } from '@contract/setting-tables/timeouts';
import { valuePhrase } from './setting-text';

export type SectionId = 'timeouts' | 'sizes' | 'rate' | 'strictness' | 'upstream' | 'journal';

/** One setting that stands on its own, and those that say something about it. */
export interface Branch {
  readonly name: SettingName;
  readonly parts: readonly SettingName[];
}

export interface Section {
  readonly id: SectionId;
  readonly title: string;
  readonly branches: readonly Branch[];
}

const TITLES: Readonly<Record<SectionId, string>> = {
  timeouts: 'Timeouts',
  sizes: 'Sizes and counts',
  rate: 'Rate limit',
  strictness: 'Strictness',
  upstream: 'Upstreams',
  journal: 'Journal',
};

export const SECTION_IDS = Object.keys(TITLES) as readonly SectionId[];

export function sectionOf(name: SettingName): SectionId {
  const { group } = settingEntry(name);
  if (group !== 'guard') return group;
  return Object.hasOwn(TIMEOUTS, name) ? 'timeouts' : 'sizes';
}

const partsOf = (head: SettingName): readonly SettingName[] =>
  SETTING_NAMES.filter((name) => settingEntry(name).of === head);

export const SECTIONS: readonly Section[] = SECTION_IDS.map((id) => ({
  id,
  title: TITLES[id],
  branches: SETTING_NAMES.filter((name) => sectionOf(name) === id && settingEntry(name).of === undefined).map(
    (name) => ({ name, parts: partsOf(name) }),
  ),
}));

export const sectionTitle = (id: SectionId): string => TITLES[id];

/** All settings of a section. */
export const namesIn = ({ branches }: Section): readonly SettingName[] =>
  branches.flatMap(({ name, parts }) => [name, ...parts]);

const headOf = ({ of }: SettingEntry): SettingEntry | null =>
  of === undefined ? null : settingEntry(of as SettingName);

/** The name of a setting that needs nothing around it: `Head timeout`, `Head timeout: starts at` */
export function settingTitle(name: SettingName): string {
  const entry = settingEntry(name);
  const head = headOf(entry);
  if (head === null) return entry.label;
  return `${head.label}: ${entry.label.charAt(0).toLowerCase()}${entry.label.slice(1)}`;
}

/** Whose bucket a request takes from: `per client address`, `per Authorization`, `per target prefix` */
export function bucketOwner({ rateKey, rateKeyField }: Pick<Settings, 'rateKey' | 'rateKeyField'>): string {
  if (rateKey === 'field') return `per ${rateKeyField}`;
  return rateKey === 'target' ? 'per target prefix' : 'per client address';
}

/** The parts that count as the others stand: a field names the bucket only where the key is one. */
export function partsInForce({ parts }: Branch, { rateKey }: Settings): readonly SettingName[] {
  return parts.filter((name) => {
    if (name === 'rateKeyField') return rateKey === 'field';
    return name !== 'rateKeySegments' || rateKey === 'target';
  });
}

/** One word or two about what a part says; null where that is what anybody would expect. */
function partWord(name: SettingName, values: Settings): string | null {
  const entry = settingEntry(name);
  const value = values[name];
  // What a guard does is worth a word in any case; how it counts only where it is out of the ordinary.
  if (name.startsWith('on')) return String(value);
  return entry.kind === 'choice' && value === entry.default ? null : valuePhrase(entry, value);
}

/** What is folded away below a guard, in a few words: `408`, `accept · close`, `5 s` */
export const partsSummary = (branch: Branch, values: Settings): string =>
  [...new Set(partsInForce(branch, values).flatMap((name) => partWord(name, values) ?? []))].join(' · ');
