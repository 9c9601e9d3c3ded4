/** One line of the log: what acted, and the limit against what was measured; or which server changed, and why. */
import type { FaultMark } from '@contract/connections';
import { describe, errorEntry } from '@contract/errors';
import type { LogEntry } from '@contract/feed';
import { numberEntry, type Settings } from '@contract/settings';
import type { Unit } from '@contract/units';
import { formatBytes, formatBytesPerSec, formatCount } from './format';
import { wayOutSentences } from './lifted-faults';
import { markLabel, markTone, type RowTone } from './row-state';
import { settingPhrase } from './setting-text';
import { changeSentence, changeTitle, hostOf, stateTone } from './upstream-words';

const MEASURES: Readonly<Record<Unit, (value: number) => string>> = {
  ms: (value) => settingPhrase('ms', Math.round(value)),
  bytes: formatBytes,
  bytesPerSec: formatBytesPerSec,
  count: formatCount,
  perSec: (value) => `${formatCount(value)}/s`,
};

/** `17.0 KiB > 16 KiB`; where the rounded amounts would look equal, by how much: `1 B over 16 KiB`. */
export function comparison(unit: Unit, value: number, limit: number): string {
  const shown = settingPhrase(unit, limit);
  const isTooLittle = unit === 'bytesPerSec';
  if (MEASURES[unit](value) !== MEASURES[unit](limit))
    return `${MEASURES[unit](value)} ${isTooLittle ? '<' : '>'} ${shown}`;
  return `${MEASURES[unit](Math.abs(value - limit))} ${isTooLittle ? 'under' : 'over'} ${shown}`;
}

/** What is no fault of a byte is one of somebody: `connect failed, 127.0.0.1:3000` */
function faultAt(label: string, { detail = {} }: FaultMark): string {
  const { server, upstream } = detail;
  const whose = server ?? upstream;
  return whose === undefined ? label : `${label}, ${hostOf(String(whose))}`;
}

/** `head timeout 10 s`, `body size 1 B over 10 MiB`, `length repeated at byte 64`, `127.0.0.1:3000 ejected: …` */
export function logSentence(entry: LogEntry): string {
  if (entry.kind === 'health') return changeSentence(entry);
  const label = markLabel(entry.code);
  if (entry.kind === 'fault')
    return /^(H1|WS)_/.test(entry.code) ? `${label} at byte ${formatCount(entry.offset)}` : faultAt(label, entry);
  const { unit } = numberEntry(entry.guard);
  if (unit === 'ms') return `${label} ${settingPhrase(unit, entry.limit)}`;
  if (entry.code === 'LIM_RATE') return `${label}, bucket of ${formatCount(entry.limit)} empty`;
  return `${label} ${comparison(unit, entry.measured, entry.limit)}`;
}

/** What the log says on hover: the whole sentence of the catalogue, and what would have let it through. */
export function logTitle(entry: LogEntry, values: Settings): string {
  if (entry.kind === 'health') return changeTitle(entry);
  const detail = entry.kind === 'trip' ? { limit: formatCount(entry.limit) } : (entry.detail ?? {});
  const { title, hint } = describe({ code: entry.code, detail });
  const { rfc = '' } = errorEntry(entry.code);
  return [title, hint, rfc, ...wayOutSentences(entry.code, values)].filter((part) => part !== '').join(' ');
}

export const logTone = (entry: LogEntry): RowTone =>
  entry.kind === 'health' ? stateTone(entry.to) : markTone(entry.code);
