/** Answers the page's calls from scripted data, as far as a picture of the page needs it. */
import { fail, ok } from '@contract/errors';
import type { FeedBatch, FeedSnapshot } from '@contract/feed';
import { isPresetName, presetEntry, presetSettings, type PresetName, type SettingsState } from '@contract/presets';
import type { SettingValue } from '@contract/setting-entry';
import { checkSetting, SETTING_NAMES, withSetting, type SettingName, type SettingSource } from '@contract/settings';
import { FakeTransport } from './fake-transport';
import { makeSnapshot, settingsState } from './rows';

export class FakeEngine {
  readonly transport: FakeTransport;
  snapshot: FeedSnapshot;
  #sequence: number;
  #settings: SettingsState;

  constructor(snapshot: FeedSnapshot = makeSnapshot()) {
    this.snapshot = snapshot;
    this.#sequence = snapshot.sequence;
    this.#settings = snapshot.settings;
    this.transport = new FakeTransport({
      'feed.snapshot': () => ok({ ...this.snapshot, sequence: this.#sequence, settings: this.#settings }),
      'feed.acknowledge': () => ok(null),
      'connections.clear': () => ok(null),
      'settings.set': ({ name, value }) => {
        const checked = checkSetting(name, value);
        return checked.ok ? ok(this.#put(name as SettingName, checked.value, 'panel')) : checked;
      },
      'settings.reset': ({ name }) => {
        const { preset } = this.#settings;
        if (name === null) return ok((this.#settings = presetState(preset)));
        return ok(this.#put(name as SettingName, presetSettings(preset)[name as SettingName], 'default'));
      },
      'settings.preset': ({ name }) =>
        isPresetName(name) ? ok((this.#settings = presetState(name))) : fail('CFG_UNKNOWN_PRESET', { name }),
      'listener.start': ({ host, port }) => ok({ state: 'listening', host, port: port || 40_000, family: 'IPv4' }),
      'listener.stop': () => ok({ state: 'stopped', host: '127.0.0.1', port: 8080 }),
    });
  }

  /** Pushes the next batch of the feed. */
  push(batch: Omit<FeedBatch, 'sequence'>): void {
    this.transport.push('feed', { ...batch, sequence: ++this.#sequence });
  }

  #put(name: SettingName, value: SettingValue, source: SettingSource): SettingsState {
    const { values, sources } = this.#settings;
    return (this.#settings = {
      ...this.#settings,
      values: withSetting(values, name, value),
      sources: { ...sources, [name]: source },
    });
  }
}

/** The settings as a preset has them, with nothing turned. */
function presetState(preset: PresetName): SettingsState {
  const { sources } = settingsState();
  const named = SETTING_NAMES.filter((name) => name in presetEntry(preset).values);
  return {
    preset,
    values: presetSettings(preset),
    sources: { ...sources, ...Object.fromEntries(named.map((name) => [name, 'preset'])) },
  };
}
