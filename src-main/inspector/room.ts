/**
 * How much may be kept of each connection besides its bytes, when there are this many. A few connections are kept in
 * full; of thousands each gets its share, so that the memory of all of them stays bounded.
 */
import { MAX_EXCHANGES_KEPT, MAX_TIMELINE_BARS } from '../contract/connections';

/** Over all connections, open and closed; some 70 MB and 25 MB. */
export const MAX_EXCHANGES_IN_ALL = 200_000;
export const MAX_BARS_IN_ALL = 200_000;
/** However many there are, the latest of each one can be looked at. */
const MIN_EXCHANGES = 8;
const MIN_BARS = 16;

const share = (inAll: number, connections: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, Math.floor(inAll / Math.max(1, connections))));

export class Room {
  exchanges = MAX_EXCHANGES_KEPT;
  bars = MAX_TIMELINE_BARS;

  /** Call when the number of connections has changed. */
  divide(connections: number): void {
    this.exchanges = share(MAX_EXCHANGES_IN_ALL, connections, MIN_EXCHANGES, MAX_EXCHANGES_KEPT);
    this.bars = share(MAX_BARS_IN_ALL, connections, MIN_BARS, MAX_TIMELINE_BARS);
  }
}
