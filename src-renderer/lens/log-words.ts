/** One line of the trip log: what acted, and the limit against what was measured. */
import { errorEntry } from '@contract/errors';
import type { LogEntry } from '@contract/feed';
import { settingEntry, type Unit } from '@contract/settings';
import { formatBytes, formatBytesPerSec, formatCount } from './format';
import { markLabel, markTone, type RowTone } from './row-state';
import { settingPhrase } from './setting-text';

const MEASURES: Readonly<Record<Unit, (value: number) => string>> = {
  ms: (value) => settingPhrase('ms', Math.round(value)),
  bytes: formatBytes,
  bytesPerSec: formatBytesPerSec,
  count: formatCount,
  perSec: (value) => `${formatCount(value)}/s`,
};

/** In whole bytes where the rounded amounts would look equal. */
function measured(unit: Unit, value: number, limit: number): readonly [measured: string, limit: string] {
  const rough: readonly [string, string] = [MEASURES[unit](value), MEASURES[unit](limit)];
  if (rough[0] !== rough[1]) return [rough[0], settingPhrase(unit, limit)];
  return [formatCount(Math.round(value)), formatCount(limit)];
}

/** `head timeout 10 s`, `body size 10.5 MiB > 10 MiB`, `length repeated at byte 64` */
export function logSentence(entry: LogEntry): string {
  const label = markLabel(entry.code);
  if (entry.kind === 'fault') return `${label} at byte ${formatCount(entry.offset)}`;
  const { unit } = settingEntry(entry.guard);
  if (unit === 'ms') return `${label} ${settingPhrase(unit, entry.limit)}`;
  if (entry.code === 'LIM_RATE') return `${label}, bucket of ${formatCount(entry.limit)} empty`;
  const [value, limit] = measured(unit, entry.measured, entry.limit);
  return `${label} ${value} ${unit === 'bytesPerSec' ? '<' : '>'} ${limit}`;
}

/** What the log says on hover: the whole sentence of the catalogue. */
export const logTitle = (entry: LogEntry): string => {
  const { title, hint, rfc } = errorEntry(entry.code);
  const filled = entry.kind === 'trip' ? title.replace('{limit}', formatCount(entry.limit)) : title;
  return [filled, hint, rfc].filter((part) => part !== undefined).join(' ');
};

export const logTone = (entry: LogEntry): RowTone => markTone(entry.code);
