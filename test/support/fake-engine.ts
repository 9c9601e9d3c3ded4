/** Answers the page's calls from scripted data, as far as a picture of the page needs it. */
import { fail, ok, type Result } from '@contract/errors';
import type { FeedBatch, FeedSnapshot } from '@contract/feed';
import { isPresetName, presetEntry, presetSettings, type PresetName, type SettingsState } from '@contract/presets';
import { asFailure } from '@contract/proxy-mistakes';
import { configOfUrls, readProxyConfig } from '@contract/proxy-reading';
import type { ProxyChange, ProxyState } from '@contract/proxy-state';
import type { SettingValue } from '@contract/setting-entry';
import { checkSetting, SETTING_NAMES, withSetting, type SettingName, type SettingSource } from '@contract/settings';
import { FakeTransport } from './fake-transport';
import { LOCAL_CA } from './proxy-views';
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
      'proxy.change': (change) => this.#changeProxy(change),
      'proxy.place': ({ upstream, server }) => {
        const isKnown = this.snapshot.upstreams.some(
          (view) => view.upstream === upstream && view.servers.some((one) => one.server === server),
        );
        return isKnown ? ok(null) : fail('CALL_NO_SERVER', { upstream, server });
      },
      'proxy.ca': () => ok(LOCAL_CA),
      'listener.stop': () => ok({ state: 'stopped', host: '127.0.0.1', port: 8080 }),
    });
  }

  /** Pushes the next batch of the feed. */
  push(batch: Omit<FeedBatch, 'sequence'>): void {
    this.transport.push('feed', { ...batch, sequence: ++this.#sequence });
  }

  /** As the engine does it: all of it or nothing. */
  #changeProxy({ mode, config, configPath, upstreams, tunnelTo, forward, tls }: ProxyChange): Result<ProxyState> {
    const before = this.snapshot.proxy;
    if (configPath !== undefined) return fail('CFG_PROXY_FILE', { path: configPath, reason: 'no such file' });
    const read =
      config !== undefined ? readProxyConfig(config) : upstreams === undefined ? null : configOfUrls(upstreams);
    if (read?.ok === false) return { ok: false, error: asFailure(read.mistakes) };
    const after: ProxyState = {
      ...before,
      mode: mode ?? before.mode,
      config: read?.value ?? before.config,
      tunnelTo: tunnelTo ?? before.tunnelTo,
      forward: { ...before.forward, ...JSON.parse(JSON.stringify(forward ?? {})) },
      tls: tls ?? before.tls,
    };
    if (after.mode === 'reverse' && after.config === null)
      return fail('CFG_MODE_NEEDS', { mode: 'reverse', what: 'upstreams' });
    this.snapshot = { ...this.snapshot, proxy: after };
    return ok(after);
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
