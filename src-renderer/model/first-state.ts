/** What the page shows between its start and the first snapshot. */
import type { ListenerState, Stats } from '@contract/feed';
import { DEFAULT_PRESET, type SettingsState } from '@contract/presets';
import { DEFAULT_SETTINGS, GUARD_NAMES, SETTING_NAMES } from '@contract/settings';

const fromNames = <Name extends string, Value>(names: readonly Name[], value: Value): Record<Name, Value> =>
  Object.fromEntries(names.map((name) => [name, value])) as Record<Name, Value>;

export const FIRST_SETTINGS: SettingsState = {
  preset: DEFAULT_PRESET,
  values: DEFAULT_SETTINGS,
  sources: fromNames(SETTING_NAMES, 'default'),
};

export const FIRST_LISTENER: ListenerState = { state: 'stopped', host: '127.0.0.1', port: 8080 };

export const FIRST_STATS: Stats = {
  atMs: 0,
  requestsPerSec: 0,
  bytesInPerSec: 0,
  bytesOutPerSec: 0,
  open: 0,
  trips: 0,
  faults: 0,
  rateLimited: 0,
  guards: fromNames(GUARD_NAMES, { trips: 0, extreme: null }),
  buckets: [],
  bucketCount: 0,
  journalBytes: 0,
  cpuPercent: 0,
  memoryBytes: 0,
};
