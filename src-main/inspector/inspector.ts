/**
 * The composition root: builds the rooms, owns their lifetime, and is the engine its hosts see. Every fact passes
 * through `take`, in order: table, counters, journal, log, listeners.
 */
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Journal, type JournalOptions } from '../capture/journal';
import { DEFAULT_ADDRESS, type Address } from '../contract/address';
import { dispatch } from '../contract/calls';
import type { Engine, EngineOptions, Viewer } from '../contract/engine';
import { fail, ok, type Failure, type Result } from '../contract/errors';
import type { Fact } from '../contract/facts';
import type { ListenerState } from '../contract/feed';
import type { SettingsState } from '../contract/presets';
import { DEFAULT_PROXY_STATE, type ProxyState } from '../contract/proxy-state';
import type { UpstreamUrl } from '../contract/upstream-url';
import type { Destination } from '../session/upstream-port';
import { nowMs } from '../net/clock';
import { Listener } from '../net/listener';
import { connectUpstream } from '../net/upstream-connect';
import { UpstreamPool } from '../net/upstream-pool';
import { OpenConnections, type ConnectionHooks } from '../net/open-connections';
import { routerOf } from './routers';
import { ConnectionTable } from './connection-table';
import { Counters } from './counters';
import { Feed, type FeedSources } from './feed';
import { createHandlers } from './handlers';
import { noteOf } from './journal-notes';
import { useNativeLatin1 } from './native-latin1';
import { LocalCertificates } from './local-certificates';
import { PolicyInForce } from './policy';
import { ProxyControl, type ProxyControlHooks } from './proxy-control';
import { Sessions } from './sessions';
import { SettingsStore } from './settings-store';
import { isSameTls, namedTlsOptionsOf, tlsOptionsOf } from './upstream-tls';
import { boundYoungGeneration } from './young-generation';

/** How long requests under way get to finish when the page stops or moves the server. */
const STOP_GRACE_MS = 1_000;

/** Builds an engine that does not listen yet. Fails with `CAP_OPEN_FAILED`. */
export async function createInspector(options: EngineOptions): Promise<Result<Engine>> {
  useNativeLatin1();
  const early: Failure[] = [];
  let report = (failure: Failure): void => void early.push(failure);
  const store = await SettingsStore.load({
    path: options.settingsPath,
    flags: options.flags,
    preset: options.preset,
    report: (failure) => report(failure),
  });
  let caughtUp = (): void => undefined;
  const opened = await openJournal(options.journalPath, store.state, {
    onFailure: (failure) => report(failure),
    onCaughtUp: () => caughtUp(),
  });
  if (!opened.ok) return opened;
  const caFolder = options.caPath ?? join(dirname(opened.value.path), 'local-ca');
  const certificates = new LocalCertificates({ folder: caFolder, nowMs, report: (failure) => report(failure) });
  const inspector = new Inspector(store, opened.value, options, certificates);
  report = (failure) => inspector.report(failure);
  caughtUp = () => inspector.journalCaughtUp();
  for (const failure of early) inspector.report(failure);
  const started = await inspector.start();
  if (started.ok) return ok(inspector);
  await inspector.close(0);
  return started;
}

async function openJournal(
  path: string | null,
  { values }: SettingsState,
  hooks: Pick<JournalOptions, 'onFailure' | 'onCaughtUp'>,
): Promise<Result<Journal>> {
  let sessionPath: string;
  try {
    sessionPath = path ?? join(await mkdtemp(join(tmpdir(), 'bytescope-')), 'session.pcapng');
  } catch (error) {
    return fail('CAP_OPEN_FAILED', { path: tmpdir(), reason: (error as NodeJS.ErrnoException).code ?? String(error) });
  }
  return Journal.open({
    path: sessionPath,
    retentionBytes: values.retentionBytes,
    removeOnClose: path === null,
    ...hooks,
  });
}

class Inspector implements Engine {
  readonly #policy: PolicyInForce;
  readonly #counters: Counters;
  readonly #feed = new Feed();
  readonly #table: ConnectionTable;
  readonly #connections: OpenConnections;
  readonly #listener: Listener;
  readonly #proxy: ProxyControl;
  readonly #pool: UpstreamPool;
  /** Replaced with the configuration. */
  #tlsOptionsFor = tlsOptionsOf(null);
  /** Replaced with the rules of the forward mode. */
  #namedTlsOptionsFor = namedTlsOptionsOf(DEFAULT_PROXY_STATE.forward);
  readonly #tlsOptionsTo = ({ url, member }: Destination) =>
    member === null ? this.#namedTlsOptionsFor(url) : this.#tlsOptionsFor(url);
  readonly #sessions: Sessions;
  readonly #sources: FeedSources;
  readonly #leaveYoungGeneration = boundYoungGeneration();
  /** Replaced, never changed: going through a set would make an iterator for every fact. */
  #factListeners: readonly ((fact: Fact) => void)[] = [];
  readonly #noticeListeners = new Set<(failure: Failure) => void>();

  constructor(
    private readonly store: SettingsStore,
    private readonly journal: Journal,
    private readonly options: EngineOptions,
    certificates: LocalCertificates,
  ) {
    this.#policy = new PolicyInForce(store.state.values, options.replyMode, nowMs());
    this.#counters = new Counters(this.#policy);
    this.#table = new ConnectionTable(
      {
        changed: (id) => this.#feed.changed(id),
        dropped: (ids) => {
          this.journal.forget(ids);
          this.#feed.dropped(ids);
        },
      },
      store.state.values,
    );
    this.#connections = new OpenConnections(this.#hooks());
    this.#listener = new Listener(
      this.#policy,
      this.#connections,
      (port, identity) => this.#sessions.sessionFor(port, identity),
      store.address ?? DEFAULT_ADDRESS,
    );
    const tlsOptions = (url: UpstreamUrl) => this.#tlsOptionsFor(url);
    this.#pool = new UpstreamPool((destination, home) =>
      connectUpstream(destination, home, this.#connections, this.#policy, this.#tlsOptionsTo),
    );
    this.#policy.upstreams = this.#pool;
    this.#sessions = new Sessions({
      server: this.#policy,
      connections: this.#connections,
      identities: certificates,
      listener: () => this.#listeningAddress,
      record: (fact) => this.#take(fact),
    });
    this.#policy.tlsEnds = this.#sessions;
    this.#proxy = new ProxyControl({
      certificates,
      listener: () => this.#listeningAddress,
      tlsOptions,
      nowMs,
      random: Math.random,
      hooks: this.#proxyHooks(),
    });
    this.#sources = {
      table: this.#table,
      counters: this.#counters,
      settings: () => store.state,
      listener: () => this.listener,
      proxy: () => this.#proxy.state,
      upstreams: () => this.#proxy.upstreams(),
      journalBytes: () => journal.usedBytes,
      journalPath: journal.path,
    };
    this.#feed.start(this.#sources);
    this.#noteSettings();
  }

  start(): Promise<Result<ProxyState>> {
    const { proxy: flags } = this.options;
    return this.#proxy.start({ kept: this.store.proxy, flags, report: (failure) => this.report(failure) });
  }

  get #listeningAddress(): Address | null {
    const { state, host, port } = this.listener;
    return state === 'listening' ? { host, port } : null;
  }

  get listener(): ListenerState {
    return this.#listener.state;
  }

  get savedAddress(): Engine['savedAddress'] {
    return this.store.address;
  }

  get settings(): SettingsState {
    return this.store.state;
  }

  get proxy(): ProxyState {
    return this.#proxy.state;
  }

  get journalPath(): string {
    return this.journal.path;
  }

  attach(deliver: Parameters<Engine['attach']>[0]): Viewer {
    const viewer = this.#feed.add((batch) => deliver('feed', batch));
    const handlers = createHandlers({
      viewer,
      table: this.#table,
      journal: this.journal,
      store: this.store,
      proxy: this.#proxy,
      snapshot: (of) => this.#feed.snapshot(of, this.#sources),
      apply: (changed) => this.#apply(changed),
      listen: (host, port) => this.listen(host, port),
      stopListening: () => this.#stopListening(),
      clear: () => {
        this.#table.clear();
        this.#counters.clearLog();
      },
    });
    return {
      request: (name, params) => dispatch(handlers, name, params),
      detach: () => this.#feed.remove(viewer),
    };
  }

  onFact(listener: (fact: Fact) => void): () => void {
    this.#factListeners = [...this.#factListeners, listener];
    return () => {
      this.#factListeners = this.#factListeners.filter((known) => known !== listener);
    };
  }

  onNotice(listener: (failure: Failure) => void): () => void {
    this.#noticeListeners.add(listener);
    for (const { error } of this.#feed.notices) listener(error);
    return () => this.#noticeListeners.delete(listener);
  }

  report(failure: Failure): void {
    this.#feed.noticed({ atMs: nowMs(), error: failure });
    for (const listener of this.#noticeListeners) listener(failure);
  }

  journalCaughtUp(): void {
    this.#connections.tapCaughtUp();
  }

  async listen(host: string, port: number): Promise<Result<ListenerState>> {
    const mayListen = this.#proxy.mayListen({ host, port });
    if (!mayListen.ok) return mayListen;
    const listening = await this.#listener.listen(host, port, STOP_GRACE_MS);
    this.#feed.listenerChanged(this.listener);
    return listening;
  }

  async close(graceMs: number): Promise<void> {
    this.#leaveYoungGeneration();
    this.#proxy.stop();
    await this.#listener.stop(graceMs);
    this.#pool.stop();
    this.#feed.stop();
    await this.store.saved();
    await this.journal.close();
    // Only our own folder, and only when nothing else was put there.
    if (this.options.journalPath === null) await rmdir(dirname(this.journal.path)).catch(() => undefined);
  }

  async #stopListening(): Promise<ListenerState> {
    await this.#listener.stop(STOP_GRACE_MS);
    this.#feed.listenerChanged(this.listener);
    return this.listener;
  }

  #proxyHooks(): ProxyControlHooks {
    return {
      changed: (state) => this.#feed.proxyChanged(state),
      prepare: (state) => this.#sessions.prepare(state),
      apply: (state, groups) => {
        this.#sessions.apply(state);
        const tlsBefore = this.#tlsOptionsFor;
        this.#tlsOptionsFor = tlsOptionsOf(state.config);
        this.#namedTlsOptionsFor = namedTlsOptionsOf(state.forward);
        this.#policy.router = routerOf(state, groups, () => this.#listeningAddress);
        // Of servers of the configuration the key is the URL.
        this.#pool.retain(
          (key) =>
            groups.all.some((group) => group.find(key) !== null) && isSameTls(key, tlsBefore, this.#tlsOptionsFor),
        );
      },
      keep: (kept) => this.store.rememberProxy(kept),
      record: (fact) => this.#take(fact),
    };
  }

  #hooks(): ConnectionHooks {
    return {
      tap: this.journal,
      record: (fact) => this.#take(fact),
      accepted: (driver) => this.#table.attach(driver.id, driver),
      moved: (driver, activity) => {
        this.#counters.moved(activity);
        this.#table.moved(driver.id, activity, driver);
      },
      gone: () => undefined,
      broke: (failure) => this.report(failure),
    };
  }

  #take(fact: Fact): void {
    this.#table.take(fact);
    this.#counters.take(fact);
    const note = noteOf(fact);
    if (note !== null) this.journal.noted(fact.connection, note);
    if (fact.kind === 'trip' || fact.kind === 'fault' || fact.kind === 'health') this.#feed.logged(fact);
    for (const listener of this.#factListeners) listener(fact);
  }

  /** A changed setting reaches open connections and deadlines that are armed before this returns. */
  #apply(changed: Result<SettingsState>): Result<SettingsState> {
    if (!changed.ok) return changed;
    const { values } = changed.value;
    this.#policy.change(values);
    this.#connections.settingsChanged();
    this.#table.settingsChanged(values);
    this.journal.setRetention(values.retentionBytes);
    this.#noteSettings();
    this.#feed.settingsChanged(changed.value);
    return changed;
  }

  #noteSettings(): void {
    this.journal.settingsNoted(JSON.stringify({ preset: this.store.state.preset, ...this.store.state.values }));
  }
}
