import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSetting, DEFAULT_SETTINGS, SETTING_NAMES, settingEntry } from '../../src-main/contract/settings';
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

describe('the settings table', () => {
  it('keeps every promised name', () => {
    expect(PROMISED_NAMES.filter((name) => !SETTING_NAMES.some((known) => known === name))).toEqual([]);
  });

  it.each(SETTING_NAMES)('gives %s a default that it would accept itself', (name) => {
    expect(checkSetting(name, DEFAULT_SETTINGS[name])).toMatchObject({ ok: true });
  });

  it.each(SETTING_NAMES)('gives %s a slider within its range that holds the default', (name) => {
    const { min, max, slider, default: preset } = settingEntry(name);
    const [from, to] = slider;
    expect([from >= min, from < to, to <= max]).toEqual([true, true, true]);
    if (preset !== null) expect(preset >= from && preset <= to).toBe(true);
  });

  it.each(SETTING_NAMES)('says of %s what it does and what turning it costs', (name) => {
    const { label, doc, raise, lower } = settingEntry(name);
    expect([label, raise, lower].every((text) => text.length > 0 && !text.endsWith('.'))).toBe(true);
    expect(doc).toMatch(/\.$/);
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
