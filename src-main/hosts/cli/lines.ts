/** Facts as lines for people. Whatever came off the wire is made visible: a terminal must not act on it. */
import type { CloseCause, Relay, SwitchedTo, TlsInfo } from '../../contract/connections';
import { describe, type Failure } from '../../contract/errors';
import type { Fact } from '../../contract/facts';
import { numberEntry } from '../../contract/settings';
import { isSocksReply, SOCKS_REPLIES, socksReplyWords } from '../../contract/socks-replies';
import { UNIT_SYMBOLS } from '../../contract/units';
import type { ServerChange, ServerState } from '../../contract/upstreams';

/** Controls, line separators and what turns the direction of text around. */
const ACTING = /[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;

export const visible = (text: string): string =>
  text.replace(ACTING, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u{${code}}` : `\\x${code.padStart(2, '0')}`;
  });

export type Paint = (colour: 'dim' | 'good' | 'warn' | 'bad', text: string) => string;

const COLOURS = { dim: 2, good: 32, warn: 33, bad: 31 } as const;
export const ansiPaint: Paint = (colour, text) => `\x1b[${COLOURS[colour]}m${text}\x1b[0m`;
export const plainPaint: Paint = (_colour, text) => text;

const CAUSES: Readonly<Record<CloseCause, string>> = {
  'client-closed': 'closed by the client',
  'client-reset': 'reset by the client',
  'server-closed': 'closed',
  'guard-closed': 'closed by a guard',
  'guard-reset': 'reset by a guard',
  'fault-closed': 'closed after the fault',
  stopped: 'closed: the server stops',
  'upstream-closed': 'closed by the upstream server',
  'upstream-reset': 'reset by the upstream server',
  'upstream-failed': 'the upstream server could not be reached',
  'pool-closed': 'closed: not needed any more',
  'client-left': 'closed: its client left',
};

function toneOf(status: number): Parameters<Paint>[0] {
  if (isSocksReply(status)) return status === SOCKS_REPLIES.succeeded ? 'good' : 'bad';
  return status < 400 ? 'good' : status < 500 ? 'warn' : 'bad';
}
const statusWords = (status: number): string => (isSocksReply(status) ? socksReplyWords(status) : String(status));
export const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
const answered = (status: number | null): string => (status === null ? 'no reply' : `answered ${statusWords(status)}`);

/** Two finished sentences. */
export const sentence = (failure: Failure): string => {
  const { title, hint } = describe(failure);
  return visible(`${title} ${hint}`);
};

/** Everything that is wrong, one sentence a line, the first with what to do. */
export function sentences(failure: Failure): string[] {
  const [, ...others] = String(failure.detail?.['mistakes'] ?? '').split('\n');
  return [sentence(failure), ...others.map((each) => `  ${visible(each)}`)];
}

const SWITCHED: Readonly<Record<SwitchedTo, string>> = {
  tunnel: 'a tunnel',
  websocket: 'a WebSocket',
  other: 'another protocol',
};

function securedBy({ version, cipher, alpn, serverName, certificate }: TlsInfo, paint: Paint): string {
  const agreed = [version, cipher, alpn, serverName === null ? null : `for ${serverName}`];
  const secured = visible(`secured: ${agreed.filter((part) => part !== null).join(', ')}`);
  const distrust = certificate?.distrust ?? null;
  return distrust === null ? secured : `${secured}, ${paint('warn', `certificate not verified (${distrust})`)}`;
}

const cameFrom = ({ upstream, server, retries }: Relay): string =>
  visible(
    ` from ${upstream === '' ? '' : `${upstream} at `}${server}${retries === 0 ? '' : `, attempt ${retries + 1}`}`,
  );

const STATE_TONES: Readonly<Record<ServerState, Parameters<Paint>[0]>> = {
  in: 'good',
  'slow-start': 'good',
  trial: 'warn',
  ejected: 'bad',
  unhealthy: 'bad',
  draining: 'warn',
  out: 'warn',
};

/** As the rest of a sentence, where the name of the state is not. */
const STATE_WORDS: Partial<Record<ServerState, string>> = {
  'slow-start': 'in slow start',
  trial: 'on trial',
  in: 'in rotation',
  out: 'out of rotation',
};

function healthLine({ upstream, server, to, reason }: ServerChange, paint: Paint): string {
  const state = paint(STATE_TONES[to], STATE_WORDS[to] ?? to);
  return `${visible(`${upstream} at ${server}`)} is ${state}: ${visible(reason)}`;
}

function says(fact: Fact, paint: Paint, relay: Relay | null): string | null {
  switch (fact.kind) {
    case 'connection.opened':
      return fact.side === 'client'
        ? `opened from ${fact.client}`
        : visible(`opens to ${fact.upstream ?? fact.server}`);
    case 'connection.connected':
      return `connected to ${fact.server} from ${fact.client}`;
    case 'connection.secured':
      return securedBy(fact.tls, paint);
    case 'relay': {
      const { server, retries } = fact.relay;
      if (retries === 0) return null;
      return paint('warn', visible(`request ${fact.number} is sent again, to ${server}: attempt ${retries} failed`));
    }
    case 'switched':
      return `request ${fact.number} goes on as ${SWITCHED[fact.to]}`;
    case 'health':
      return healthLine(fact, paint);
    case 'reply': {
      if (fact.number === 0 || fact.side === 'upstream') return null;
      const request = `${visible(fact.method)} ${visible(fact.target)}`;
      const status = paint(toneOf(fact.status), statusWords(fact.status));
      return `${request} ${status} ${counted(fact.requestBytes, 'byte')}${relay === null ? '' : cameFrom(relay)}`;
    }
    case 'trip': {
      const { label, unit } = numberEntry(fact.guard);
      const inUnit = (value: number): string => `${value} ${UNIT_SYMBOLS[unit]}`.trim();
      const measured = `measured ${inUnit(fact.measured)}, limit ${inUnit(fact.limit)}`;
      return paint('bad', `${label} tripped at byte ${fact.offset}: ${measured}; ${answered(fact.status)}`);
    }
    case 'rate':
      return fact.allowed
        ? null
        : paint('warn', `rate limited: the bucket of ${visible(fact.bucket)} holds too little`);
    case 'fault':
      return paint('bad', `${fact.code} at byte ${fact.offset}: ${describe(fact).title} ${answered(fact.status)}`);
    case 'connection.closed': {
      const bytes = `${fact.bytesIn} bytes in, ${fact.bytesOut} out`;
      return `${CAUSES[fact.cause]}; ${bytes}, ${counted(fact.requests, 'request')}`;
    }
    default:
      return null;
  }
}

const clockTime = (atMs: number): string => {
  const at = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const millis = String(at.getMilliseconds()).padStart(3, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${millis}`;
};

/**
 * Null for facts that are told as part of another one.
 *
 * @param relay Of a reply: how its request was passed on.
 */
export function lineOf(fact: Fact, paint: Paint, relay: Relay | null = null): string | null {
  const text = says(fact, paint, relay);
  if (text === null) return null;
  // What happens to a server happens on no connection.
  const whose = fact.connection === 0 ? '' : `#${fact.connection}`;
  return `${paint('dim', `${clockTime(fact.atMs)}  ${whose.padEnd(5)}`)} ${text}`;
}
