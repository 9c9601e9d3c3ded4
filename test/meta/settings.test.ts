import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isOfPresets, PRESET_NAMES, presetEntry, presetSettings } from '../../src-main/contract/presets';
import type { SettingEntry } from '../../src-main/contract/setting-entry';
import {
  checkSetting,
  DEFAULT_SETTINGS,
  NUMBER_NAMES,
  numberEntry,
  SETTING_NAMES,
  settingEntry,
} from '../../src-main/contract/settings';
import { settingsBlock, settingsBlockOf, withSettingsBlock } from './readme-settings';
import { ROOT } from './source-files';

/** Names people put in scripts and files: they are permanent. */
const PROMISED_NAMES = [
  'headTimeoutMs',
  'bodyTimeoutMs',
  'idleTimeoutMs',
  'minBodyBytesPerSec',
  'maxHeadBytes',
  'maxFieldCount',
  'maxTargetBytes',
  'maxBodyBytes',
  'maxConnections',
  'maxConnectionsPerClient',
  'maxRequestsPerConnection',
  'bucketCapacity',
  'bucketRefillPerSec',
  'retentionBytes',
];

function costTexts(entry: SettingEntry): readonly string[] {
  if (entry.kind === 'number') return [entry.raise, entry.lower];
  if (entry.kind === 'switch') return [entry.risk];
  return entry.kind === 'choice' ? Object.values(entry.options).flatMap(({ label, doc }) => [label, doc]) : [];
}

describe('the settings table', () => {
  it('keeps every promised name', () => {
    expect(PROMISED_NAMES.filter((name) => !SETTING_NAMES.some((known) => known === name))).toEqual([]);
  });

  it.each(SETTING_NAMES)('gives %s a default that it would accept itself', (name) => {
    expect(checkSetting(name, DEFAULT_SETTINGS[name])).toMatchObject({ ok: true });
  });

  it.each(NUMBER_NAMES)('gives %s a slider within its range that holds the default', (name) => {
    const { min, max, slider, default: preset } = numberEntry(name);
    const [from, to] = slider;
    expect([from >= min, from < to, to <= max]).toEqual([true, true, true]);
    if (preset !== null) expect(preset >= from && preset <= to).toBe(true);
  });

  it.each(SETTING_NAMES)('says of %s what it does and what turning it costs', (name) => {
    const entry = settingEntry(name);
    const costs = costTexts(entry);
    expect([entry.label, ...costs].every((text) => text.length > 0 && !text.endsWith('.'))).toBe(true);
    expect(entry.doc).toMatch(/\.$/);
  });

  it.each(SETTING_NAMES)('shows %s below a guard that is in its own group, if below one', (name) => {
    const { of, group } = settingEntry(name);
    const above = SETTING_NAMES.find((other) => other === of);
    expect(above === undefined ? of : settingEntry(above).group).toBe(of === undefined ? undefined : group);
  });

  it('writes down the risk of every tolerance', () => {
    const silent = SETTING_NAMES.map(settingEntry).filter((entry) => entry.kind === 'switch' && entry.risk.length < 10);
    expect(silent).toEqual([]);
  });
});

describe('the presets', () => {
  const cases = PRESET_NAMES.flatMap((preset) =>
    Object.keys(presetEntry(preset).values).map((name) => ({ preset, name: name as (typeof SETTING_NAMES)[number] })),
  );

  it.each(cases)('$preset: $name has a value its own row accepts', ({ preset, name }) => {
    expect(checkSetting(name, presetSettings(preset)[name])).toMatchObject({ ok: true });
    expect(isOfPresets(name)).toBe(true);
  });

  it.each(PRESET_NAMES.filter((name) => name !== 'bytescope'))('%s has a card', (name) => {
    const { doc, differences, notImitated, source } = presetEntry(name);
    const texts = [doc, source, ...notImitated, ...differences.flatMap(({ documents, wire }) => [documents, wire])];
    expect(texts.filter((text) => !/[.)]$/.test(text))).toEqual([]);
    expect(differences.length).toBeGreaterThan(0);
  });
});

describe('the settings in the README', () => {
  const path = join(ROOT, 'README.md');

  it('are those of the table (UPDATE_README=1 writes them)', () => {
    expect(existsSync(path), 'there is no README.md').toBe(true);
    if (process.env['UPDATE_README'] === '1') writeFileSync(path, withSettingsBlock(readFileSync(path, 'utf8')));
    const block = settingsBlockOf(readFileSync(path, 'utf8'));
    expect(block, 'README.md lacks <!-- settings:begin --> and <!-- settings:end -->').not.toBeNull();
    expect(block).toBe(settingsBlock());
  });
});
