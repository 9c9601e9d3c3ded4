/** The calls, each as one small function over the parts of the engine. */
import type { CallHandlers } from '../contract/calls';
import { fail, ok, type Result } from '../contract/errors';
import type { FeedSnapshot, ListenerState } from '../contract/feed';
import type { SettingsState } from '../contract/presets';
import type { Journal } from '../capture/journal';
import type { ConnectionTable } from './connection-table';
import type { FeedViewer } from './feed-viewer';
import type { ProxyControl } from './proxy-control';
import type { SettingsStore } from './settings-store';

export interface HandlerParts {
  readonly viewer: FeedViewer;
  readonly table: ConnectionTable;
  readonly journal: Journal;
  readonly store: SettingsStore;
  readonly proxy: ProxyControl;
  snapshot(viewer: FeedViewer): FeedSnapshot;
  /** Puts the settings of the store in force. */
  apply(changed: Result<SettingsState>): Result<SettingsState>;
  listen(host: string, port: number): Promise<Result<ListenerState>>;
  stopListening(): Promise<ListenerState>;
  clear(): void;
}

export const createHandlers = (parts: HandlerParts): CallHandlers => ({
  'feed.snapshot': () => ok(parts.snapshot(parts.viewer)),
  'feed.acknowledge': ({ sequence }) => {
    parts.viewer.acknowledge(sequence);
    return ok(null);
  },
  'settings.set': ({ name, value }) => parts.apply(parts.store.set(name, value)),
  'settings.preset': ({ name }) => parts.apply(parts.store.usePreset(name)),
  'settings.reset': ({ name }) => parts.apply(parts.store.reset(name)),
  'listener.start': async ({ host, port }) => {
    const started = await parts.listen(host, port);
    if (started.ok) parts.store.rememberAddress({ host, port });
    return started;
  },
  'listener.stop': async () => ok(await parts.stopListening()),
  'proxy.change': (change) => parts.proxy.change(change),
  'proxy.place': ({ upstream, server, placement }) => parts.proxy.place(upstream, server, placement),
  'proxy.ca': () => parts.proxy.ca(),
  'connections.clear': () => {
    parts.clear();
    return ok(null);
  },
  'connection.detail': ({ connection }) => {
    const detail = parts.table.detail(connection);
    return detail === null ? fail('CALL_NO_CONNECTION', { connection }) : ok(detail);
  },
  'bytes.read': ({ connection, direction, offset, length }) =>
    parts.journal.read(connection, direction, offset, length),
});
