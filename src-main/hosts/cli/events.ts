/** Facts as the events of `--json`: one JSON object a line, in printable ASCII and text without controls. */
import type { Relay } from '../../contract/connections';
import type { Fact } from '../../contract/facts';
import { isSocksReply } from '../../contract/socks-replies';

export type EventRecord = Readonly<Record<string, unknown>> & { readonly event: string };

/** Unix time in both spellings: for people and for sums. Microseconds are as fine as the clock is. */
const times = (atMs: number) => ({ time: new Date(atMs).toISOString(), atMs: Math.round(atMs * 1000) / 1000 });

const between = (fromMs: number | null, toMs: number | null): number | null =>
  fromMs === null || toMs === null ? null : Math.round((toMs - fromMs) * 1000) / 1000;

/** As far as it is known. `connectMs` is null where a kept connection was used. */
const passedOn = ({ upstream, server, retries, connection, ...at }: Relay) => ({
  upstream,
  server,
  retries,
  over: connection,
  connectMs: between(at.connectAtMs, at.securedAtMs ?? at.connectedAtMs),
  waitMs: between(at.sentAtMs, at.replyAtMs),
});

/** Of a SOCKS reply its code, under a name of its own: it is no status of HTTP. */
const replied = (status: number | null) =>
  status !== null && isSocksReply(status) ? { status: null, socksReply: status } : { status };

/**
 * Null for facts that are told as part of another one.
 *
 * @param relay Of a reply: how its request was passed on.
 */
export function eventOf(fact: Fact, relay: Relay | null = null): EventRecord | null {
  const about = { ...times(fact.atMs), connection: fact.connection };
  switch (fact.kind) {
    case 'connection.opened': {
      const { client, server, side, upstream, carrier } = fact;
      const more = side === 'upstream' ? { upstream } : {};
      return { event: fact.kind, ...about, client, server, ...more, ...(carrier !== null && { carrier }) };
    }
    case 'connection.connected':
      return { event: fact.kind, ...about, client: fact.client, server: fact.server };
    case 'connection.secured':
      return { event: fact.kind, ...about, ...fact.tls };
    case 'relay': {
      const { upstream, server, retries } = fact.relay;
      return { event: fact.kind, ...about, request: fact.number, upstream, server, retries };
    }
    case 'switched':
      return { event: fact.kind, ...about, request: fact.number, to: fact.to };
    case 'health': {
      const { upstream, server, from, to, cause, reason } = fact;
      return { event: fact.kind, ...times(fact.atMs), upstream, server, from, to, cause, reason };
    }
    case 'reply': {
      // Refusals of what never became a request are told as a trip or a fault; what a server said, with what its client
      // got.
      if (fact.number === 0 || fact.side === 'upstream') return null;
      const { number, method, target, version, status } = fact;
      const sizes = { bytes: fact.requestBytes, replyBytes: fact.end - fact.start };
      const told = {
        event: 'request',
        ...about,
        request: number,
        method,
        target,
        version,
        ...replied(status),
        ...sizes,
      };
      return relay === null ? told : { ...told, ...passedOn(relay) };
    }
    case 'trip': {
      const { guard, limit, measured, status, code, offset } = fact;
      return { event: 'guard.trip', ...about, guard, limit, measured, status, code, offset };
    }
    case 'rate': {
      if (fact.allowed) return null;
      const { bucket, cost, capacity, level, retryAfterMs, number } = fact;
      return { event: 'rate.limited', ...about, request: number, bucket, cost, capacity, level, retryAfterMs };
    }
    case 'fault':
      return { event: 'fault', ...about, code: fact.code, offset: fact.offset, ...replied(fact.status) };
    case 'connection.closed': {
      const { cause, bytesIn, bytesOut, requests } = fact;
      return { event: fact.kind, ...about, cause, bytesIn, bytesOut, requests };
    }
    default:
      return null;
  }
}

const escapeCharacter = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * JSON without the characters a terminal or a line reader may act on: JSON itself leaves DEL, the C1 controls and
 * the line separators of Unicode as they are.
 */
export const toJsonLine = (event: EventRecord): string =>
  JSON.stringify(event).replace(/[\x7f-\x9f\u2028\u2029]/g, escapeCharacter);
