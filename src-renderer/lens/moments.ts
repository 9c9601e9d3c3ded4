/** Moments of one connection and places in its bytes, as the connection panel names them. */

/** A moment since the connection was opened: `+1.204 s`, and `+0.41 ms` where seconds would show nothing. */
export function sinceOpened(atMs: number, openedAtMs: number): string {
  const ms = atMs - openedAtMs;
  return Math.abs(ms) < 9.995 ? `+${ms.toFixed(2)} ms` : `+${(ms / 1_000).toFixed(3)} s`;
}

/** The distance of two moments, short enough for a gutter: `+0.3 ms`, `+1.20 s` */
export function gap(ms: number): string {
  if (ms < 9.95) return `+${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `+${ms.toFixed(0)} ms`;
  return ms < 99_995 ? `+${(ms / 1_000).toFixed(2)} s` : `+${Math.round(ms / 1_000)} s`;
}

/** `0x0019`: at least four digits, as offsets are named in sentences. */
export const hexOffset = (offset: number): string => `0x${offset.toString(16).toUpperCase().padStart(4, '0')}`;

/** How long something took: `0.41 ms`, `12.4 ms`, `1.204 s`. */
export function lengthWords(ms: number): string {
  if (ms < 9.995) return `${Math.max(0, ms).toFixed(2)} ms`;
  if (ms < 99.95) return `${ms.toFixed(1)} ms`;
  return ms < 999.5 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(3)} s`;
}
