/**
 * Named sets of settings that make the server behave as a well-known one does on the wire, with a card for each: what
 * it is, where documents and wire differ, and what is not imitated. A preset says all of the guards, the rate limit and
 * the strictness: what it does not name has its default.
 *
 * Measured on Linux loopback, one run each, with the versions the cards name; what was read and not run is said so.
 */
import type { SettingGroup } from './setting-entry';
import {
  DEFAULT_SETTINGS,
  settingEntry,
  SETTING_NAMES,
  type SettingName,
  type Settings,
  type SettingSource,
} from './settings';
import type { Preset } from './preset-entry';
import { APACHE, CADDY, ENVOY, HAPROXY, KESTREL, NGINX, NODE_20, NODE_CURRENT } from './preset-tables';

const BYTESCOPE = {
  label: 'Bytescope',
  doc: 'Our own defaults: strict reading, absolute deadlines, a reply that names the rule wherever one can be sent.',
  values: {},
  differences: [],
  notImitated: [],
  source: 'This program.',
} as const satisfies Preset;

export const PRESETS = {
  bytescope: BYTESCOPE,
  nginx: NGINX,
  apache: APACHE,
  haproxy: HAPROXY,
  'node-20': NODE_20,
  'node-current': NODE_CURRENT,
  kestrel: KESTREL,
  envoy: ENVOY,
  caddy: CADDY,
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];
export const DEFAULT_PRESET: PresetName = 'bytescope';

/** The entry with one type for all presets. */
export const presetEntry = (name: PresetName): Preset => PRESETS[name];
export const isPresetName = (name: string): name is PresetName => Object.hasOwn(PRESETS, name);

const PRESET_GROUPS: ReadonlySet<SettingGroup> = new Set(['guard', 'rate', 'strictness']);

/** Does a preset say what this setting is? */
export const isOfPresets = (name: SettingName): boolean => PRESET_GROUPS.has(settingEntry(name).group);

/** Every setting as the preset has it. */
export const presetSettings = (name: PresetName): Settings =>
  Object.freeze({ ...DEFAULT_SETTINGS, ...presetEntry(name).values });

/** The settings a preset has otherwise than the defaults. */
export const changedBy = (preset: PresetName): readonly SettingName[] => {
  const values = presetSettings(preset);
  return SETTING_NAMES.filter((name) => values[name] !== DEFAULT_SETTINGS[name]);
};

/** The settings in force, the source of each, and the preset they began from. */
export interface SettingsState {
  readonly preset: PresetName;
  readonly values: Settings;
  readonly sources: Readonly<Record<SettingName, SettingSource>>;
}

/** The settings somebody turned away from what the preset has. */
export const turnedFrom = ({ preset, values }: SettingsState): readonly SettingName[] => {
  const own = presetSettings(preset);
  return SETTING_NAMES.filter((name) => isOfPresets(name) && values[name] !== own[name]);
};
