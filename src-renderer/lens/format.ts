/** Numbers as a person reads them. Bytes are in steps of 1024, as the limits are set. */

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const grouped = new Intl.NumberFormat('en-US');

/** `1,024` */
export const formatCount = (count: number): string => grouped.format(count);

/** `612 B`, `1.2 KiB`, `184 MiB` */
export function formatBytes(bytes: number): string {
  let step = 0;
  let value = bytes;
  // 999.5 and up would be written with four digits: it is 1.0 of the next unit.
  while (value >= 999.5 && step < BYTE_UNITS.length - 1) {
    value /= 1024;
    step++;
  }
  if (step === 0) return `${Math.round(value)} B`;
  return `${value < 99.95 ? value.toFixed(1) : Math.round(value)} ${BYTE_UNITS[step]}`;
}

export const formatBytesPerSec = (bytesPerSec: number): string => `${formatBytes(bytesPerSec)}/s`;

/** `4 ms`, `3.4 s`, `2 min 5 s`, `3 h 20 min`; never negative. */
export function formatDuration(ms: number): string {
  if (ms < 0) return '0 s';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1_000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** What is left until a moment, with one unit all the way so that it does not jump: `3.4 s`, `12 min`. */
export function formatCountdown(ms: number): string {
  if (ms <= 0) return '0.0 s';
  if (ms < 100_000) return `${(Math.ceil(ms / 100) / 10).toFixed(1)} s`;
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

const two = (value: number) => String(value).padStart(2, '0');

/** Local time of day with tenths: `12:04:31.2` */
export function formatTimeOfDay(atMs: number): string {
  const at = new Date(atMs);
  const tenth = Math.floor(at.getMilliseconds() / 100);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${tenth}`;
}

/** Local date, as sorts: `2035-11-24` */
export function formatDate(atMs: number): string {
  const at = new Date(atMs);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** `412`, `0.4`, `12k` */
export function formatPerSec(perSec: number): string {
  if (perSec >= 100_000) return `${Math.round(perSec / 1_000)}k`;
  if (perSec === 0 || perSec >= 10) return formatCount(Math.round(perSec));
  return perSec.toFixed(1);
}

/** `1 trip`, `3 trips` */
export const formatPlural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;
