/** Why a compressed message is not shown inflated, in words. */
import { INFLATION_BOUNDS, type InflationStop } from '@websocket/inflated-messages';
import { formatBytes, formatCount } from './format';

const MESSAGE_BOUND = formatBytes(INFLATION_BOUNDS.messageBytes);
const TOTAL_BOUND = formatBytes(INFLATION_BOUNDS.totalBytes);
const KEPT_BOUND = formatBytes(INFLATION_BOUNDS.keptBytes);

export const NOT_AGREED = 'The opening handshake is not kept, so it is not known how this is compressed.';
export const FIRST_NOT_LISTED = 'Its first frames are not listed any more: what is shown begins after them.';
export const NOT_KEPT = `Of what messages say the latest ${KEPT_BOUND} are kept in each direction; this one is not among them any more.`;

export function stopWords(stop: InflationStop): string {
  switch (stop.kind) {
    case 'broken':
      return `This does not inflate: ${stop.reason}. A receiver gives the connection up here.`;
    case 'message-bound':
      return `It inflates to more than ${MESSAGE_BOUND}, and is not read further.`;
    case 'total-bound':
      return `No more is inflated in this direction: with what went in, it came to ${TOTAL_BOUND}.`;
    case 'after':
      return stop.cause === 'broken'
        ? `Message ${formatCount(stop.number)} before it does not inflate; a receiver reads nothing after that.`
        : `Message ${formatCount(stop.number)} before it was not inflated to its end, and this one may refer back to it.`;
  }
}

/** `41 B compressed, 120 B`; `300 KiB, the first 256 KiB shown` */
export function messageSizeWords(compressedBytes: number | null, messageBytes: number, shownBytes: number): string {
  const compressed = compressedBytes === null ? '' : `${formatBytes(compressedBytes)} compressed, `;
  const shown = shownBytes < messageBytes ? `, the first ${formatBytes(shownBytes)} shown` : '';
  return `${compressed}${formatBytes(messageBytes)}${shown}`;
}
