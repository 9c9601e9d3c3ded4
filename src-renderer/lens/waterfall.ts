/**
 * How the time of one exchange that was passed on was spent: head, queue, connect, TLS, send, wait, receive, on one
 * scale. Pure: the moments the engine noted in, spans out.
 *
 * After a retry the tries that failed stand in the place of the queue. When the last one began is not noted, so what it
 * queued is told with them: that is nothing, unless the pool of its server was full.
 */
import type { ConnectionRow, Exchange, Relay } from '@contract/connections';
import { isSocks } from './raw-bytes';
import type { TimeSpan } from './timeline';

export const WATERFALL_STEPS = ['head', 'queue', 'connect', 'TLS', 'send', 'wait', 'receive'] as const;
export type WaterfallStep = (typeof WATERFALL_STEPS)[number] | 'tries' | 'request';

export interface WaterfallBar {
  readonly step: WaterfallStep;
  /** `now`: it goes on. `cut`: it ended without what was awaited. */
  readonly state: 'done' | 'now' | 'cut';
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Waterfall {
  /** Those there are to be shown, with a bar or without: a tunnel has nothing after its connection. */
  readonly steps: readonly WaterfallStep[];
  /** How many tries failed before the one that is shown. */
  readonly retries: number;
  readonly bars: readonly WaterfallBar[];
  readonly span: TimeSpan;
  /** A kept connection was used: there was nothing to connect. */
  readonly isReused: boolean;
  /** Is there no TLS to the server? Null: not known yet. */
  readonly isPlain: boolean | null;
  /** From the first byte of the request to the first one of the reply; null before it. */
  readonly firstByteMs: number | null;
  /** From the first byte of the request to the end of the reply, or as far as it came. */
  readonly totalMs: number;
  /** Of the total, what the server's side took: from the first byte to it to the end of its reply. */
  readonly serverMs: number | null;
  readonly isOver: boolean;
}

/** What a client's exchange tells of the time; `row` is its connection. */
export interface WaterfallInput {
  readonly exchange: Exchange;
  readonly relay: Relay;
  readonly row: Pick<ConnectionRow, 'closedAtMs'>;
  readonly nowMs: number;
}

type Moments = readonly (readonly [WaterfallStep, fromMs: number | null, toMs: number | null])[];

/** Where each step begins and ends; one without a beginning did not take place, or not yet. */
function moments(exchange: Exchange, relay: Relay): Moments {
  const { routedAtMs, connectAtMs, connectedAtMs, securedAtMs, sendAtMs, sentAtMs, replyAtMs, repliedAtMs } = relay;
  const isSecuring = relay.server.startsWith('https:') && connectAtMs !== null;
  // A server may reply before it has the whole request: then nothing was waited for after it.
  const waitsFromMs = sentAtMs !== null && (replyAtMs === null || sentAtMs <= replyAtMs) ? sentAtMs : null;
  return [
    [isSocks(exchange) ? 'request' : 'head', exchange.startedAtMs, routedAtMs],
    [relay.retries > 0 ? 'tries' : 'queue', routedAtMs, connectAtMs ?? sendAtMs],
    ['connect', connectAtMs, connectedAtMs],
    ['TLS', isSecuring ? connectedAtMs : null, securedAtMs],
    ['send', sendAtMs, sentAtMs],
    ['wait', waitsFromMs, replyAtMs],
    ['receive', replyAtMs, repliedAtMs],
  ];
}

/** When an exchange whose reply did not come from the server ended: with our own reply, or with its connection. */
function endedAtMs({ exchange, relay, row }: WaterfallInput): number | null {
  if (relay.repliedAtMs !== null) return relay.repliedAtMs;
  if (exchange.replyEnd !== null && exchange.replyAtMs !== null) return exchange.replyAtMs;
  return row.closedAtMs;
}

export function waterfall(input: WaterfallInput): Waterfall {
  const { exchange, relay, nowMs } = input;
  const over = endedAtMs(input);
  const endMs = over ?? nowMs;
  const bars = moments(exchange, relay).flatMap(([step, fromMs, toMs]): WaterfallBar[] => {
    if (fromMs === null) return [];
    const state = toMs !== null ? 'done' : over === null ? 'now' : 'cut';
    return [{ step, state, fromMs, toMs: Math.max(fromMs, toMs ?? endMs) }];
  });
  const fromMs = exchange.startedAtMs;
  const lastMs = bars.reduce((latest, bar) => Math.max(latest, bar.toMs), endMs);
  const { sendAtMs, replyAtMs } = relay;
  return {
    steps: stepsOf(exchange, relay),
    retries: relay.retries,
    bars,
    span: { fromMs, toMs: Math.max(lastMs, fromMs + LEAST_SPAN_MS) },
    isReused: relay.connectAtMs === null && sendAtMs !== null,
    isPlain: relay.server.startsWith('https:') ? false : relay.server === '' ? null : true,
    firstByteMs: replyAtMs === null ? null : replyAtMs - fromMs,
    totalMs: Math.max(0, lastMs - fromMs),
    serverMs: sendAtMs === null || relay.repliedAtMs === null ? null : relay.repliedAtMs - sendAtMs,
    isOver: over !== null,
  };
}

const TUNNEL_STEPS: readonly WaterfallStep[] = ['head', 'queue', 'connect'];
const RETRIED_STEPS: readonly WaterfallStep[] = WATERFALL_STEPS.map((step) => (step === 'queue' ? 'tries' : step));

const SOCKS_STEPS: readonly WaterfallStep[] = ['request', 'queue', 'connect'];

/** A tunnel is never tried again. */
function stepsOf(exchange: Exchange, { sendAtMs, retries }: Relay): readonly WaterfallStep[] {
  if (isSocks(exchange)) return SOCKS_STEPS;
  const isTunnel = exchange.switchedTo === 'tunnel' || exchange.method === 'CONNECT';
  if (isTunnel && sendAtMs === null) return TUNNEL_STEPS;
  return retries > 0 ? RETRIED_STEPS : WATERFALL_STEPS;
}

/** A scale needs some length. */
const LEAST_SPAN_MS = 0.05;

export const STEP_WORDS: Readonly<Record<WaterfallStep, string>> = {
  request: 'the client greets, and says where it wants to go',
  head: 'the head comes in, past guards and rate limit',
  queue: 'a server is chosen and a connection to it looked for',
  tries: 'the tries that failed, until the last one has a connection',
  connect: 'TCP to the server',
  TLS: 'the TLS handshake with the server',
  send: 'the request goes to the server',
  wait: 'for the first byte of its reply',
  receive: 'the reply comes in',
};
