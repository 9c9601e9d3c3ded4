/**
 * An engine without a server, for tests of what carries calls and topics: it records the calls it gets, answers from
 * scripted handlers, and pushes what a test tells it to.
 */
import { dispatch, type CallHandlers, type CallName } from '../../src-main/contract/calls';
import type { ConnectionDetail, ConnectionRow } from '../../src-main/contract/connections';
import type { Engine } from '../../src-main/contract/engine';
import { fail, ok, type Failure, type Result } from '../../src-main/contract/errors';
import type { Fact } from '../../src-main/contract/facts';
import type { FeedBatch, FeedSnapshot, ListenerState } from '../../src-main/contract/feed';
import { isPresetName, presetSettings, type SettingsState } from '../../src-main/contract/presets';
import { DEFAULT_PROXY_STATE, type ProxyState } from '../../src-main/contract/proxy-state';
import type { SettingValue } from '../../src-main/contract/setting-entry';
import { checkSetting, isSettingName, withSetting } from '../../src-main/contract/settings';
import { FIRST_STATS } from '../../src-renderer/model/first-state';
import type { RecordedCall } from './fake-transport';
import { settingsState } from './rows';

export class ScriptedEngine implements Engine {
  readonly calls: RecordedCall[] = [];
  readonly journalPath = '/tmp/session.pcapng';
  savedAddress: Engine['savedAddress'] = null;
  rows: ConnectionRow[] = [];
  listener: ListenerState = { state: 'stopped', host: '127.0.0.1', port: 8080 };
  settings: SettingsState = settingsState();
  proxy: ProxyState = DEFAULT_PROXY_STATE;
  /** What `listen` answers with in place of success. */
  listenFailure: Failure | null = null;
  /** The grace `close` was called with. */
  closedWithMs: number | null = null;
  #sequence = 0;
  readonly #viewers = new Set<(batch: FeedBatch) => void>();
  readonly #factListeners = new Set<(fact: Fact) => void>();
  readonly #noticeListeners = new Set<(failure: Failure) => void>();

  /** `script` replaces single calls. */
  constructor(private readonly script: Partial<CallHandlers> = {}) {}

  get viewerCount(): number {
    return this.#viewers.size;
  }

  attach(deliver: Parameters<Engine['attach']>[0]): ReturnType<Engine['attach']> {
    const push = (batch: FeedBatch) => deliver('feed', batch);
    this.#viewers.add(push);
    return {
      request: (name, params) => {
        this.calls.push({ name: name as CallName, params });
        return dispatch({ ...this.#handlers(), ...this.script }, name, params);
      },
      detach: () => void this.#viewers.delete(push),
    };
  }

  /** Pushes one batch to every viewer. */
  push(batch: Omit<FeedBatch, 'sequence'>): void {
    this.#sequence += 1;
    for (const viewer of this.#viewers) viewer({ sequence: this.#sequence, ...batch });
  }

  state(fact: Fact): void {
    for (const listener of this.#factListeners) listener(fact);
  }

  notice(failure: Failure): void {
    for (const listener of this.#noticeListeners) listener(failure);
  }

  onFact(listener: (fact: Fact) => void): () => void {
    this.#factListeners.add(listener);
    return () => this.#factListeners.delete(listener);
  }

  onNotice(listener: (failure: Failure) => void): () => void {
    this.#noticeListeners.add(listener);
    return () => this.#noticeListeners.delete(listener);
  }

  listen(host: string, port: number): Promise<Result<ListenerState>> {
    if (this.listenFailure !== null) {
      this.listener = { state: 'failed', host, port, error: this.listenFailure };
      return Promise.resolve({ ok: false, error: this.listenFailure });
    }
    const family = host.includes(':') ? 'IPv6' : 'IPv4';
    this.listener = { state: 'listening', host, port: port === 0 ? 45_678 : port, family };
    return Promise.resolve(ok(this.listener));
  }

  close(graceMs: number): Promise<void> {
    this.closedWithMs = graceMs;
    return Promise.resolve();
  }

  #snapshot(): FeedSnapshot {
    return {
      sequence: this.#sequence,
      nowMs: 1_000,
      rows: this.rows,
      log: [],
      samples: [],
      stats: FIRST_STATS,
      settings: this.settings,
      listener: this.listener,
      proxy: this.proxy,
      upstreams: [],
      notices: [],
      journalPath: this.journalPath,
    };
  }

  #set(name: string, value: SettingValue): Result<SettingsState> {
    const checked = checkSetting(name, value);
    if (!checked.ok) return checked;
    if (!isSettingName(name)) return fail('CFG_UNKNOWN_SETTING', { name });
    const { values, sources } = this.settings;
    this.settings = {
      ...this.settings,
      values: withSetting(values, name, value),
      sources: { ...sources, [name]: 'panel' },
    };
    return ok(this.settings);
  }

  #usePreset(name: string): Result<SettingsState> {
    if (!isPresetName(name)) return fail('CFG_UNKNOWN_PRESET', { name });
    this.settings = settingsState({ preset: name, values: presetSettings(name) });
    return ok(this.settings);
  }

  #detail(id: number): Result<ConnectionDetail> {
    const row = this.rows.find((known) => known.id === id);
    if (row === undefined) return fail('CALL_NO_CONNECTION', { connection: id });
    return ok({
      row,
      exchanges: [],
      exchangesDropped: 0,
      trips: [],
      faults: [],
      timeline: [],
      settings: this.settings.values,
    });
  }

  #handlers(): CallHandlers {
    return {
      'feed.snapshot': () => ok(this.#snapshot()),
      'feed.acknowledge': () => ok(null),
      'settings.set': ({ name, value }) => this.#set(name, value),
      'settings.preset': ({ name }) => this.#usePreset(name),
      'settings.reset': () => {
        this.settings = settingsState();
        return ok(this.settings);
      },
      'listener.start': ({ host, port }) => this.listen(host, port),
      'listener.stop': () => {
        const { host, port } = this.listener;
        this.listener = { state: 'stopped', host, port };
        return ok(this.listener);
      },
      'proxy.change': ({ mode }) => {
        this.proxy = { ...this.proxy, mode: mode ?? this.proxy.mode };
        return ok(this.proxy);
      },
      'proxy.place': ({ upstream, server }) => fail('CALL_NO_SERVER', { upstream, server }),
      'proxy.ca': () => fail('CALL_UNKNOWN', { name: 'proxy.ca' }),
      'connections.clear': () => {
        this.rows = this.rows.filter((row) => row.closedAtMs === null);
        return ok(null);
      },
      'connection.detail': ({ connection }) => this.#detail(connection),
      // Byte n of a stream is n modulo 256, so that a test can tell where a range came from.
      'bytes.read': ({ offset, length }) =>
        ok({
          offset,
          bytes: Uint8Array.from({ length }, (_, index) => (offset + index) & 0xff),
          streamBytes: 1_000_000,
          keptFrom: 0,
          reads: [{ offset: 0, length: 1_000_000, atMs: 1_000 }],
        }),
    };
  }
}
