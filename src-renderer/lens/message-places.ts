/** Where the messages of one direction stand, from what the engine told of the exchanges. */
import type { ConnectionDetail, Direction, Exchange } from '@contract/connections';

export interface MessagePlace {
  readonly start: number;
  /** One past its last byte; null while it is under way. */
  readonly end: number | null;
  /** The body as it stands on the wire, where that is known without parsing: not for chunked ones. */
  readonly plainBodyStart: number | null;
  /** The method of the request this is a reply to; null for a request. Decides whether a reply has a body. */
  readonly replyTo: string | null;
}

/** A body without chunked coding takes as many bytes on the wire as it holds. */
function plainBodyStart(exchange: Exchange, received: number): number | null {
  const { headEnd, requestEnd, bodyBytes } = exchange;
  if (headEnd === null) return null;
  return (requestEnd ?? received) - headEnd === bodyBytes ? headEnd : null;
}

const requestPlaces = ({ exchanges, row }: ConnectionDetail): MessagePlace[] =>
  exchanges.map((exchange, index) => ({
    start: exchange.requestStart,
    end: exchange.requestEnd,
    plainBodyStart: plainBodyStart(exchange, exchanges[index + 1]?.requestStart ?? row.bytesIn),
    replyTo: null,
  }));

const replyPlaces = ({ exchanges }: ConnectionDetail): MessagePlace[] =>
  exchanges.flatMap(({ replyStart, replyEnd, method }) =>
    replyStart === null ? [] : [{ start: replyStart, end: replyEnd, plainBodyStart: null, replyTo: method }],
  );

/** In order of their start. */
export const messagePlaces = (detail: ConnectionDetail, direction: Direction): readonly MessagePlace[] =>
  direction === 'in' ? requestPlaces(detail) : replyPlaces(detail);

/** The last message that begins at or before the offset. */
export function messageHolding(places: readonly MessagePlace[], offset: number): MessagePlace | null {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] as MessagePlace).start <= offset) low = middle + 1;
    else high = middle;
  }
  return places[low - 1] ?? null;
}
